"""Facts to the columns of `past`: one plain tuple a replaced state, in the table's order.

A tuple, because there is one for almost every event of the log and it goes straight into
COPY.
"""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any, Final

import msgspec

from projections.case_board.project import earliest
from projections.case_facts.facts import CaseFacts
from projections.deadline_list.project import Running, running
from projections.figures.measure import counted, measured_dues
from projections.port import Touched

PLAIN: Final = (
    "id", "version", "position", "number", "status", "open", "category", "channel", "scope",
    "grid", "lon", "lat", "unlocated", "tier", "max_tier", "severity", "sensitive", "exercise",
    "basis", "source", "source_id", "stated", "flags", "department", "assignment", "departments",
    "reported_at", "accepted_at", "filed_at", "dispatched_at", "acknowledged_at", "handled_at",
    "checked_at", "closed_at", "updated_at", "suspended_at", "review_at", "returned", "rework",
    "extensions", "reopened", "urged", "supervised", "self_handled", "forced", "merged_into",
    "parent", "children", "satisfaction", "verify_asked_at", "verified_at", "declined_at",
    "suspended_us", "dispatches", "first_upheld", "failed_checks",
)  # fmt: skip
"""Columns that are the facts' own."""
DERIVED: Final = (
    "overdue", "due_clock", "due_at", "total_due", "late", "target", "cancelled",
    "accept_due", "file_due", "dispatch_due", "acknowledge_due", "handle_due", "check_due",
    "whole_due", "pauses", "clocks", "running",
)  # fmt: skip
COLUMNS: Final = ("until", "until_at", "span", "span_at", *PLAIN, *DERIVED)

_plain: Final = attrgetter(*PLAIN)
_encode: Final = msgspec.json.Encoder().encode
Row = tuple[Any, ...]


def replaced(touched: Touched) -> Iterator[Row]:
    """Return a row for each state of a case that one of the page's events replaced."""
    was = touched.before
    for now in touched.steps:
        if was is not None and was.version:
            yield past_row(was, now)
        was = now


def past_row(was: CaseFacts, now: CaseFacts) -> Row:
    """Return the row of a state that lasted until the event that led to `now`."""
    return (
        now.position,
        now.updated_at,
        (now.position - was.position).bit_length(),
        (now.updated_at - was.updated_at).bit_length(),
        *_plain(was),
        *_derived(was),
    )


def _derived(facts: CaseFacts) -> Row:
    due_clock, due_at, late = earliest(facts)
    total = facts.dues.get("total")
    return (
        facts.overdue(0), due_clock, due_at, total and total.due, late, facts.target(),
        facts.status == "cancelled", *measured_dues(facts),
        [list(pause) for pause in facts.pauses], counted(facts), _running(facts),
    )  # fmt: skip


def _running(facts: CaseFacts) -> str | None:
    rows: list[Running] = running(facts)
    return _encode(rows).decode() if rows else None
