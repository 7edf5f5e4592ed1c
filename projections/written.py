"""Rows as JSON that the database writes, in one statement that says where it stands.

The callers' `select` lists name expressions over a row `b`, the first of which is never
null. One statement sees one snapshot, so it needs no transaction around it; its own
position comes first in every row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from projections.as_of import At, of_one
from projections.case_board import queries as board
from projections.case_board.queries import Filter, Sort
from projections.case_board.similar import SIMILAR
from projections.case_past.queries import SQL as PAST
from projections.case_timeline.queries import SQL as TIMELINE
from projections.port import Reads
from projections.reading import SQL as READING
from projections.sight import Sight

KEYS: Final = {Sort.REPORTED: "reported_at", Sort.UPDATED: "updated_at", Sort.DUE: "due_at"}
HIDDEN: Final = ":hidden"
"""In a select list: whether the case's exact place is hidden, then or today."""
FOUND: Final = 4
"""How many columns `one` finds of the case itself before those asked for."""
COMPARED: Final = ("id", "scope", "departments", "grid", "category", "lon", "lat")
"""What `similar` finds of both cases, in this order."""
TEXTS_KEPT: Final = 512
"""Statements kept; whoever gives every selection new names makes a new one each time."""


class Written(msgspec.Struct, frozen=True):
    """What one statement has found: the position it is as of, and its rows without it."""

    position: int
    rows: list[Any]


class Asked(NamedTuple):
    """Which page of the board: what is wanted, in which order, after which row, how many rows."""

    wanted: Filter
    sort: Sort
    after: tuple[int, UUID] | None
    limit: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A page: a mark for each row in its order, and the rows that are new.

    `table` is where the rows lie: a board that was built anew is another one. `new` are those
    that are not said to be known: of the present those whose case has moved since a position.
    """

    position: int
    table: int
    marks: list[int]
    new: list[tuple[Any, ...]]


async def marked(reads: Reads, selects: Sequence[str], asked: Asked, known: int) -> Marked:
    """Return a page by its rows' marks; written are only rows of positions above `known`.

    A mark is twice the row's position, and one more where it is overdue. A new row: what is
    selected, its sort key and its id.
    """
    source, arguments = board.marked_query(*asked)
    sql = _marked((*selects, f"b.{KEYS[asked.sort]}", "b.id"), source, len(arguments) + 1)
    return _as_marked(await reads.fetch(sql, *arguments, known))


async def then(
    reads: Reads,
    selects: Sequence[str],
    asked: Asked,
    at: At,
    sight: Sight | None = None,
    known: Iterable[int] = (),
) -> Marked:
    """Return a page as of a moment by its rows' marks; not written are rows whose mark is known.

    A mark is four times the position of the case's latest event then, two more where it was
    overdue, one more where its exact place is hidden, then or today. Of each case today's row is
    asked for, under its policy, whatever is selected and whosever sight the query has: the past
    itself is open to every session. What is known is sent as a text, as the driver looks at every
    number of a list by itself, and read once, in a subquery, not for each row.
    """
    source, arguments = board.page_query(*asked, at, sight)
    key = KEYS[asked.sort]
    sql = _then((*selects, f"b.{key}", "b.id"), source, key, len(arguments) + 1)
    said = f"{{{','.join(map(str, known))}}}"
    return _as_marked(await reads.fetch(sql, *arguments, said))


def _as_marked(rows: Sequence[Any]) -> Marked:
    ((position, table, marks, *lists),) = rows
    new = list(zip(*lists, strict=True)) if lists[0] is not None else []
    return Marked(position, table or 0, marks or [], new)


async def several(reads: Reads, select: str, source: str, arguments: Sequence[Any]) -> Written:
    """Return what is selected of each row of a query."""
    return await _found(reads, _stated(f"select {select} from ({source}) b"), arguments)


@dataclass(frozen=True, slots=True)
class Below:
    """A page of a case's timeline to be written beside it: its columns over `b`, and where."""

    columns: tuple[str, ...]
    with_state: bool
    after: int
    limit: int


async def one(
    reads: Reads,
    select: str,
    key: UUID,
    pages: Sequence[Below],
    at: At | None = None,
    *,
    whole: bool = False,
) -> Written:
    """Return a case by its id, as of a moment, with pages of its timeline.

    Its one row: id, scope, departments and whether it is sensitive, all of today; what is
    selected; then, for each page, a list of each column, and one of the versions.
    `whole`: the timeline of the case of today, whatever the case was at the moment.
    """
    arguments: tuple[Any, ...] = (key,)
    state = "select t.*"
    if at is not None and not whole:
        state, arguments = of_one(board.STATES, "t.id", arguments, at)
    asked = tuple((page.columns, page.with_state) for page in pages)
    rows = _one(select, state, asked, len(arguments), whole)
    if pages:
        position = None if at is None else at.position
        effective_at = None if at is None else at.effective_at
        arguments = (*arguments, position, effective_at)
    for page in pages:
        arguments = (*arguments, page.after, page.limit)
    found = await reads.fetch(_standing(rows), *arguments)
    if found:
        return Written(found[0][0], [found[0][1:]])
    return await _found(reads, _stated(rows), arguments)


async def similar(reads: Reads, select: str, key: UUID) -> Written:
    """Return what is similar to a case: its own row, if it is in sight, beside each of the others.

    First of the case itself: id, scope, departments, grid, category, longitude, latitude; then
    the same of the other, all null where there is none, and what is selected of it.
    """
    rows = await reads.fetch(_similar(select), key)
    return Written(rows[0][0] if rows else 0, [row[1:] for row in rows])


async def _found(reads: Reads, sql: str, arguments: Sequence[Any]) -> Written:
    rows = await reads.fetch(sql, *arguments)
    found = [row[1:] for row in rows] if rows[0][1] is not None else []
    return Written(rows[0][0], found)


@lru_cache(maxsize=TEXTS_KEPT)
def _then(selects: Sequence[str], source: str, key: str, known: int) -> str:
    written = ", ".join(
        f"array_agg({one.replace(HIDDEN, 'b.hidden')}) filter (where b.new)" for one in selects
    )
    way = "" if key == "due_at" else " desc"
    mark = "4 * b.position + 2 * b.overdue::int + h.hidden::int"
    return _stated(
        f"select {_TABLES}, array_agg(b.mark), {written} from"
        f" (select b.*, h.hidden, m.mark,"
        f" m.mark <> all((select ${known}::text::bigint[])::bigint[]) as new"
        f" from ({source}) b join {board.STATES.table} t on t.id = b.id"
        " cross join lateral (select b.sensitive or t.sensitive as hidden) h"
        f" cross join lateral (select {mark} as mark) m"
        f" order by b.{key}{way}, b.id{way}) b"
    )


_TABLES: Final = " + ".join((
    f"('{PAST.schema}.past'::regclass::oid::bigint << 32)",
    f"'{board.STATES.table}'::regclass::oid::bigint",
))  # fmt: skip
"""The past and the board in one number: what was built anew is another one."""


@lru_cache(maxsize=TEXTS_KEPT)
def _marked(selects: Sequence[str], source: str, known: int) -> str:
    written = ", ".join(
        f"array_agg({one.replace(HIDDEN, 'b.sensitive')})"
        f" filter (where b.position > ${known}::bigint)"
        for one in selects
    )
    mark = "2 * b.position + b.overdue::int"
    return _stated(f"select max(b.lies_in), array_agg({mark}), {written} from ({source}) b")


@lru_cache(maxsize=TEXTS_KEPT)
def _one(
    select: str, state: str, pages: tuple[tuple[tuple[str, ...], bool], ...],
    given: int, whole: bool,
) -> str:  # fmt: skip
    today = board.SQL["one"].replace(":states", board.STATES.table)
    version = "null::bigint as version" if whole else "b.version"
    beside, lists = "", ""
    for number, (columns, with_state) in enumerate(pages):
        place = given + 3 + 2 * number
        beside += _beside(columns, with_state, number, given, place)
        lists += f", p{number}.*"
    asked = select.replace(HIDDEN, "(b.sensitive or t.sensitive)")
    return (
        f"select t.id, t.scope, t.departments, t.sensitive, {asked}{lists} from ({today}) t"
        f" cross join lateral ({state}) b cross join lateral (select b.id, {version}) o{beside}"
    )


def _beside(columns: Sequence[str], with_state: bool, number: int, given: int, place: int) -> str:
    """Return the join of one page of a timeline: a row of lists, one for each column."""
    rows = TIMELINE["below_with_state" if with_state else "below"]
    for name, said in (
        (":after", f"${place}::bigint"), (":limit", f"${place + 1}::bigint"),
        (":position", f"${given + 1}::bigint"), (":effective_at", f"${given + 2}::bigint"),
    ):  # fmt: skip
        rows = rows.replace(name, said)
    named = [f"{one} as c{at}" for at, one in enumerate(columns)]
    listed = [f"array_agg(x.c{at} order by x.version)" for at in range(len(columns))]
    listed.append("array_agg(x.version order by x.version)")
    return (
        f" left join lateral (select {', '.join(listed)} from"
        f" (select {', '.join(named)}, b.version from ({rows}) b) x) p{number} on true"
    )


@lru_cache(maxsize=TEXTS_KEPT)
def _similar(select: str) -> str:
    of = board.SQL["one"].replace(":states", board.STATES.table)
    listed = select.replace(HIDDEN, "b.sensitive")
    own = ", ".join(f"t.{name}" for name in COMPARED)
    other = ", ".join(f"b.{name}" for name in COMPARED)
    return _standing(
        f"select {own}, x.* from ({of}) t left join lateral"
        f" (select {other}, {listed} from ({SIMILAR}) b) x on true"
    )


@lru_cache(maxsize=TEXTS_KEPT)
def _standing(rows: str) -> str:
    """Return rows with the position, found without a join; no row tells no position either."""
    return f"select ({READING['position']}) as position, r.* from ({rows}) r"


@lru_cache(maxsize=TEXTS_KEPT)
def _stated(rows: str) -> str:
    standing = READING["position"]
    return f"select p.position, r.* from ({standing}) p left join lateral ({rows}) r on true"
