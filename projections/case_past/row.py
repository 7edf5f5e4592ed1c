"""Facts to the rows of `past`, straight into COPY's bytes: one for almost every event.

The dearest loop of a rebuild, so it is flat: numbers that are never null in one packed
piece, then four pieces of other values, each kept from one state of a case to the next
for as long as what it says is the same.
"""

from collections.abc import Iterator
from operator import attrgetter, call
from struct import Struct
from typing import Any, Final

import msgspec

from projections.case_board.project import earliest
from projections.case_facts.facts import BINDING, PAUSED, CaseFacts
from projections.case_facts.touched import Touched
from projections.case_past.queries import SHORTEST, SHORTEST_AT
from projections.copying import Encode, boolean, int4, int8, once, pairs, text, texts, uuid, uuids
from projections.figures.measure import stages

PACKED: Final = (
    "until", "until_at", "span", "span_at", "version", "position", "updated_at", "suspended_us",
    "returned", "rework", "extensions", "reopened", "urged", "supervised", "dispatches",
    "failed_checks", "open", "unlocated", "sensitive", "exercise", "self_handled", "forced",
    "first_upheld",
)  # fmt: skip
STILL: Final[dict[str, Encode]] = {
    "id": uuid, "number": text, "category": text, "channel": text, "scope": text, "grid": text,
    "lon": int4, "lat": int4, "tier": text, "max_tier": text, "severity": text, "basis": text,
    "source": text, "source_id": text, "stated": text, "flags": texts, "reported_at": int8,
    "suspended_at": int8, "review_at": int8, "merged_into": uuid, "parent": uuid,
    "children": uuids, "satisfaction": text, "pauses": pairs,
}  # fmt: skip
"""Columns that hardly change in the life of a case: made anew only when one does."""
MOVING: Final[dict[str, Encode]] = {
    "status": text, "department": text, "assignment": text, "departments": texts,
    "accepted_at": int8, "filed_at": int8, "dispatched_at": int8, "acknowledged_at": int8,
    "handled_at": int8, "checked_at": int8, "closed_at": int8, "verify_asked_at": int8,
    "verified_at": int8, "declined_at": int8,
}  # fmt: skip
RUNNING: Final = ("overdue", "due_clock", "due_at", "late", "target", "running")
"""What the clocks that run say."""
DUES: Final = (
    "total_due", "accept_due", "file_due", "dispatch_due", "acknowledge_due", "handle_due",
    "check_due", "whole_due", "clocks",
)  # fmt: skip
"""What was due when, by stage."""
COLUMNS: Final = (*PACKED, *STILL, *MOVING, *RUNNING, *DUES)

_pack: Final = Struct(">h iq iq ih ih iq iq iq iq" + "ii" * 8 + "i?" * 7).pack
_still: Final = attrgetter(*STILL)
_still_encoders: Final = tuple(STILL.values())
_moving: Final = attrgetter(*MOVING)
_moving_encoders: Final = tuple(MOVING.values())
_due_key: Final = attrgetter("dues", "suspended_at", "merged_at")
_PAUSED: Final = tuple(PAUSED)
_encode: Final = msgspec.json.Encoder().encode


def replaced(touched: Touched) -> Iterator[bytes]:
    """Return a row for each state of a case that one of the page's events replaced."""
    was = touched.before
    still = moving = due_key = ticking = standing = None
    still_piece = moving_piece = running_piece = dues_piece = b""
    for now in touched.steps:
        if was is not None and was.version:
            if (values := _still(was)) != still:
                still, still_piece = values, _joined(_still_encoders, values)
            if (values := _moving(was)) != moving:
                moving, moving_piece = values, _joined(_moving_encoders, values)
            said = was.status in PAUSED, was.target()
            if was.ticking is not ticking or said != standing:  # an equal one may differ in order
                ticking, standing, running_piece = was.ticking, said, _running(was)
            if (key := _due_key(was)) != due_key:
                due_key, dues_piece = key, _dues(was)
            yield b"".join(
                (_packed(was, now), still_piece, moving_piece, running_piece, dues_piece)
            )
        was = now


def _joined(encoders: tuple[Encode, ...], values: tuple[Any, ...]) -> bytes:
    return b"".join(map(call, encoders, values))  # pyright: ignore[reportArgumentType]


def _packed(was: CaseFacts, now: CaseFacts) -> bytes:
    position, at = was.position, was.updated_at
    return _pack(
        len(COLUMNS), 8, now.position, 8, now.updated_at,
        2, max((now.position - position).bit_length(), SHORTEST),
        2, max((now.updated_at - at).bit_length(), SHORTEST_AT),
        8, was.version, 8, position, 8, at, 8, was.suspended_us,
        4, was.returned, 4, was.rework, 4, was.extensions, 4, was.reopened, 4, was.urged,
        4, was.supervised, 4, was.dispatches, 4, was.failed_checks,
        1, was.open, 1, was.unlocated, 1, was.sensitive, 1, was.exercise, 1, was.self_handled,
        1, was.forced, 1, was.first_upheld,
    )  # fmt: skip


def _running(facts: CaseFacts) -> bytes:
    due_clock, due_at, late = earliest(facts)
    overdue = facts.basis != "source" and not BINDING.isdisjoint(late)
    ticking = facts.ticking if facts.status not in PAUSED else None
    return b"".join((
        boolean(overdue), text(due_clock), int8(due_at), texts(tuple(late)),
        int8(facts.target()), once(_encode(ticking) if ticking else None),
    ))  # fmt: skip


def _dues(facts: CaseFacts) -> bytes:
    total = facts.dues.get("total")
    dues, counted = stages(facts)
    return b"".join((int8(total and total.due), *map(int8, dues), texts(tuple(counted))))
