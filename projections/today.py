"""The overview of an area in one statement: its load, and its cases of today."""

from typing import Any, Final

from domain.actor import scope_range
from domain.event import Microseconds
from projections.area_load.queries import SQL as AREAS
from projections.case_board.queries import SQL as BOARD
from projections.case_board.queries import STATES

_TODAY: Final = BOARD["today"].replace(":states", STATES.table)
_MEDIAN: Final = BOARD["accept_median"].replace(":states", STATES.table)
_LOAD: Final = ", ".join(
    f"coalesce(l.{name}, 0) as {name}"
    for name in ("open", "overdue", "life_safety", "closed", "total")
)
SQL: Final = (
    f"select {_LOAD}, t.reported as reported_today, t.closed as closed_today,"
    f" m.accept_p50_s from ({_TODAY}) t cross join ({_MEDIAN}) m (accept_p50_s)"
    f" left join {AREAS.schema}.area_load l on l.scope = $5"
)


def query(scope: str, day: tuple[Microseconds, Microseconds]) -> tuple[str, tuple[Any, ...]]:
    """Return the query of an area's overview with the cases of a local day, and its arguments."""
    return SQL, (*day, *scope_range(scope), scope)
