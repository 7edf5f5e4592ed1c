"""Answer a command about policy with events, or refuse it."""

from collections.abc import Callable
from typing import Any, Final

from domain.actor import within
from domain.catalogue import guards
from domain.catalogue.commands import (
    COMMANDS,
    DefineCategory,
    RemoveRoutingRule,
    RetireCategory,
    SetFilingStandard,
    SetRoutingRule,
    SetStageLimit,
)
from domain.catalogue.events import (
    EVENTS,
    CategoryDefined,
    CategoryRetired,
    FilingStandardSet,
    RoutingRuleRemoved,
    RoutingRuleSet,
    StageLimitSet,
)
from domain.catalogue.evolve import evolve
from domain.catalogue.facts import CatalogueFacts
from domain.catalogue.state import CatalogueState, initial
from domain.decider import Decider
from domain.errors import Rejected
from domain.event import Command, DomainEvent


def decide(state: CatalogueState, command: Command, facts: CatalogueFacts) -> list[DomainEvent]:
    """Return the events of a command; none when it would change nothing. Raises Rejected."""
    events = _RULES[type(command)](state, command, facts)
    after = state
    for event in events:
        after = evolve(after, event, facts.by)
    return [] if after == state else events


def _define(
    state: CatalogueState, command: DefineCategory, facts: CatalogueFacts
) -> list[DomainEvent]:
    guards.allowed(facts, command.owner)
    guards.slug(command.code)
    if not command.name:
        raise Rejected("NAME_MISSING")
    guards.one_of(command.tier, guards.TIERS, "tier")
    guards.one_of(command.publicity, guards.PUBLICITY, "publicity")
    guards.one_of(command.severity, guards.SEVERITIES, "severity")
    guards.one_of(command.confidence, guards.CONFIDENCES, "confidence")
    guards.limit(command.limit)
    guards.not_retired(state, command.code)
    guards.not_looser_category(facts.inherited.get(command.code), command.publicity, command.limit)
    return [
        CategoryDefined(
            owner=command.owner, code=command.code, name=command.name, name_en=command.name_en,
            lead=command.lead, limit=command.limit, tier=command.tier,
            publicity=command.publicity, severity=command.severity,
            confidence=command.confidence, aliases=command.aliases,
        )
    ]  # fmt: skip


def _retire(
    state: CatalogueState, command: RetireCategory, facts: CatalogueFacts
) -> list[DomainEvent]:
    guards.allowed(facts, command.owner)
    known = state.categories.get(command.code)
    if known is None:
        raise Rejected("CATEGORY_UNKNOWN", category=command.code)
    if not known.live:
        raise Rejected("RETIRED", which=command.code)
    return [CategoryRetired(owner=command.owner, code=command.code)]


def _set_rule(
    state: CatalogueState, command: SetRoutingRule, facts: CatalogueFacts
) -> list[DomainEvent]:
    scope = guards.allowed(facts, command.owner)
    guards.slug(command.rule)
    guards.pattern(command.category)
    guards.known_pattern(state, facts, command.category)
    guards.explained(command.reason, command.reason_en)
    if not within(command.scope, scope):
        raise Rejected("OUT_OF_SCOPE", scope=command.scope, own=scope)
    if not facts.department_live:
        raise Rejected("DEPARTMENT_UNKNOWN", department=command.department)
    if not facts.competent:
        raise Rejected("DEPARTMENT_NOT_COMPETENT", department=command.department)
    return [
        RoutingRuleSet(
            owner=command.owner, rule=command.rule, priority=command.priority,
            category=command.category, scope=command.scope, department=command.department,
            reason=command.reason, reason_en=command.reason_en,
        )
    ]  # fmt: skip


def _remove_rule(
    state: CatalogueState, command: RemoveRoutingRule, facts: CatalogueFacts
) -> list[DomainEvent]:
    guards.allowed(facts, command.owner)
    if command.rule not in state.rules:
        raise Rejected("RULE_UNKNOWN", rule=command.rule)
    return [RoutingRuleRemoved(owner=command.owner, rule=command.rule)]


def _set_limit(
    state: CatalogueState, command: SetStageLimit, facts: CatalogueFacts
) -> list[DomainEvent]:
    guards.allowed(facts, command.owner)
    guards.one_of(command.clock, guards.CLOCKS, "clock")
    if not command.limit:
        raise Rejected("LIMIT_MALFORMED", limit=command.limit)
    guards.limit(command.limit)
    guards.known_pattern(state, facts, command.category)
    above = facts.inherited_limits
    general = above.get((command.clock, ""), "")
    guards.not_looser_limit(above.get((command.clock, command.category), general), command.limit)
    return [
        StageLimitSet(
            owner=command.owner, clock=command.clock, limit=command.limit,
            category=command.category,
        )
    ]  # fmt: skip


def _set_standard(
    state: CatalogueState, command: SetFilingStandard, facts: CatalogueFacts
) -> list[DomainEvent]:
    guards.allowed(facts, command.owner)
    guards.slug(command.standard)
    guards.pattern(command.category)
    guards.known_pattern(state, facts, command.category)
    guards.explained(command.text, command.text_en)
    return [
        FilingStandardSet(
            owner=command.owner, standard=command.standard, category=command.category,
            text=command.text, text_en=command.text_en, automatic=command.automatic,
        )
    ]  # fmt: skip


_RULES: Final[
    dict[type[Command], Callable[[CatalogueState, Any, CatalogueFacts], list[DomainEvent]]]
] = {
    DefineCategory: _define,
    RetireCategory: _retire,
    SetRoutingRule: _set_rule,
    RemoveRoutingRule: _remove_rule,
    SetStageLimit: _set_limit,
    SetFilingStandard: _set_standard,
}

CATALOGUE: Final = Decider("catalogue", initial, decide, evolve, COMMANDS, EVENTS)
