"""What happens to policy: categories, routing, limits, filing standards.

One stream per owning area (district, and each township that adds its own). A
township inherits the district's catalogue and may add to it, never loosen it.
"""

from domain.event import DomainEvent


class CategoryDefined(DomainEvent, frozen=True, kw_only=True):
    """事件类别设定. `publicity` is open, internal or sensitive; `limit` such as 4H.

    `confidence` is R, J, B, S or P as in docs/sources.md.
    """

    TOPIC = "catalogue.category_defined"
    owner: str
    code: str
    name: str
    name_en: str
    lead: str
    limit: str
    tier: str
    publicity: str = "open"
    severity: str = "normal"
    confidence: str = "P"
    aliases: tuple[str, ...] = ()


class CategoryRetired(DomainEvent, frozen=True, kw_only=True):
    """事件类别停用."""

    TOPIC = "catalogue.category_retired"
    owner: str
    code: str


class RoutingRuleSet(DomainEvent, frozen=True, kw_only=True):
    """派遣规则设定: first match by priority wins; `category` may end in `*`."""

    TOPIC = "catalogue.routing_rule_set"
    owner: str
    rule: str
    priority: int
    category: str
    scope: str
    department: str
    reason: str
    reason_en: str


class RoutingRuleRemoved(DomainEvent, frozen=True, kw_only=True):
    """派遣规则删除."""

    TOPIC = "catalogue.routing_rule_removed"
    owner: str
    rule: str


class StageLimitSet(DomainEvent, frozen=True, kw_only=True):
    """时限设定 for a stage clock; `category` empty means every category."""

    TOPIC = "catalogue.stage_limit_set"
    owner: str
    clock: str
    limit: str
    category: str = ""


class FilingStandardSet(DomainEvent, frozen=True, kw_only=True):
    """立案标准设定."""

    TOPIC = "catalogue.filing_standard_set"
    owner: str
    standard: str
    category: str
    text: str
    text_en: str
    automatic: bool = False


EVENTS: tuple[type[DomainEvent], ...] = (
    CategoryDefined, CategoryRetired, RoutingRuleSet, RoutingRuleRemoved,
    StageLimitSet, FilingStandardSet,
)  # fmt: skip
