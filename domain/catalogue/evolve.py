"""Fold the events of a catalogue; never refuses."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from domain.catalogue.events import (
    CategoryDefined,
    CategoryRetired,
    FilingStandardSet,
    RoutingRuleRemoved,
    RoutingRuleSet,
    StageLimitSet,
)
from domain.catalogue.state import CatalogueState, Category, FilingStandard, RoutingRule
from domain.event import By, DomainEvent


def evolve(state: CatalogueState, event: DomainEvent, _by: By) -> CatalogueState:
    """Return the catalogue after one event."""
    step = _STEPS.get(type(event))
    return step(state, event) if step else state


def _defined(state: CatalogueState, event: CategoryDefined) -> CatalogueState:
    category = Category(
        owner=event.owner, code=event.code, name=event.name, name_en=event.name_en,
        lead=event.lead, limit=event.limit, tier=event.tier, publicity=event.publicity,
        severity=event.severity, confidence=event.confidence, aliases=event.aliases,
    )  # fmt: skip
    return replace(state, owner=event.owner, categories={**state.categories, event.code: category})


def _retired(state: CatalogueState, event: CategoryRetired) -> CatalogueState:
    known = state.categories.get(event.code)
    if known is None:
        return state
    return replace(state, categories={**state.categories, event.code: replace(known, live=False)})


def _rule_set(state: CatalogueState, event: RoutingRuleSet) -> CatalogueState:
    rule = RoutingRule(
        owner=event.owner, rule=event.rule, priority=event.priority, category=event.category,
        scope=event.scope, department=event.department, reason=event.reason,
        reason_en=event.reason_en,
    )  # fmt: skip
    return replace(state, owner=event.owner, rules={**state.rules, event.rule: rule})


def _rule_removed(state: CatalogueState, event: RoutingRuleRemoved) -> CatalogueState:
    rules = {name: rule for name, rule in state.rules.items() if name != event.rule}
    return replace(state, rules=rules)


def _limit_set(state: CatalogueState, event: StageLimitSet) -> CatalogueState:
    limits = {**state.limits, (event.clock, event.category): event.limit}
    return replace(state, owner=event.owner, limits=limits)


def _standard_set(state: CatalogueState, event: FilingStandardSet) -> CatalogueState:
    standard = FilingStandard(
        owner=event.owner, standard=event.standard, category=event.category,
        text=event.text, text_en=event.text_en, automatic=event.automatic,
    )  # fmt: skip
    return replace(
        state, owner=event.owner, standards={**state.standards, event.standard: standard}
    )


_STEPS: Final[dict[type[DomainEvent], Callable[[CatalogueState, Any], CatalogueState]]] = {
    CategoryDefined: _defined,
    CategoryRetired: _retired,
    RoutingRuleSet: _rule_set,
    RoutingRuleRemoved: _rule_removed,
    StageLimitSet: _limit_set,
    FilingStandardSet: _standard_set,
}
