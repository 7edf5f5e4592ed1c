"""The transition table: who may do what to a case, in which state, under which rules.

One row per command, data only, one file per stage. The order of checks is fixed: state, then
role, then scope (the relation beside the role), then the guards from left to right. `to` lists
the states a case can be in afterwards; empty means that it stays where it is. `needs` names
the facts, besides `by` and `case`, that the row's rules and decision read.
"""

from collections.abc import Mapping
from typing import Final

from domain.case import commands as c
from domain.case.table import checking, dispatch, handling, links, source, triage
from domain.case.table.row import Row, Rule
from domain.event import Command

ROWS: Final[tuple[Row, ...]] = (
    *triage.ROWS, *links.ROWS, *dispatch.ROWS, *handling.ROWS, *checking.ROWS, *source.ROWS,
)  # fmt: skip
TABLE: Final[Mapping[type[Command], Row]] = {row.command: row for row in ROWS}
MULTI: Final[frozenset[type[Command]]] = frozenset({c.MergeCase, c.UnmergeCase, c.SplitCase})
"""Commands that write to more than one stream: `decide_many`."""

assert len(TABLE) == len(ROWS) == len(c.COMMANDS)
__all__ = ["MULTI", "ROWS", "TABLE", "Row", "Rule"]
