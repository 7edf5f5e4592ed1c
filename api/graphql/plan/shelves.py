"""Texts of cases as they were last written, found again by what the database says of each row.

A row of the board is a function of its case's latest event and of whether it is overdue, so
both in one number, its mark, name the row's text for a selection. The database tells which
rows a page has, in whose sight, by their marks alone, an eighth of the work of writing them;
it writes those that are new here. A mark that means something else can't be: a table that was
built anew is another table, and names that have changed empty the shelf.

A list of the past has a shelf of its own with the rows of the pages asked last: a moment beside one
of theirs has most of them again. So few, as the database is told which they are. Their marks say
too whether a case's exact place is hidden, which is today's.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from api.reference import Reference

Row = tuple[str, Any, Any]
"""A case's JSON, its sort key and its id."""
ROWS: Final = 20_000
"""Of one selection in one order; then it begins anew."""
ROWS_THEN: Final = 400
"""Of a list of the past."""
SELECTIONS: Final = 512
BYTES: Final = 64 << 20
"""Of all; then the selections that were asked longest ago go."""
OVERHEAD: Final = 320
"""Bytes that a row takes beside its text: its mark, key and id, and their place in a dict."""


class Before(NamedTuple):
    """The rows of the pages of the past that were asked before, and what else they depend on."""

    rows: dict[int, Row]
    table: int
    generation: int


@dataclass(slots=True)
class Weight:
    """How many bytes lie on some shelves together, about."""

    size: int = 0


@dataclass(slots=True)
class Shelf:
    """The rows of one selection in one order, by mark; `whole` is what it and others weigh."""

    rows: dict[int, Row] = field(default_factory=dict)
    size: int = 0
    newest: int = 0
    """The highest position of a row here: what is above it the database writes at once."""
    table: int = 0
    reference: tuple[Reference | None, int] = (None, 0)
    whole: Weight = field(default_factory=Weight)

    def known(self, reference: Reference) -> int:
        """Return `newest`, 0 where the district's names are no longer those of these texts."""
        names = reference, reference.generation
        if self.reference != names:
            self.clear()
            self.reference = names
        return self.newest

    def before(self, reference: Reference) -> Before:
        """Return what lies here, for a page of the past that may have the same again."""
        self.known(reference)
        return Before(self.rows.copy(), self.table, reference.generation)

    def beside(
        self, reference: Reference, table: int, marks: Sequence[int], rows: Sequence[Row]
    ) -> None:
        """Keep a page of the past beside those before it; where they are many, by itself."""
        self.known(reference)
        if len(self.rows) + len(rows) > ROWS_THEN:
            self.clear()
        self.put(table, marks, rows)

    def put(self, table: int, marks: Sequence[int], rows: Sequence[Row]) -> None:
        """Keep rows of a table under their marks."""
        if table != self.table or len(self.rows) + len(rows) > ROWS:
            self.clear()
            self.table = table
        for mark, row in zip(marks, rows, strict=True):
            if mark not in self.rows:
                self._weigh(len(row[0]) + OVERHEAD)
            self.rows[mark] = row
        self.newest = max(self.newest, max(marks, default=0) >> 1)

    def of(self, table: int, marks: Sequence[int]) -> list[Row] | None:
        """Return the rows of a page; None where one of them is not here."""
        if not marks:
            return []
        if table != self.table:
            return None
        rows = self.rows
        try:
            return [rows[mark] for mark in marks]
        except KeyError:
            return None

    def clear(self) -> None:
        """Begin anew."""
        self.rows.clear()
        self._weigh(-self.size)
        self.newest = self.table = 0

    def leave(self) -> None:
        """Weigh for itself from now on: whoever has it in hand may still put rows on it."""
        self.whole.size -= self.size
        self.whole = Weight(self.size)

    def _weigh(self, more: int) -> None:
        self.size += more
        self.whole.size += more


class Shelves:
    """All shelves of one engine, bounded in bytes."""

    def __init__(self, most: int = BYTES) -> None:
        self.most = most
        self._shelves: OrderedDict[object, Shelf] = OrderedDict()
        self._whole = Weight()
        self.found = 0
        """How many pages were put together without a text written for them."""

    @property
    def size(self) -> int:
        """How many bytes lie here, about."""
        return self._whole.size

    def shelf(self, selection: object) -> Shelf:
        """Return the shelf of a selection; it is the last whose turn to go it is."""
        found = self._shelves.get(selection)
        if found is None:
            found = self._shelves[selection] = Shelf(whole=self._whole)
        self._shelves.move_to_end(selection)
        return found

    def make_room(self) -> None:
        """Let go of those that were asked longest ago, until all fit."""
        while len(self._shelves) > SELECTIONS or (self._shelves and self.size > self.most):
            self._shelves.popitem(last=False)[1].leave()

    def clear(self) -> None:
        """Forget everything."""
        while self._shelves:
            self._shelves.popitem()[1].leave()
