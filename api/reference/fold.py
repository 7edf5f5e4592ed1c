"""Fold the reference streams: areas, grids, departments, workers, catalogues, calendars."""

from collections.abc import Callable, Iterable
from typing import Any, Final
from uuid import UUID

from domain.account.events import EVENTS as ACCOUNT_EVENTS
from domain.account.events import IdentityLinked, KeyIssued
from domain.account.evolve import evolve as evolve_account
from domain.account.state import AccountState
from domain.alert.events import EVENTS as ALERT_EVENTS
from domain.alert.evolve import evolve as evolve_alert
from domain.alert.state import AlertState
from domain.calendar.calendar import Calendar
from domain.calendar.events import CalendarPublished
from domain.calendar.evolve import calendar_of
from domain.catalogue.events import EVENTS as CATALOGUE_EVENTS
from domain.catalogue.evolve import evolve as evolve_catalogue
from domain.catalogue.state import CatalogueState
from domain.codes import parent_scope
from domain.directory.events import (
    AreaNamed,
    AreaRetired,
    CompetenceSet,
    DepartmentClosed,
    DepartmentOpened,
    DepartmentRenamed,
    DutySet,
    WorkerAppointed,
    WorkerDismissed,
    WorkerPosted,
)
from domain.directory.evolve import evolve_area, evolve_department, evolve_worker
from domain.directory.state import AreaState, DepartmentState, WorkerState
from domain.event import By, DomainEvent
from domain.grid.events import EVENTS as GRID_EVENTS
from domain.grid.evolve import evolve as evolve_grid
from domain.grid.state import GridState
from domain.topics import decode, decode_meta
from domain.webhook.events import EVENTS as WEBHOOK_EVENTS
from domain.webhook.evolve import evolve as evolve_webhook
from domain.webhook.state import WebhookState
from eventlog.record import Recorded

_NOBODY: Final = By(actor="", role="")
"""Reference states do not depend on who changed them."""
GROUND: Final = (
    "directory.area_", "directory.department_", "directory.duty_", "directory.competence_",
    "grid.", "catalogue.", "calendar.",
)  # fmt: skip
"""Topics of what screens name and draw; workers come and go every day."""
APART: Final = ("webhook.", "alert.")
"""Topics from which nothing else is derived: they outdate nobody's memory."""
_KINDS: Final = frozenset(
    {"directory", "grid", "catalogue", "calendar", "account", "webhook", "alert"}
)


class Fold:
    """The reference states as they are now, by their codes; retired ones stay."""

    def __init__(self) -> None:
        self.areas: dict[str, AreaState] = {}
        self.grids: dict[str, GridState] = {}
        self.departments: dict[str, DepartmentState] = {}
        self.workers: dict[str, WorkerState] = {}
        self.catalogues: dict[str, CatalogueState] = {}
        """By the code of the owning area."""
        self.calendars: dict[str, tuple[Calendar, ...]] = {}
        """Published versions by calendar, oldest first; each made once, its tables are dear."""
        self.accounts: dict[str, AccountState] = {}
        self.identities: dict[str, str] = {}
        """Identity elsewhere (its digest) → account, as far as it has been opened."""
        self.sealed_logins: list[IdentityLinked] = []
        """Those not opened yet (`api/auth/logins.py`)."""
        self.webhooks: dict[str, WebhookState] = {}
        self.alerts: dict[tuple[str, str], AlertState] = {}
        """Open ones by device and number; decided ones are only in the log."""
        self._key_owners: dict[str, str] = {}
        self.position = 0
        """The last position seen."""
        self.changed = 0
        self.changed_at = 0
        """The last position and the latest effective time at which the ground changed."""
        self.folded = 0
        """How many events were folded; those of cases are none."""
        self.generation = 0
        """Grows with every change; a key for what others derive (geometry, names)."""
        self.versions: dict[UUID, int] = {}
        """The last folded version of each reference stream."""
        self._area_at: dict[str, str] = {}
        self._areas_in: dict[str, list[str]] = {}
        self._grids_in: dict[str, list[str]] = {}
        self._ground = 0

    def apply(self, recorded: Recorded) -> None:
        """Fold one recorded event; those of cases only move the position.

        An event may come twice (own append, then the tail of the log): a version
        that is folded already changes nothing.
        """
        self.position = max(self.position, recorded.position)
        if recorded.topic.partition(".")[0] not in _KINDS:
            return
        if recorded.version <= self.versions.get(recorded.stream, 0):
            return
        self.versions[recorded.stream] = recorded.version
        self.folded += 1
        if recorded.topic.startswith(GROUND):
            self.changed = max(self.changed, recorded.position)
            self.changed_at = max(self.changed_at, effective_at(recorded))
        self.fold(decode(recorded.topic, recorded.schema, recorded.state))

    def apply_all(self, batch: Iterable[Recorded]) -> None:
        """Fold a batch in order."""
        for recorded in batch:
            self.apply(recorded)

    def fold(self, event: DomainEvent) -> None:
        """Fold one event that is already decoded, whatever its version."""
        step = _STEPS.get(type(event))
        if step is not None:
            step(self, event)
            if not event.TOPIC.startswith(APART):
                self.generation += 1

    def _area(self, event: AreaNamed | AreaRetired) -> None:
        known = self.areas.get(event.code, AreaState())
        area = evolve_area(known, event, _NOBODY)
        self.areas[event.code] = area
        if not known.named:
            self._area_at[area.scope] = area.code
            self._areas_in.setdefault(parent_scope(area.scope), []).append(area.code)

    def _grid(self, event: Any) -> None:
        known = self.grids.get(event.code, GridState())
        grid = evolve_grid(known, event, _NOBODY)
        self.grids[event.code] = grid
        self._ground += 1
        if not known.drawn:
            self._grids_in.setdefault(parent_scope(grid.scope), []).append(grid.code)

    def _department(self, event: Any) -> None:
        known = self.departments.get(event.department, DepartmentState())
        self.departments[event.department] = evolve_department(known, event, _NOBODY)

    def _worker(self, event: Any) -> None:
        known = self.workers.get(event.worker, WorkerState())
        self.workers[event.worker] = evolve_worker(known, event, _NOBODY)

    def _catalogue(self, event: Any) -> None:
        known = self.catalogues.get(event.owner, CatalogueState())
        self.catalogues[event.owner] = evolve_catalogue(known, event, _NOBODY)

    def _calendar(self, event: CalendarPublished) -> None:
        self.calendars[event.calendar] = (
            *self.calendars.get(event.calendar, ()),
            calendar_of(event),
        )

    def _account(self, event: Any) -> None:
        known = self.accounts.get(event.account, AccountState())
        self.accounts[event.account] = evolve_account(known, event, _NOBODY)
        match event:
            case KeyIssued():
                self._key_owners[event.key] = event.account
            case IdentityLinked(identity=str(identity)):
                self.identities[identity] = event.account
            case IdentityLinked():
                self.sealed_logins.append(event)

    def _webhook(self, event: Any) -> None:
        known = self.webhooks.get(event.webhook, WebhookState())
        self.webhooks[event.webhook] = evolve_webhook(known, event, _NOBODY)

    def _alert(self, event: Any) -> None:
        key = event.device, event.alert
        alert = evolve_alert(self.alerts.pop(key, AlertState()), event, _NOBODY)
        if alert.open:
            self.alerts[key] = alert


def effective_at(recorded: Recorded) -> int:
    """Return when a recorded event took effect, microseconds UTC."""
    return decode_meta(recorded.meta).effective_at


_STEPS: Final[dict[type[DomainEvent], Callable[[Fold, Any], None]]] = {
    AreaNamed: Fold._area,
    AreaRetired: Fold._area,
    CalendarPublished: Fold._calendar,
    **dict.fromkeys(GRID_EVENTS, Fold._grid),
    **dict.fromkeys(ACCOUNT_EVENTS, Fold._account),
    **dict.fromkeys(WEBHOOK_EVENTS, Fold._webhook),
    **dict.fromkeys(ALERT_EVENTS, Fold._alert),
    **dict.fromkeys(CATALOGUE_EVENTS, Fold._catalogue),
    **dict.fromkeys(
        (DepartmentOpened, DepartmentRenamed, DepartmentClosed, DutySet, CompetenceSet),
        Fold._department,
    ),
    **dict.fromkeys((WorkerAppointed, WorkerPosted, WorkerDismissed), Fold._worker),
}
