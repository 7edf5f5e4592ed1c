"""Whose eyes a read has: the second line behind the rules, kept by the database itself.

A reading transaction says once whose sight it has; row policies then hold every row of the
protected tables against it, whatever the query asks for. What a bug in a filter would let
out stays in. Each kind of sight is a role of its own, so that its policy is one plain
condition that an index can serve (docs/adr/0030); a session that has said nothing is a role
that may not look at all.
"""

from dataclasses import dataclass
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

    def settings(self) -> tuple[str, str, str, str, str]:
        """Return the role and the bounds low, high, units and case, as a transaction sets them."""
        low, high, units, case = UNSET
        if self.case is not None:
            return "quanke_sees_case", low, high, units, str(self.case)
        if self.scope:
            low, high = scope_range(self.scope)
        if self.units is not None:
            units = _array(self.units)
        kind = _KINDS[bool(self.scope), self.units is not None]
        return f"quanke_sees_{kind}", low, high, units, case


_KINDS: Final = {
    (False, False): "all",
    (True, False): "scope",
    (False, True): "units",
    (True, True): "both",
}
EVERYTHING: Final = Sight()
"""What the platform itself needs, and what anybody may see, such as the wall's counts."""
NOTHING: Final = Sight(case=UUID(int=0))
"""For somebody who sees no case by scope or department."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A protected table: which columns say where a row lies, whose it is and of which case."""

    units: str = ""
    case: str = ""


_LED: Final = "department = any("
KEPT: Final = {
    ("case_board", "board"): Kept("(departments && ", "id"),
    ("deadline_list", "deadline"): Kept(_LED, "case_id"),
    ("alarm_list", "alarm"): Kept(_LED, "case_id"),
    ("figures", "measure"): Kept(_LED, "id"),
    ("feed", "feed"): Kept(_LED, "case_id"),
    ("grid_load", "grid_load"): Kept(),
    ("area_load", "area_load"): Kept(),
    ("stage_funnel", "stage_funnel"): Kept(),
}
"""By read model and table. Each has the column `scope`. What a case was (`past`) and its
events (`entry`) are reached through the board; `department_load` is the whole cell's."""
ALL_ALONE: Final = {("personal_reads", "reading")}
"""Tables that only sight of everything may read: who asks is decided by role."""


async def protect(connection: Connection, model: str, schema: str) -> None:
    """Let the roles of sight read a read model's tables, each within its bounds.

    What is protected already stays as it is. Runs as the owner of the tables.
    """
    rows = await connection.fetch(SQL["tables"], schema)
    if not all(row["entered"] for row in rows):
        await connection.execute(SQL.of("usage", schema))
    for row in rows:
        kept = KEPT.get((model, row["name"]))
        if kept is None and not row["granted"]:
            await connection.execute(_open(model, schema, row["name"]))
        elif kept is not None and not row["protected"]:
            await connection.execute(_policies(kept, schema, row["name"]))


def _open(model: str, schema: str, table: str) -> str:
    if (model, table) in ALL_ALONE:
        return f"grant select on {schema}.{table} to quanke_sees_all"
    return SQL.of("open", schema).replace(":table", table)


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
