"""Whose eyes a read has: the second line behind the rules, kept by the database itself.

A reading transaction says once whose sight it has; row policies then hold every row of the
protected tables against it, whatever the query asks for. What a bug in a filter would let
out stays in. Each kind of sight is a role of its own, so that its policy is one plain
condition that an index can serve (docs/adr/0030); a session that has said nothing is a role
that may not look at all.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from domain.actor import scope_range
from projections.named import Queries
from projections.port import Connection

SQL: Final = Queries(Path(__file__).with_name("sight.sql"), "public")
READER: Final = "quanke_reader"
"""As whom the sessions of the reading pool begin: a role that sees no row of any case."""
UNSET: Final = ("-", "-", "-", "-")


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows may be looked at, by where a case lies and who works on it *today*.

    `scope` empty: anywhere; `units` None: anybody's, else those of one of these departments;
    `case`: this one alone, whatever else is said.
    """

    scope: str = ""
    units: tuple[str, ...] | None = None
    case: UUID | None = None

    @property
    def wide(self) -> bool:
        """Whether nearly every case is in it: a whole district's, whoever has it."""
        return self.units is None and self.scope.count(".") < 2

    @property
    def narrow(self) -> bool:
        """Whether few cases are in it: a community's or a grid's."""
        return self.scope.count(".") > 2

    def settings(self) -> tuple[str, str, str, str, str]:
        """Return the role and the bounds low, high, units and case, as a transaction sets them."""
        return _settings(self)


@lru_cache(maxsize=4_096)
def _settings(sight: Sight) -> tuple[str, str, str, str, str]:
    low, high, units, case = UNSET
    if sight.case is not None:
        return SEES_CASE, low, high, units, str(sight.case)
    if sight.scope:
        low, high = scope_range(sight.scope)
    if sight.units is not None:
        units = _array(sight.units)
    return _SEES[bool(sight.scope), sight.units is not None], low, high, units, case


SEES_CASE: Final = "quanke_sees_case"
_SEES: Final = {
    (False, False): "quanke_sees_all",
    (True, False): "quanke_sees_scope",
    (False, True): "quanke_sees_units",
    (True, True): "quanke_sees_both",
}
"""By whether a sight has a scope and departments."""
KINDS: Final = (*_SEES.values(), SEES_CASE)
"""The roles, one for each kind of sight."""
BY_PLACE: Final = ("quanke_sees_all", "quanke_sees_scope")
"""Those that see every case of a place."""
EVERYTHING: Final = Sight()
"""What the platform itself needs, and what anybody may see, such as the wall's counts."""
NOTHING: Final = Sight(case=UUID(int=0))
"""For somebody who sees no case by scope or department."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A protected table: which columns say where a row lies, whose it is and of which case."""

    units: str = ""
    case: str = ""


_LIVE_BOARD: Final = re.compile(r"rm_case_board_v\d+")
_LED: Final = "department = any("
KEPT: Final = {
    ("case_board", "board"): Kept("(departments && ", "id"),
    ("deadline_list", "deadline"): Kept(_LED, "case_id"),
    ("figures", "measure"): Kept(_LED, "id"),
    ("feed", "feed"): Kept(_LED, "case_id"),
    ("alert_list", "alert"): Kept(),
    ("appeal_list", "appeal"): Kept("unit = any(", "case_id"),
    ("grid_load", "grid_load"): Kept(),
    ("area_load", "area_load"): Kept(),
    ("stage_funnel", "stage_funnel"): Kept(),
    ("grid_load", "earlier"): Kept(),
    ("area_load", "earlier"): Kept(),
    ("stage_funnel", "earlier"): Kept(),
}
"""By read model and table. Each has the column `scope`. What a case was (`past`), its events
(`entry`) and its alarms are reached through the board; `department_load` is the whole cell's."""
BY_CASE: Final = {("case_timeline", "entry"): "case_id"}
"""Tables whose rows show when the board shows their case, and the column that names it. They are
filled by COPY, which PostgreSQL refuses under forced policies; their owner is held by none."""
ALL_ALONE: Final = {("personal_reads", "reading")}
"""Tables that only sight of everything may read: who asks is decided by role."""


async def protect(connection: Connection, model: str, schema: str) -> None:
    """Let the roles of sight read a read model's tables, each within its bounds.

    What is protected already stays as it is. Runs as the owner of the tables. Of the live
    board, whose rows decide about those of a case's events, the log's policy is told.
    """
    if _LIVE_BOARD.fullmatch(schema):
        await _shown_by(connection, schema)
    rows = await connection.fetch(SQL["tables"], schema)
    if not all(row["entered"] for row in rows):
        await connection.execute(SQL.of("usage", schema))
    for row in rows:
        kept = KEPT.get((model, row["name"]))
        case = BY_CASE.get((model, row["name"]))
        if case is not None and not row["protected"]:
            text = SQL.of("shown", schema).replace(":table", row["name"])
            await connection.execute(text.replace(":case", case))
        if case is not None:
            continue
        if kept is None and row["protected"]:  # as an earlier release had it
            await connection.execute(_bared(schema, row["name"], row["policies"]))
        if kept is None and not row["granted"]:
            await connection.execute(_open(model, schema, row["name"]))
        elif kept is not None and not row["protected"]:
            await connection.execute(_policies(kept, schema, row["name"]))


async def _shown_by(connection: Connection, schema: str) -> None:
    """Let the board of a schema decide whose events are shown."""
    body = SQL["asked"].replace(":board", f"{schema}.board")
    if await connection.fetchval(SQL["shown_now"]) != body:
        await connection.execute(SQL["board"].replace(":body", body))


def _open(model: str, schema: str, table: str) -> str:
    if (model, table) in ALL_ALONE:
        return f"grant select on {schema}.{table} to quanke_sees_all"
    return SQL.of("open", schema).replace(":table", table)


def _bared(schema: str, table: str, policies: list[str]) -> str:
    text = [SQL.of("bare", schema)]
    text += [SQL.of("drop", schema).replace(":policy", policy) for policy in policies]
    return ";\n".join([*text, SQL.of("open", schema)]).replace(":table", table)


def _policies(kept: Kept, schema: str, table: str) -> str:
    wanted = ["all", "scope"]
    if kept.case:
        wanted += ["units", "case"]
    text = ";\n".join(SQL.of(name, schema) for name in wanted)
    return text.replace(":table", table).replace(":units", kept.units).replace(":case", kept.case)


def _array(units: tuple[str, ...]) -> str:
    """Return a PostgreSQL array of texts as text."""
    quoted = (unit.replace("\\", "\\\\").replace('"', '\\"') for unit in units)
    return "{" + ",".join(f'"{unit}"' for unit in quoted) + "}"
