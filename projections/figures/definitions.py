"""K1–K12 and K15 as data: named, versioned, over the cases of a window.

A predicate is SQL over one row of `measure` (one case). `$1` is the start of the window,
`$2` its end or the as-of instant, whichever is earlier; both in microseconds UTC. A
changed predicate is a new version. docs/figures.md says the same in words.
"""

from dataclasses import dataclass, replace
from typing import Final

ON_TIME: Final = "not forced and not exercise"
"""Forced closings and exercises never count as on time."""

ENDED_OTHERWISE: Final = "status in ('cancelled', 'declined', 'merged')"


@dataclass(frozen=True, slots=True)
class Definition:
    """A rate: cases in `numerator` and `denominator` ÷ cases in `denominator`.

    `left_out` are imported cases that would belong to the denominator, had their source
    stated the stage.
    """

    code: str
    version: int
    zh: str
    en: str
    denominator: str
    numerator: str
    left_out: str = "false"

    @property
    def name(self) -> str:
        """The definition with its version: what a figure is quoted by."""
        return f"{self.code}@{self.version}"


@dataclass(frozen=True, slots=True)
class Duration:
    """How long a stage takes: the time between two milestones of cases that passed it.

    In wall time, where `net` takes the suspended time out; and as the stage's clock counts
    it, for the cases in which `clock` (one of measure.STAGES) had a limit; None: not told.
    """

    code: str
    version: int
    zh: str
    en: str
    start: str
    end: str
    clock: str | None
    net: bool = False

    @property
    def name(self) -> str:
        """The definition with its version."""
        return f"{self.code}@{self.version}"

    @property
    def measure(self) -> str:
        """The SQL of the duration in microseconds."""
        suspended = " - suspended_us" if self.net else ""
        return f"{self.end} - {self.start}{suspended}"

    @property
    def cases(self) -> str:
        """The SQL of the cases measured: those that passed the milestone in the window."""
        stated = "basis <> 'source'" if self.end != "closed_at" else "true"
        return f"{inside(self.end)} and {self.start} is not null and {stated}"


def inside(at: str) -> str:
    """Return the predicate of a milestone inside the window."""
    return f"({at} >= $1 and {at} < $2)"


def due(at: str, limit: str) -> str:
    """Return the predicate of being due: done in the window, or due in it and not done before.

    A case closed before the window waits for nothing, whatever was left undone.
    """
    waiting = (
        f"{limit} < $2 and ({at} is null or {at} >= $1)"
        f" and (closed_at is null or closed_at >= $1) and not ({ENDED_OTHERWISE})"
    )
    return f"({inside(at)} or ({waiting}))"


def done(at: str) -> str:
    """Return the predicate of a milestone reached by the end of the window."""
    return f"({at} is not null and {at} < $2)"


_FILED: Final = inside("filed_at")
_TO_DISPATCH: Final = due("dispatched_at", "dispatch_due")
_TO_HANDLE: Final = due("handled_at", "handle_due")
_TO_CHECK: Final = due("checked_at", "check_due")
_TO_CLOSE: Final = due("closed_at", "total_due")
_CLOSED: Final = inside("closed_at")
_OWN: Final = "basis <> 'source'"
_TOLD: Final = "basis = 'source'"

RATES: Final[tuple[Definition, ...]] = (
    Definition(
        "K1", 1, "有效上报率", "valid report rate",
        denominator=f"{inside('reported_at')} and {_OWN}",
        numerator=done("filed_at"),
        left_out=f"{inside('reported_at')} and {_TOLD}",
    ),
    Definition(
        "K2", 1, "按时立案率", "on-time filing",
        denominator=f"{_FILED} and file_due is not null",
        numerator=f"filed_at <= file_due and {ON_TIME}",
    ),
    Definition(
        "K3", 1, "准确立案率", "accurate filing",
        denominator=_FILED,
        numerator="not cancelled",
    ),
    Definition(
        "K4", 1, "准确派遣率", "accurate dispatch",
        denominator=f"{_TO_DISPATCH} and {_OWN}",
        numerator=f"{done('dispatched_at')} and not first_upheld",
        left_out=f"{_TO_DISPATCH} and {_TOLD}",
    ),
    Definition(
        "K5", 1, "处置率", "handling rate",
        denominator=f"{_TO_HANDLE} and {_OWN}",
        numerator=done("handled_at"),
        left_out=f"{_CLOSED} and {_TOLD}",
    ),
    Definition(
        "K6", 1, "按期处置率", "on-time handling",
        denominator=f"{_TO_HANDLE} and {_OWN}",
        numerator=f"{done('handled_at')} and handled_at <= coalesce(handle_due, handled_at)"
        f" and {ON_TIME}",
        left_out=f"{_CLOSED} and {_TOLD}",
    ),
    Definition(
        "K7", 1, "结案率", "closing rate",
        denominator=_TO_CLOSE,
        numerator=done("closed_at"),
    ),
    Definition(
        "K7t", 1, "按期结案率", "on-time closing",
        denominator=f"{_TO_CLOSE} and total_due is not null",
        numerator=f"{done('closed_at')} and closed_at <= total_due and {ON_TIME}",
        left_out=f"{_CLOSED} and total_due is null and {_TOLD}",
    ),
    Definition(
        "K8", 1, "返工率", "rework rate",
        denominator=f"{_TO_CLOSE} and {_OWN}",
        numerator="failed_checks > 0",
        left_out=f"{_TO_CLOSE} and {_TOLD}",
    ),
    Definition(
        "K9", 1, "超期待处置率", "overdue and open",
        denominator=f"{_TO_HANDLE} and {_OWN}",
        numerator=f"not {done('handled_at')} and not {done('closed_at')}",
    ),
    Definition(
        "K9x", 1, "延期率", "extension rate",
        denominator=f"{_TO_HANDLE} and {_OWN}",
        numerator="extensions > 0",
    ),
    Definition(
        "K11", 1, "按期核查率", "check on time",
        denominator=f"{_TO_CHECK} and {_OWN}",
        numerator=f"{done('checked_at')} and checked_at <= coalesce(check_due, checked_at)"
        f" and {ON_TIME}",
    ),
    Definition(
        "K12v", 1, "小事不出村", "resolved in the village",
        denominator=f"{_CLOSED} and {_OWN}",
        numerator="max_tier = 'V'",
        left_out=f"{_CLOSED} and {_TOLD}",
    ),
    Definition(
        "K12t", 1, "大事不出镇", "resolved in the township",
        denominator=f"{_CLOSED} and {_OWN}",
        numerator="max_tier in ('V', 'T')",
        left_out=f"{_CLOSED} and {_TOLD}",
    ),
)  # fmt: skip

DURATIONS: Final[tuple[Duration, ...]] = (
    Duration(
        "K15.accept", 2, "受理时长", "time to accept",
        "reported_at", "accepted_at", "accept",
    ),
    Duration(
        "K15.dispatch", 2, "派遣时长", "time to dispatch",
        "filed_at", "dispatched_at", "dispatch",
    ),
    Duration(
        "K15.ack", 2, "签收时长", "time to acknowledge",
        "dispatched_at", "acknowledged_at", "acknowledge",
    ),
    Duration(
        "K15.handle", 2, "处置时长", "time to handle",
        "dispatched_at", "handled_at", "handle", net=True,
    ),
    Duration(
        "K15.check", 2, "核查时长", "time to check",
        "handled_at", "checked_at", "check",
    ),
    Duration(
        "K15.total", 2, "总时长", "time to close",
        "reported_at", "closed_at", "total", net=True,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """A weighted sum of rates: (weight, code, whether its complement counts)."""

    code: str
    version: int
    zh: str
    en: str
    terms: tuple[tuple[int, str, bool], ...]

    @property
    def name(self) -> str:
        """The definition with its version."""
        return f"{self.code}@{self.version}"


SCORES: Final[tuple[Score, ...]] = (
    Score(
        "K10", 1, "部门考核得分", "department score",
        ((30, "K5", False), (20, "K6", False), (20, "K8", True), (20, "K9", True),
         (10, "K9x", True)),
    ),
)  # fmt: skip

EARLIER: Final[tuple[Duration, ...]] = tuple(
    replace(one, version=1, clock=None) for one in DURATIONS
)
"""Versions that were in force before: K15.*@1 knew wall time only."""

Named = Definition | Duration | Score
_EVERY: Final[tuple[Named, ...]] = (*RATES, *SCORES, *DURATIONS)
ALL: Final[dict[str, Named]] = {definition.code: definition for definition in _EVERY}
"""The version in force of every definition, by code."""
VERSIONS: Final[dict[str, Named]] = {one.name: one for one in (*_EVERY, *EARLIER)}
"""Every version there ever was, by what a figure is quoted by, such as K15.total@1."""
