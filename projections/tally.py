"""Counts by key, kept by what each touched case counted before the page and counts after it.

A key is a grid, a department or an area. Open imported cases whose stated target lies
ahead wait in the table `target` until the log's clock passes it: then they count as
overdue, although no event of theirs has come.
"""

from collections.abc import Callable
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from domain.event import Microseconds
from projections.case_facts.facts import CaseFacts
from projections.port import Connection, Page
from projections.writing import insert

K = TypeVar("K")
Counts = tuple[int, ...]
Keys = Callable[[CaseFacts], tuple[K, ...]]
"""The keys a case counts under."""
Weigh = Callable[[CaseFacts, Microseconds], Counts]
"""What a case counts there, as of a clock."""

_FORGET: Final = "delete from {}.target where case_id = any($1::uuid[])"
_RUN_OUT: Final = "delete from {}.target where due <= $1 returning keys"


class Target(msgspec.Struct, frozen=True):
    """An open imported case that will be overdue at `due`, and the keys it then counts under."""

    case_id: str
    due: Microseconds
    keys: tuple[str, ...]


def differences(page: Page, keys: Keys[K], weigh: Weigh) -> dict[K, list[int]]:
    """Return by how much the page changes each key's counts; unchanged keys left out."""
    changes: dict[K, list[int]] = {}
    for touched in page.touched.values():
        after_keys, after = keys(touched.after), weigh(touched.after, page.clock)
        if touched.before is not None:
            before_keys = keys(touched.before)
            before = weigh(touched.before, page.clock_before)
            if before_keys == after_keys and before == after:
                continue
            _count(changes, before_keys, before, -1)
        _count(changes, after_keys, after, 1)
    return {key: counts for key, counts in changes.items() if any(counts)}


async def run_out(
    connection: Connection, schema: str, page: Page, keys: Keys[str]
) -> dict[str, int]:
    """Move the waiting targets on to the page's clock; return the newly overdue by key."""
    imported = [t.after for t in page.touched.values() if t.after.basis == "source"]
    if imported:
        ids = [UUID(facts.id) for facts in imported]
        await connection.execute(_FORGET.format(schema), ids)
        await insert(connection, f"{schema}.target", _ahead(imported, page.clock, keys))
    over: dict[str, int] = {}
    for row in await connection.fetch(_RUN_OUT.format(schema), page.clock):
        for key in row["keys"]:
            over[key] = over.get(key, 0) + 1
    return over


def _ahead(imported: list[CaseFacts], clock: Microseconds, keys: Keys[str]) -> list[Target]:
    waiting = ((facts, facts.target()) for facts in imported)
    return [Target(case.id, due, keys(case)) for case, due in waiting if due and due > clock]


def _count(changes: dict[K, list[int]], keys: tuple[K, ...], counts: Counts, sign: int) -> None:
    for key in keys:
        there = changes.setdefault(key, [0] * len(counts))
        for index, count in enumerate(counts):
            there[index] += sign * count
