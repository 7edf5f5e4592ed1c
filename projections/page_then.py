"""A page of a list as of a moment, as text: found by keys, and only what is on it taken whole.

Two ways lead to the same page. Where the order is of what no event changes (when a case was
reported), today's rows are *walked* in it, each as its case was: as many as the page takes, and
today's rows are those that sight is decided by. Where the order or the filter is of what does
change, the page is *keyed*: all that stood at the moment is put in order by what orders and filters
it and held against today's sight until the page is full; the present is walked no further than
that reaches (docs/adr/0053).
"""

import re
from collections.abc import Sequence
from typing import Final

from projections.case_past.queries import SQL as PAST
from projections.named import Queries

_WHOLE: Final = "select * from :states b\n"
_OF_TODAY: Final = re.compile(r"\bb\.(reported_at|id)\b")
"""What is of a case for good, so that its row of today says it too."""
_ASKED: Final = re.compile(r"\bb\.(\w+)")
_READ: Final = re.compile(r"\bp\.(\w+)")
_NAME: Final = re.compile(r"\w+$")


class Texts:
    """The pieces of a page on one axis of time."""

    def __init__(self, sql: Queries, by: str, columns: Sequence[str]) -> None:
        """`columns` are selected of a row `p` of the past."""
        self.now = f"({sql[f'now_by_{by}']})"
        self.then = f"({sql['then']})"
        self.stretch = PAST["known" if by == "position" else "happened"]
        self._sql = sql
        self._by = by
        self._columns = columns

    def halves(self, body: str, ordered: str) -> str:
        """Return a page cut from each half before the two are put together."""
        text = f"{body}{ordered}"
        now, then = text.replace(":states", self.now), text.replace(":states", self.then)
        return f"select * from (({now}) union all ({then})) b{ordered}"

    def walked(self, body: str, ordered: str, along: str) -> str:
        """Return a page walked along today's rows: of an order by what no event changes."""
        conditions = body.removeprefix(_WHOLE).replace(" where true", "", 1)
        sql = self._sql["walked"]
        for name in ("stood", "began"):
            sql = sql.replace(f":{name}", self._sql[f"{name}_by_{self._by}"])
        text = (conditions + ordered).replace("b.number", "n.number")
        return sql + _OF_TODAY.sub(rf"{along}.\1", text)

    def keyed(self, body: str, ordered: str, seen: str) -> str:
        """Return a page by its keys; `seen` joins a row `b` of the past with what decides today."""
        keys, _, limit = ordered.removeprefix("\n order by ").partition("\n limit ")
        key, way = keys.split(",")[0].removeprefix("b.").partition(" desc")[:2]
        columns = f"select b.{key} as key, b.id, "
        past = body.replace(":states", self._thin(body + ordered))
        if seen:
            past = f"{_WHOLE}{seen}".replace(":states", f"({past}\n order by {keys})")
        further = self._sql["no_further_back" if way else "no_further_on"]
        now = f"{self.now[:-1]} and {further})"
        present = body.replace(":states", now)
        sql = self._sql["keyed"]
        for name, value in (
            (":past_page", past.replace("select *", f"{columns}b.place", 1) + ordered),
            (
                ":present_page",
                present.replace("select *", f"{columns}null::bigint", 1) + ordered,
            ),
            (":key", key), (":limit", limit), (":way", way),
        ):  # fmt: skip
            sql = sql.replace(name, value)
        return sql

    def _thin(self, text: str) -> str:
        """Return what stood at the moment: of each row what orders and filters a page, no more."""
        asked = {"id", *_ASKED.findall(text)}
        columns = [one for one in self._columns if _NAME.findall(one)[0] in asked]
        read = sorted({"until", *_READ.findall(", ".join(columns))})
        stretch = self.stretch.replace("select * from", f"select {', '.join(read)} from")
        return f"(select {', '.join(columns)}, p.until as place from ({stretch}) p)"


def page(texts: Texts, text: str, seen: str, *, from_today: str, unfolded: str) -> str | None:
    """Return a page's query over `:states`; None for a question that is no page.

    `from_today`: walked along rows of this name, today's or what leads to them. One row of the
    past that stands for several (`unfolded`) has no key of its own.
    """
    body, ordered, order = text.partition("\n order by")
    if " limit " not in order:
        return None
    if unfolded or not body.startswith(_WHOLE):
        return texts.halves(body, ordered + order)
    if from_today:
        return texts.walked(body, ordered + order, from_today)
    return texts.keyed(body, ordered + order, seen)
