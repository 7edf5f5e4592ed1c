"""What one area's own policy says now: the fold of its catalogue stream."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Category:
    """One category of case. A retired one keeps its code and its name."""

    owner: str
    code: str
    name: str
    name_en: str
    lead: str
    limit: str
    tier: str
    publicity: str
    severity: str
    confidence: str
    aliases: tuple[str, ...]
    live: bool = True

    @property
    def sensitive(self) -> bool:
        """Whether the exact place is sealed and nothing of it is public."""
        return self.publicity == "sensitive"


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """Who gets what: the first match by priority, then by rule name, wins."""

    owner: str
    rule: str
    priority: int
    category: str
    scope: str
    department: str
    reason: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class FilingStandard:
    """When a case of a category is filed; `automatic` ones need no person."""

    owner: str
    standard: str
    category: str
    text: str
    text_en: str
    automatic: bool


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """One owner's categories, rules, limits by (clock, category) and filing standards."""

    owner: str = ""
    categories: Mapping[str, Category] = field(default_factory=dict)
    rules: Mapping[str, RoutingRule] = field(default_factory=dict)
    limits: Mapping[tuple[str, str], str] = field(default_factory=dict)
    standards: Mapping[str, FilingStandard] = field(default_factory=dict)


def initial() -> CatalogueState:
    """Return the state before the first event."""
    return CatalogueState()
