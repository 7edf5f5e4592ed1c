"""From a reference command to its stream, its rules and the facts they need.

Dispatch asks here for everything about commands on areas, grids, departments,
workers, catalogues and calendars; the facts come from the fold, not from other streams.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from api.reference.reference import Reference
from domain.account.commands import COMMANDS as ACCOUNT_COMMANDS
from domain.account.decide import ACCOUNT
from domain.account.facts import AccountFacts
from domain.alert.commands import COMMANDS as ALERT_COMMANDS
from domain.alert.commands import RaiseAlert
from domain.alert.decide import ALERT
from domain.alert.facts import AlertFacts
from domain.calendar.commands import COMMANDS as CALENDAR_COMMANDS
from domain.calendar.decide import CALENDAR
from domain.calendar.facts import CalendarFacts
from domain.catalogue.commands import COMMANDS as CATALOGUE_COMMANDS
from domain.catalogue.commands import SetRoutingRule
from domain.catalogue.decide import CATALOGUE
from domain.catalogue.facts import CatalogueFacts
from domain.codes import parent_scope
from domain.decider import Decider
from domain.directory.commands import AREA_COMMANDS, DEPARTMENT_COMMANDS, WORKER_COMMANDS
from domain.directory.decide import AREA, DEPARTMENT, WORKER
from domain.directory.facts import AreaFacts, DepartmentFacts, WorkerFacts
from domain.event import By, Command
from domain.grid.commands import COMMANDS as GRID_COMMANDS
from domain.grid.commands import MergeGrid, SplitGrid
from domain.grid.decide import GRID
from domain.grid.facts import GridFacts
from domain.streams import (
    account_stream,
    alert_stream,
    area_stream,
    calendar_stream,
    catalogue_stream,
    department_stream,
    grid_stream,
    webhook_stream,
    worker_stream,
)
from domain.webhook.commands import COMMANDS as WEBHOOK_COMMANDS
from domain.webhook.decide import WEBHOOK
from domain.webhook.facts import WebhookFacts

DECIDERS: Final[dict[type[Command], Decider[Any, Any]]] = {
    command: decider
    for decider in (GRID, AREA, DEPARTMENT, WORKER, CATALOGUE, CALENDAR, ACCOUNT, WEBHOOK, ALERT)
    for command in decider.commands
}
"""The rules of every reference command."""


def stream_of(command: Command) -> UUID:
    """Return the stream a reference command is about."""
    return _STREAM[type(command)](command)


def facts_of(reference: Reference, command: Command, by: By) -> Any:
    """Return the facts that the rules of a reference command need."""
    return _FACTS[type(command)](reference, command, by)


def _parent_level(reference: Reference, scope: str) -> str | None:
    area = reference.area(parent_scope(scope))
    return area.level if area is not None and area.live else None


def _area_known(reference: Reference, scope: str) -> bool:
    area = reference.area(scope)
    return area is not None and area.live


def _area(reference: Reference, command: Any, by: By) -> AreaFacts:
    own = reference.areas.get(command.code)
    scope = getattr(command, "scope", own.scope if own else "")
    other = reference.area(scope)
    return AreaFacts(
        by=by,
        parent_level=_parent_level(reference, scope),
        scope_taken=(other is not None and other.code != command.code)
        or reference.grid_by_scope(scope) is not None,
        holds=len(reference.children(scope)) + len(reference.grids_in(scope)) if scope else 0,
    )


def _grid(reference: Reference, command: Any, by: By) -> GridFacts:
    own = reference.grid(command.code)
    scope = getattr(command, "scope", own.scope if own else "")
    other = reference.grid_by_scope(scope)
    return GridFacts(
        by=by,
        parent_level=_parent_level(reference, scope),
        scope_taken=(other is not None and other.code != command.code)
        or reference.area(scope) is not None,
        others={code: _live_scope(reference, code) for code in _named(command)},
    )


def _named(command: Command) -> tuple[str, ...]:
    match command:
        case SplitGrid():
            return command.successors
        case MergeGrid():
            return (command.into,)
        case _:
            return ()


def _live_scope(reference: Reference, code: str) -> str | None:
    grid = reference.grid(code)
    return grid.scope if grid is not None and grid.live else None


def _department(reference: Reference, command: Any, by: By) -> DepartmentFacts:
    rules = (
        rule for catalogue in reference.catalogues.values() for rule in catalogue.rules.values()
    )
    return DepartmentFacts(
        by=by,
        area_known=_area_known(reference, getattr(command, "scope", "")),
        ruled_by=sum(rule.department == command.department for rule in rules),
    )


def _worker(reference: Reference, command: Any, by: By) -> WorkerFacts:
    scope = getattr(command, "scope", "")
    return WorkerFacts(
        by=by,
        area_known=_area_known(reference, scope) or reference.grid_by_scope(scope) is not None,
        grid_scope=_live_scope(reference, getattr(command, "grid", "")),
    )


def _catalogue(reference: Reference, command: Any, by: By) -> CatalogueFacts:
    owner = reference.areas.get(command.owner)
    live = owner is not None and owner.live
    above = reference.policies(parent_scope(owner.scope)) if owner is not None else []
    named = None
    if isinstance(command, SetRoutingRule):
        named = reference.department(command.department)
    return CatalogueFacts(
        by=by,
        owner_scope=owner.scope if owner is not None and live else None,
        inherited={code: one for policy in above for code, one in policy.categories.items()},
        inherited_limits={key: limit for policy in above for key, limit in policy.limits.items()},
        department_live=named is not None and named.live,
        competent=named is None or named.competent(getattr(command, "category", "")),
    )


def _calendar(_reference: Reference, _command: Any, by: By) -> CalendarFacts:
    return CalendarFacts(by=by)


def _account(reference: Reference, command: Any, by: By) -> AccountFacts:
    unit = getattr(command, "unit", None)
    department = None if unit is None else reference.department(unit)
    return AccountFacts(
        by=by,
        unit_known=unit is None or (department is not None and department.live),
        linked_to=reference.identities.get(getattr(command, "identity", "")),
        key_taken=reference.key_owner(getattr(command, "key", "")) not in (None, command.account),
    )


def _webhook(reference: Reference, _command: Any, by: By) -> WebhookFacts:
    return WebhookFacts(by=by, live=sum(one.live for one in reference.webhooks.values()))


def _alert(reference: Reference, command: Any, by: By) -> AlertFacts:
    scope = _live_scope(reference, command.grid) if isinstance(command, RaiseAlert) else None
    named = getattr(command, "category", None)
    known = None if named is None else reference.category(named, scope or "")
    return AlertFacts(
        by=by,
        grid_scope=scope,
        category_known=named is None or (known is not None and known.live),
        open=sum(one.device == command.device for one in reference.alerts.values()),
    )


_FACTS: Final[dict[type[Command], Callable[[Reference, Any, By], Any]]] = {
    **dict.fromkeys(GRID_COMMANDS, _grid),
    **dict.fromkeys(AREA_COMMANDS, _area),
    **dict.fromkeys(DEPARTMENT_COMMANDS, _department),
    **dict.fromkeys(WORKER_COMMANDS, _worker),
    **dict.fromkeys(CATALOGUE_COMMANDS, _catalogue),
    **dict.fromkeys(CALENDAR_COMMANDS, _calendar),
    **dict.fromkeys(ACCOUNT_COMMANDS, _account),
    **dict.fromkeys(WEBHOOK_COMMANDS, _webhook),
    **dict.fromkeys(ALERT_COMMANDS, _alert),
}
_STREAM: Final[dict[type[Command], Callable[[Any], UUID]]] = {
    **dict.fromkeys(GRID_COMMANDS, lambda command: grid_stream(command.code)),
    **dict.fromkeys(AREA_COMMANDS, lambda command: area_stream(command.code)),
    **dict.fromkeys(DEPARTMENT_COMMANDS, lambda command: department_stream(command.department)),
    **dict.fromkeys(WORKER_COMMANDS, lambda command: worker_stream(command.worker)),
    **dict.fromkeys(CATALOGUE_COMMANDS, lambda command: catalogue_stream(command.owner)),
    **dict.fromkeys(CALENDAR_COMMANDS, lambda command: calendar_stream(command.calendar)),
    **dict.fromkeys(ACCOUNT_COMMANDS, lambda command: account_stream(command.account)),
    **dict.fromkeys(WEBHOOK_COMMANDS, lambda command: webhook_stream(command.webhook)),
    **dict.fromkeys(ALERT_COMMANDS, lambda command: alert_stream(command.device, command.alert)),
}
