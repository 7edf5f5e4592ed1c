"""A second reading of docs/figures.md, straight from events: it shares no fold with the platform.

One case is worked out from the events that an explanation names, and nothing else; a figure
from its cases (`remeasure.py`). Where this and the platform disagree, one of the two does not
do what the page says.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

TIERS: Final = "VTD"


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
