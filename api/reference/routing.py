"""Which department gets a case, and why: first match by priority, with its reason."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from domain.case.values import Explanation
from domain.catalogue.state import CatalogueState, Category, RoutingRule
from domain.codes import covers
from domain.directory.state import DepartmentState


class Route(NamedTuple):
    """A department and the reason it was chosen."""

    department: str
    explanation: Explanation


def choose(
    rules: Iterable[RoutingRule],
    departments: Mapping[str, DepartmentState],
    category: Category,
    scope: str,
) -> Route | None:
    """Return the department for a category in a scope, or None when nobody may take it.

    `rules` are those that cover the category, in order (`in_order`): by priority, at the
    same priority the one of the smaller area first. Departments that are closed, off
    duty or not competent are passed over. Without a rule the category's lead takes it.
    """
    for rule in rules:
        fits = scope.startswith(rule.scope)
        if fits and _may_take(departments.get(rule.department), category.code):
            return Route(rule.department, _by_rule(rule))
    if _may_take(departments.get(category.lead), category.code):
        return Route(category.lead, _by_lead(departments[category.lead]))
    return None


def in_order(catalogues: Iterable[CatalogueState], category: str) -> list[RoutingRule]:
    """Return the rules of several catalogues that cover a category, first to be tried first."""
    matching = [
        (rule.priority, -len(rule.scope), rule.rule, rule)
        for catalogue in catalogues
        for rule in catalogue.rules.values()
        if covers(rule.category, category)
    ]
    return [entry[-1] for entry in sorted(matching, key=lambda entry: entry[:3])]


def _may_take(department: DepartmentState | None, category: str) -> bool:
    if department is None or not department.live or not department.on_duty:
        return False
    return department.competent(category)


def _by_rule(rule: RoutingRule) -> Explanation:
    return Explanation(rule=rule.rule, reason=rule.reason, reason_en=rule.reason_en)


def _by_lead(department: DepartmentState) -> Explanation:
    return Explanation(
        reason=f"该类别的主责部门是{department.name}",
        reason_en=f"{department.name_en or department.name} leads this category",
    )
