"""A page of a list as of a moment: found by keys, and only what is on it taken whole.

Two ways lead to the same page. Where the order is of what no event changes (when a case was
reported), today's rows are *walked* in it, each as its case was: as many as the page takes, and
today's rows are those that sight is decided by. Where the order or the filter is of what does
change, the page is *keyed*: all that stood at the moment is put in order by what orders and filters
it and held against today's sight until the page is full; the present is walked no further than
that reaches (docs/adr/0053).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from projections.case_past.queries import SQL as PAST
from projections.named import Queries, filled
from projections.select import Select, columns_of, read

SQL: Final = Queries(Path(__file__).with_name("page_then.sql"), PAST.schema)


def walked(page: Select, along: str) -> str:
    """Return a page walked along rows of this name: today's, or what leads to them.

    What is of a case for good is read there.
    """
    rows = {"reported_at": along, "id": along, "number": "n"}
    return filled(SQL["walked"], page.words(rows))


def keyed(
    page: Select, columns: Mapping[str, str], stretch: str, *,
    seen: bool, there: bool, half_now: str, bounded: bool,
) -> str:  # fmt: skip
    """Return a page by its keys.

    `columns` are those of the list by their names, `stretch` what stood at the moment, `half_now`
    the present. `seen`: somebody's sight of today decides; `there`: the place of then is asked
    before it. `bounded`: the present is told how far the past reaches; else it is walked for as
    long as rows are wanted.
    """
    wanted = page.columns | {"scope"} if there else page.columns
    asked = {name: text for name, text in columns.items() if name in wanted}
    looked_at = {"until", *(one for text in asked.values() for one in columns_of(text))}
    further = SQL["no_further_back" if page.down else "no_further_on"]
    words = {
        "past_page": SQL["past_page_seen" if seen else "past_page"],
        "thin": SQL["thin"],
        "columns": ", ".join(f"{read(text, 'p')} as {name}" for name, text in asked.items()),
        "stretch": stretch,
        "read": ", ".join(sorted(looked_at)),
        "half_now": half_now,
        "further": f" and {further}" if bounded else "",
    }
    return filled(SQL["keyed"], page.words() | words)
