"""A second reading of docs/figures.md, straight from events: it shares no fold with the platform.

One case is worked out from the events that an explanation names, and nothing else; a figure
from its cases. Where this and the platform disagree, one of the two does not do what the
page says.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import msgspec

TIERS: Final = "VTD"
ENDED: Final = ("cancelled", "declined", "merged")


@dataclass
class Read:
    """An event as it lies in the log: topic, plain state, envelope."""

    topic: str
    state: dict[str, Any]
    meta: dict[str, Any]

    @property
    def at(self) -> int:
        """Effective time, microseconds UTC."""
        return int(self.meta["effective_at"])


def read(topic: str, state: bytes, meta: bytes) -> Read:
    """Return an event from its bytes, as JSON and nothing more."""
    return Read(topic, msgspec.json.decode(state), msgspec.json.decode(meta))


@dataclass
class Case:
    """What figures look at, worked out from events."""

    basis: str = "observed"
    status: str = ""
    exercise: bool = False
    forced: bool = False
    self_handled: bool = False
    lead: str | None = None
    assignment: str | None = None
    scope: str = ""
    tier: str = "V"
    at: dict[str, int] = field(default_factory=dict)
    due: dict[str, dict[str, Any]] = field(default_factory=dict)
    still: int | None = None
    merged: int | None = None
    suspended_us: int = 0
    pauses: list[tuple[int, int]] = field(default_factory=list)
    dispatches: int = 0
    first_upheld: bool = False
    failed_checks: int = 0
    extensions: int = 0

    def dues(self, clock: str) -> int | None:
        """Return the due of a stage; None where it stands still and has not run out."""
        due = self.due.get(clock)
        since = self.still or self.merged
        if due is None or (since and due["due"] > since):
            return None
        return int(due["due"])


def worked_out(events: Iterable[Read]) -> Case:
    """Return a case from its events in order."""
    case = Case()
    for event in events:
        step = STEPS.get(event.topic)
        if step is not None:
            step(case, event)
        if event.topic != "case.unmerged" or case.status != "suspended":
            _set(case, event.state.get("dues", ()))
    return case


def _set(case: Case, dues: Sequence[dict[str, Any]]) -> None:
    for due in dues:
        case.due[due["clock"]] = due


def _begun(case: Case, event: Read) -> None:
    state = event.state
    case.basis = event.meta.get("basis", "observed")
    case.exercise = state.get("exercise", False)
    case.scope, case.tier = state["place"]["scope"], state.get("tier", "V")
    case.status = "reported"
    case.at["reported"] = event.at


def _split_off(case: Case, event: Read) -> None:
    _begun(case, event)
    case.status = "filed"
    case.at["reported"] = event.state.get("reported_at") or event.at
    case.at["accepted"] = case.at["filed"] = event.at


def _reached(name: str, status: str) -> "Step":
    def step(case: Case, event: Read) -> None:
        case.status, case.at[name] = status, event.at

    return step


def _is(status: str) -> "Step":
    def step(case: Case, event: Read) -> None:
        assert event is not None
        case.status = status

    return step


def _handled(case: Case, event: Read) -> None:
    case.status, case.at["handled"] = "resolved", event.at
    case.at.pop("checked", None)


def _self_handled(case: Case, event: Read) -> None:
    case.status, case.self_handled, case.at["handled"] = "resolved", True, event.at


def _moved_place(case: Case, event: Read) -> None:
    if event.state.get("place"):
        case.scope = event.state["place"]["scope"]


def _dispatched(case: Case, event: Read) -> None:
    case.status, case.lead = "dispatched", event.state["department"]
    case.assignment = event.state["assignment"]
    case.dispatches += 1
    case.at.setdefault("dispatched", event.at)


def _acknowledged(case: Case, event: Read) -> None:
    if event.state.get("lead", True):
        case.status, case.at["acknowledged"] = "in_progress", event.at


def _upheld(case: Case, event: Read) -> None:
    if event.state["assignment"] != case.assignment:
        return
    case.status, case.lead, case.assignment = "filed", None, None
    case.first_upheld = case.first_upheld or case.dispatches == 1
    for clock in ("acknowledge", "handle"):
        case.due.pop(clock, None)


def _granted(case: Case, _event: Read) -> None:
    case.extensions += 1


def _suspended(case: Case, event: Read) -> None:
    case.status, case.still = "suspended", event.at


def _paused(case: Case, since: int | None, event: Read) -> None:
    if since is not None and since < event.at:
        case.pauses.append((since, event.at))


def _resumed(case: Case, event: Read) -> None:
    case.status = "in_progress"
    _paused(case, case.still, event)
    case.suspended_us += event.at - case.still if case.still is not None else 0
    case.still = None


def _merged(case: Case, event: Read) -> None:
    case.status, case.merged = "merged", event.at


def _unmerged(case: Case, event: Read) -> None:
    _paused(case, case.merged, event)
    case.status, case.merged = event.state["status"], None


def _tier(case: Case, event: Read) -> None:
    case.tier = max(case.tier, event.state["tier"], key=TIERS.index)


def _failed(case: Case, event: Read) -> None:
    case.status = "reported" if case.self_handled else "in_progress"
    case.self_handled = False
    case.at.pop("handled", None)
    case.at["checked"] = event.at
    case.failed_checks += 1


def _closed(case: Case, event: Read) -> None:
    case.status = "closed"
    case.at["closed"] = event.at
    if event.meta.get("basis") == "source":
        case.at["closed"] = max(int(event.meta["occurred_at"]), case.at.get("reported", 0))
    _paused(case, case.still, event)
    case.suspended_us += event.at - case.still if case.still is not None else 0
    case.still = None


def _forced(case: Case, event: Read) -> None:
    _closed(case, event)
    case.forced = True


def _reopened(case: Case, _event: Read) -> None:
    case.status, case.lead, case.assignment = "filed", None, None
    case.forced = case.self_handled = False
    case.due.clear()
    for name in ("closed", "handled", "checked"):
        case.at.pop(name, None)


def _target(case: Case, event: Read) -> None:
    start = case.at.get("reported", event.at)
    case.due["total"] = {"clock": "total", "limit": "", "start": start, "due": event.state["due"]}


def _corrected(case: Case, event: Read) -> None:
    case.lead = event.state.get("department") or case.lead
    _moved_place(case, event)
    closed = event.state.get("closed")
    if closed and case.status != "closed":
        _closed(case, event)
    elif closed is False and case.status == "closed":
        case.status = "dispatched" if case.lead else "reported"
        case.at.pop("closed", None)


Step = Callable[[Case, Read], None]
STEPS: Final[dict[str, Step]] = {
    "case.reported": _begun,
    "case.split_off": _split_off,
    "case.self_handled": _self_handled,
    "case.verification_requested": _is("verifying"),
    "case.verified": _is("reported"),
    "case.accepted": _reached("accepted", "accepted"),
    "case.declined": _is("declined"),
    "case.filing_refused": _is("declined"),
    "case.filed": _reached("filed", "filed"),
    "case.relocated": _moved_place,
    "case.merged": _merged,
    "case.unmerged": _unmerged,
    "case.dispatched": _dispatched,
    "case.redispatched": _dispatched,
    "case.acknowledged": _acknowledged,
    "case.return_upheld": _upheld,
    "case.extension_granted": _granted,
    "case.suspended": _suspended,
    "case.resumed": _resumed,
    "case.escalated": _tier,
    "case.returned_down": _tier,
    "case.handled": _handled,
    "case.check_requested": _is("checking"),
    "case.check_passed": _reached("checked", "passed"),
    "case.check_failed": _failed,
    "case.closed": _closed,
    "case.force_closed": _forced,
    "case.reopened": _reopened,
    "case.cancelled": _is("cancelled"),
    "case.target_stated": _target,
    "case.corrected": _corrected,
}


@dataclass(frozen=True)
class Rate:
    """How a rate judges one case in a window [start, end)."""

    counts: Callable[[Case, int, int], bool]
    good: Callable[[Case, int], bool]


def _in(name: str) -> Callable[[Case, int, int], bool]:
    return lambda case, a, b: a <= case.at.get(name, a - 1) < b


def _own(case: Case) -> bool:
    return case.basis != "source"


def _done(case: Case, name: str, b: int) -> bool:
    return name in case.at and case.at[name] < b


def _due(name: str, clock: str) -> Callable[[Case, int, int], bool]:
    def counts(case: Case, a: int, b: int) -> bool:
        if _in(name)(case, a, b):
            return True
        due = case.dues(clock)
        before = case.at.get(name, a) < a or case.at.get("closed", a) < a
        return due is not None and due < b and not before and case.status not in ENDED

    return counts


def _in_time(name: str, clock: str) -> Callable[[Case, int], bool]:
    def good(case: Case, b: int) -> bool:
        if not _done(case, name, b) or case.forced or case.exercise:
            return False
        due = case.dues(clock)
        return due is None or case.at[name] <= due

    return good


_dispatch, _handle = _due("dispatched", "dispatch"), _due("handled", "handle")
_check, _close = _due("checked", "check"), _due("closed", "total")
RATES: Final[dict[str, Rate]] = {
    "K1": Rate(
        lambda c, a, b: _in("reported")(c, a, b) and _own(c), lambda c, b: _done(c, "filed", b)
    ),
    "K2": Rate(
        lambda c, a, b: _in("filed")(c, a, b) and c.dues("file") is not None,
        _in_time("filed", "file"),
    ),
    "K3": Rate(_in("filed"), lambda c, _: c.status != "cancelled"),
    "K4": Rate(
        lambda c, a, b: _dispatch(c, a, b) and _own(c),
        lambda c, b: _done(c, "dispatched", b) and not c.first_upheld,
    ),
    "K5": Rate(lambda c, a, b: _handle(c, a, b) and _own(c), lambda c, b: _done(c, "handled", b)),
    "K6": Rate(lambda c, a, b: _handle(c, a, b) and _own(c), _in_time("handled", "handle")),
    "K7": Rate(_close, lambda c, b: _done(c, "closed", b)),
    "K7t": Rate(
        lambda c, a, b: _close(c, a, b) and c.dues("total") is not None,
        _in_time("closed", "total"),
    ),
    "K8": Rate(lambda c, a, b: _close(c, a, b) and _own(c), lambda c, _: c.failed_checks > 0),
    "K9": Rate(
        lambda c, a, b: _handle(c, a, b) and _own(c),
        lambda c, b: not _done(c, "handled", b) and not _done(c, "closed", b),
    ),
    "K9x": Rate(lambda c, a, b: _handle(c, a, b) and _own(c), lambda c, _: c.extensions > 0),
    "K11": Rate(lambda c, a, b: _check(c, a, b) and _own(c), _in_time("checked", "check")),
    "K12v": Rate(lambda c, a, b: _in("closed")(c, a, b) and _own(c), lambda c, _: c.tier == "V"),
    "K12t": Rate(lambda c, a, b: _in("closed")(c, a, b) and _own(c), lambda c, _: c.tier in "VT"),
}
DURATIONS: Final = {
    "K15.accept": ("reported", "accepted", False),
    "K15.dispatch": ("filed", "dispatched", False),
    "K15.ack": ("dispatched", "acknowledged", False),
    "K15.handle": ("dispatched", "handled", True),
    "K15.check": ("handled", "checked", False),
    "K15.total": ("reported", "closed", True),
}
"""Code → from, to, and whether suspended time is taken out."""
SCORE: Final = (
    (30, "K5", False), (20, "K6", False), (20, "K8", True), (20, "K9", True), (10, "K9x", True),
)  # fmt: skip


def rate(code: str, cases: Iterable[Case], a: int, b: int) -> tuple[int, int]:
    """Return numerator and denominator of a rate over cases."""
    rule = RATES[code]
    counted = [case for case in cases if rule.counts(case, a, b)]
    return sum(rule.good(case, b) for case in counted), len(counted)


def lengths(code: str, cases: Iterable[Case], a: int, b: int) -> list[int]:
    """Return how long a stage took in the cases that a duration counts, sorted, in µs."""
    start, end, net = DURATIONS[code]
    took = []
    for case in cases:
        stated = _own(case) or end == "closed"
        if stated and _in(end)(case, a, b) and start in case.at:
            took.append(case.at[end] - case.at[start] - (case.suspended_us if net else 0))
    return sorted(took)


def quantile(took: Sequence[int], tenths: int) -> int | None:
    """Return the first length that so many tenths do not exceed."""
    return took[(len(took) * tenths + 9) // 10 - 1] if took else None


def score(rates: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """Return the department score as a fraction; 0 of 0 where a term has no case."""
    points = Fraction(0)
    for weight, code, complement in SCORE:
        numerator, denominator = rates[code]
        if not denominator:
            return 0, 0
        share = Fraction(numerator, denominator)
        points += weight * (1 - share if complement else share)
    return points.numerator, points.denominator
