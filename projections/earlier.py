"""What counts stood at, kept at every 16,384th position.

A count as of a moment is then the kept one just before it and the few cases that have moved
since (`as_of.py`). A read model that counts hands its pages here: they are cut where counts
are kept, so that the rows kept depend on the log alone, not on how it was cut into pages.
Only counts that no clock changes are kept: not what sources' targets make overdue, which is
looked at when asked (docs/adr/0040).
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from projections.case_facts.facts import CaseFacts
from projections.case_facts.touched import Touched
from projections.delta import Delta
from projections.port import Connection, Page
from projections.writing import add

EVERY: Final = 1 << 14
"""Positions from one keeping to the next. A district's thousands of rows are kept each time:
fewer would make events dear, many more let too many cases move in between."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Which columns of a read model's table are kept: what names a row, and its counts.

    The last of `counts` is the total. What sources' targets have made overdue is left out
    of `overdue`, where there is that count: it lies in the table `stated`, by `key`.
    """

    table: str
    names: tuple[str, ...]
    counts: tuple[str, ...]
    key: str

    @property
    def sql(self) -> str:
        """The statement that keeps the table as it is now, as of position $1."""
        columns = ", ".join(f"t.{one}" for one in (*self.names, *self.counts))
        if "overdue" not in self.counts:
            return f"insert into {{0}}.earlier select $1, {columns} from {{0}}.{self.table} t"
        columns = columns.replace("t.overdue", "t.overdue - coalesce(s.overdue, 0)")
        return (
            f"insert into {{0}}.earlier select $1, {columns} from {{0}}.{self.table} t"
            f" left join {{0}}.stated s on s.key = t.{self.key}"
        )


Write = Callable[[Page], Awaitable[list[Delta]]]
Rows = Callable[[Page], Sequence[msgspec.Struct]]


def last(position: int) -> int:
    """Return the last position at or before one at which counts are kept; 0 has none."""
    return position - position % EVERY


async def kept(
    connection: Connection, schema: str, page: Page, what: Keeping, rows: Rows, write: Write
) -> list[Delta]:
    """Write a page, and keep the counts where it passes the next position to keep them at.

    A page of events that come again (they were held back) adds `rows` of them to what was
    kept since.
    """
    if page.again:
        for position in range(last(page.first - 1) + EVERY, page.last + 1, EVERY):
            late = [
                {"at": position, **msgspec.structs.asdict(row)}
                for row in rows(_between(page, page.first, position))
            ]
            await add(connection, f"{schema}.earlier", f"{what.key}, at", what.counts, late)
        return await write(page)
    deltas: list[Delta] = []
    for part in parts(page):
        deltas += await write(part)
        if last(part.last) == part.last:
            await connection.execute(what.sql.format(schema), part.last)
    return deltas


def parts(page: Page) -> Iterator[Page]:
    """Cut a page after each position at which counts are kept."""
    first = page.first
    while (end := last(first - 1) + EVERY) < page.last:
        yield _between(page, first, end)
        first = end + 1
    yield page if first == page.first else _between(page, first, page.last)


def _between(page: Page, first: int, end: int) -> Page:
    """Return the part of a page from one position to another: nothing is folded again."""
    seen = [one for one in page.seen if first <= one.position <= end]
    until = [one.recorded_at for one in page.seen if one.position <= end]
    before = [one.recorded_at for one in page.seen if one.position < first]
    return replace(
        page,
        first=first,
        last=end,
        seen=seen,
        clock_before=before[-1] if before else page.clock_before,
        clock=page.clock if end == page.last else until[-1] if until else page.clock_before,
        touched={s: t for s, whole in page.touched.items() if (t := _steps(whole, first, end))},
    )


def _steps(touched: Touched, first: int, end: int) -> Touched | None:
    before, steps = touched.before, list[CaseFacts]()
    for facts in touched.steps:
        if facts.position < first:
            before = facts
        elif facts.position <= end:
            steps.append(facts)
    if not steps:
        return None
    events = [one for one in touched.events if first <= one.position <= end]
    return Touched(touched.stream, before, steps[-1], events, steps)
