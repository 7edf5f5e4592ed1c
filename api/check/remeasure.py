"""A second reading of docs/figures.md: what each figure comes to over refolded cases.

It shares nothing with the platform but the page: `refold.py` works a case out, this says which
cases a figure counts in a window and which of them are good.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from api.check.refold import Case

ENDED: Final = ("cancelled", "declined", "merged")


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
