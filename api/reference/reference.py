"""The questions that rules, screens and importers ask about the district.

Codes and scopes come in as plain strings; every look-up is in memory, cheap enough
for each command: a grid by point in microseconds, the rest a dictionary away.
"""

from api.reference.locate import GridIndex
from api.reference.policies import Policies
from domain.account.state import AccountState, Key
from domain.calendar.calendar import Calendar
from domain.codes import parent_scope
from domain.directory.state import AreaState, DepartmentState, WorkerState
from domain.grid.state import GridState


class Reference(Policies):
    """Areas, grids, departments, workers, policy and calendars as of the last event folded."""

    def __init__(self) -> None:
        super().__init__()
        self._index: tuple[int, GridIndex] = (0, GridIndex(()))

    # ---- areas and grids

    @property
    def district(self) -> AreaState | None:
        """The first live district of the cell: what the wall shows unless it is told."""
        return next(iter(self.districts), None)

    @property
    def districts(self) -> list[AreaState]:
        """The live areas at the top, in the order they were named."""
        return self.children("")

    def children(self, scope: str) -> list[AreaState]:
        """Return the live areas one level below a scope; the districts for an empty one."""
        areas = (self.areas[code] for code in self._areas_in.get(scope, ()))
        return [area for area in areas if area.live]

    def grids_in(self, scope: str) -> list[GridState]:
        """Return the live grids directly in a community (or whatever area holds them)."""
        grids = (self.grids[code] for code in self._grids_in.get(scope, ()))
        return [grid for grid in grids if grid.live]

    def grids_under(self, scope: str) -> list[GridState]:
        """Return every live grid inside a scope, at any depth. A scan: for snapshots."""
        return [grid for grid in self.grids.values() if grid.live and grid.scope.startswith(scope)]

    def grid(self, code: str) -> GridState | None:
        """Return a grid by its code, live or retired."""
        return self.grids.get(code)

    def grid_by_scope(self, scope: str) -> GridState | None:
        """Return the grid that has exactly this scope."""
        codes = self._grids_in.get(parent_scope(scope), ())
        return next((self.grids[code] for code in codes if self.grids[code].scope == scope), None)

    def grid_at(self, lon: int, lat: int) -> GridState | None:
        """Return the live grid at a point (degrees × 1e6), or None outside all of them."""
        stamp, index = self._index
        if stamp != self._ground:
            index = GridIndex(grid for grid in self.grids.values() if grid.live)
            self._index = (self._ground, index)
        return index.at(lon, lat)

    # ---- departments and workers

    def department(self, department: str) -> DepartmentState | None:
        """Return a department by its id, live or closed."""
        return self.departments.get(department)

    def worker(self, worker: str) -> WorkerState | None:
        """Return a grid worker by id."""
        return self.workers.get(worker)

    # ---- accounts

    def key_owner(self, key: str) -> str | None:
        """Return the account that has a key of this id, live or not."""
        return self._key_owners.get(key)

    def key_named(self, key: str) -> tuple[AccountState, Key] | None:
        """Return a key of this id with its account."""
        owner = self._key_owners.get(key)
        return None if owner is None else (self.accounts[owner], self.accounts[owner].keys[key])

    # ---- calendars

    def calendar(self, scope: str = "") -> Calendar | None:
        """Return the newest working calendar of the district a scope lies in, else the first."""
        name = scope.partition(".")[0]
        versions = self.calendars.get(name) or next(iter(self.calendars.values()), ())
        return versions[-1] if versions else None

    def calendar_version(self, calendar: str, version: str) -> Calendar | None:
        """Return one published version of a calendar."""
        versions = self.calendars.get(calendar, ())
        return next((one for one in versions if one.version == version), None)

    def timezone(self, scope: str = "") -> str:
        """Return the IANA time zone of the district a scope lies in, UTC when none is published."""
        calendar = self.calendar(scope)
        return "UTC" if calendar is None else calendar.timezone
