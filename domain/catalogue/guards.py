"""The rules about policy, one function each."""

from typing import Final

from domain.actor import Role, within
from domain.catalogue.facts import CatalogueFacts
from domain.catalogue.state import CatalogueState, Category
from domain.codes import LIMIT, SLUG, nominal_hours
from domain.errors import Rejected

MAY_RULE: Final = frozenset({Role.ADMINISTRATOR, Role.IMPORT})
CLOCKS: Final = frozenset({"accept", "file", "dispatch", "acknowledge", "handle", "check", "total"})
TIERS: Final = ("V", "T", "D")
PUBLICITY: Final = ("open", "internal", "sensitive")
"""From the most public to the least: a township may only go right."""
SEVERITIES: Final = ("normal", "urgent", "life_safety")
CONFIDENCES: Final = frozenset({"R", "J", "B", "S", "P", "source"})


def allowed(facts: CatalogueFacts, owner: str) -> str:
    """Only administrators and importers change policy, inside their own scope."""
    by, scope = facts.by, facts.owner_scope
    if by.role not in MAY_RULE:
        raise Rejected("ROLE_NOT_ALLOWED", role=by.role)
    if scope is None:
        raise Rejected("AREA_UNKNOWN", area=owner)
    if not within(scope, by.scope):
        raise Rejected("OUT_OF_SCOPE", scope=scope, own=by.scope)
    return scope


def slug(code: str) -> None:
    """A code is letters, digits, `-` and `_`."""
    if SLUG.fullmatch(code) is None:
        raise Rejected("CODE_MALFORMED", which=code)


def pattern(code: str) -> None:
    """A code, a prefix that ends in `*`, or `*` for all."""
    if code != "*":
        slug(code.removesuffix("*"))


def one_of(code: str, allowed_values: tuple[str, ...] | frozenset[str], name: str) -> None:
    """A value of a closed list."""
    if code not in allowed_values:
        raise Rejected("VALUE_UNKNOWN", field=name, value=code)


def limit(text: str) -> None:
    """A limit is a number and a kind of clock, such as 4H; empty where none is set."""
    if text and LIMIT.fullmatch(text) is None:
        raise Rejected("LIMIT_MALFORMED", limit=text)


def explained(reason: str, reason_en: str) -> None:
    """A rule that can't say why is no rule."""
    if not reason or not reason_en:
        raise Rejected("REASON_MISSING")


def not_retired(state: CatalogueState, code: str) -> None:
    """A retired category's code is never used again."""
    known = state.categories.get(code)
    if known is not None and not known.live:
        raise Rejected("CATEGORY_CODE_USED", category=code)


def not_looser_category(above: Category | None, publicity: str, text: str) -> None:
    """A township may add and tighten; what the district closed, it may not open."""
    if above is None:
        return
    if not above.live:
        raise Rejected("CATEGORY_CODE_USED", category=above.code)
    if PUBLICITY.index(publicity) < PUBLICITY.index(above.publicity):
        raise Rejected("LOOSER_THAN_PARENT", field="publicity", parent=above.publicity)
    not_looser_limit(above.limit, text)


def not_looser_limit(above: str, text: str) -> None:
    """A township's limit may be tighter than the district's, never looser."""
    if above and (not text or nominal_hours(text) > nominal_hours(above)):
        raise Rejected("LOOSER_THAN_PARENT", field="limit", parent=above, limit=text)


def known_pattern(state: CatalogueState, facts: CatalogueFacts, code: str) -> None:
    """An exact category must exist here or above; prefixes may run ahead of the list."""
    if not code or code.endswith("*"):
        return
    known = state.categories.get(code) or facts.inherited.get(code)
    if known is None or not known.live:
        raise Rejected("CATEGORY_UNKNOWN", category=code)
