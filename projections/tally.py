"""Counts by key, kept by what each touched case counted before the page and counts after it.

A key is a grid, a department or an area. Open imported cases whose stated target lies
ahead wait in the table `target` until the log's clock passes it: then they count as
overdue, although no event of theirs has come. How many do lies in the table `stated`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import sub
from typing import Any, Final, TypeVar

import msgspec

from domain.event import Microseconds
from projections.case_facts.facts import CaseFacts
from projections.earlier import Keeping
from projections.port import Connection, Page
from projections.together import at_once
from projections.writing import add, insert

K = TypeVar("K")
Counts = tuple[int, ...]
Keys = Callable[[CaseFacts], tuple[K, ...]]
"""The keys a case counts under."""
Weigh = Callable[[CaseFacts, Microseconds], Counts]
"""What a case counts there, as of a clock."""
Late = Callable[[CaseFacts, Microseconds], bool]
"""Whether a case is overdue, as of a clock."""

Rows = Callable[[Page, Mapping[str, int] | None], Sequence[msgspec.Struct]]
"""By how much a page changes each key's counts, and how many of each have run out meanwhile."""

SOURCE: Final = "source"
_FORGET: Final = "delete from {}.target where case_id = any($1::uuid[])"
_RUN_OUT: Final = "delete from {}.target where due <= $1 returning keys"


class Stated(msgspec.Struct, frozen=True):
    """How many open imported cases of a key are past their stated target."""

    key: str
    overdue: int


class Target(msgspec.Struct, frozen=True):
    """An open imported case that will be overdue at `due`, and the keys it then counts under."""

    case_id: str
    due: Microseconds
    keys: tuple[str, ...]


def differences(page: Page, keys: Keys[K], weigh: Weigh) -> dict[K, list[int]]:
    """Return by how much the page changes each key's counts; unchanged keys left out."""
    changes: dict[K, list[int]] = {}
    clock, clock_before = page.clock, page.clock_before
    for touched in page.touched.values():
        after_keys, after = keys(touched.after), weigh(touched.after, clock)
        before = touched.before
        if before is None:
            _count(changes, after_keys, after, 1)
            continue
        before_keys, counted = keys(before), weigh(before, clock_before)
        if before_keys != after_keys:
            _count(changes, before_keys, counted, -1)
            _count(changes, after_keys, after, 1)
        elif counted != after:
            _count(changes, after_keys, tuple(map(sub, after, counted)), 1)
    return {key: counts for key, counts in changes.items() if any(counts)}


def spread(changes: dict[K, list[int]], over: Callable[[K], tuple[K, ...]]) -> dict[K, list[int]]:
    """Return changes added up under all the keys that each counts for; unchanged keys left out."""
    sums: dict[K, list[int]] = {}
    for key, counts in changes.items():
        _count(sums, over(key), tuple(counts), 1)
    return {key: counts for key, counts in sums.items() if any(counts)}


async def run_out(
    connection: Connection, schema: str, page: Page, keys: Keys[str]
) -> dict[str, int]:
    """Move the waiting targets on to the page's clock; return the newly overdue by key."""
    imported = {s: t for s, t in page.touched.items() if t.after.basis == SOURCE}
    if imported:
        after = [touched.after for touched in imported.values()]
        await connection.execute(_FORGET.format(schema), list(imported))
        await insert(connection, f"{schema}.target", _ahead(after, page.clock, keys))
    over: dict[str, int] = {}
    for row in await connection.fetch(_RUN_OUT.format(schema), page.clock):
        for key in row["keys"]:
            over[key] = over.get(key, 0) + 1
    if imported or over:
        moved = differences(replace(page, touched=imported), keys, _late)
        late = {key: moved.get(key, [0])[0] + over.get(key, 0) for key in {*moved, *over}}
        rows = [Stated(key, count) for key, count in sorted(late.items()) if count]
        await add(connection, f"{schema}.stated", "key", ("overdue",), rows)
    return over


async def added(
    connection: Connection,
    schema: str,
    page: Page,
    keys: Keys[str],
    rows: Rows,
    keeping: Keeping,
) -> list[Any]:
    """Add the page's differences and what has run out meanwhile; return the new rows.

    Hardly ever does anything run out, so that is not waited for: it is added afterwards.
    """
    table, key, counts = f"{schema}.{keeping.table}", keeping.key, keeping.counts
    late, new = await at_once(
        connection,
        run_out(connection, schema, page, keys),
        add(connection, table, key, counts, rows(page, None)),
    )
    if not late:
        return [*new]
    more = await add(connection, table, key, counts, rows(replace(page, touched={}), late))
    return [*{row[key]: row for row in (*new, *more)}.values()]


def unstated(facts: CaseFacts, clock: Microseconds) -> bool:
    """Tell whether a case is overdue by our own rules, not by a source's target."""
    return facts.basis != SOURCE and facts.overdue(clock)


def _late(facts: CaseFacts, clock: Microseconds) -> Counts:
    return (facts.overdue(clock),)


def _ahead(imported: list[CaseFacts], clock: Microseconds, keys: Keys[str]) -> list[Target]:
    waiting = ((facts, facts.target()) for facts in imported)
    return [Target(case.id, due, keys(case)) for case, due in waiting if due and due > clock]


def _count(changes: dict[K, list[int]], keys: tuple[K, ...], counts: Counts, sign: int) -> None:
    for key in keys:
        there = changes.get(key)
        if there is None:
            there = changes[key] = [0] * len(counts)
        for index, count in enumerate(counts):
            if count:
                there[index] += sign * count
