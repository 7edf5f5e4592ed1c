"""What an administrator may want of policy. `owner` is the code of the owning area."""

from domain.event import Command


class DefineCategory(Command, frozen=True, kw_only=True):
    """设定事件类别, for the first time or anew."""

    NAME = "catalogue.define_category"
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


class RetireCategory(Command, frozen=True, kw_only=True):
    """停用事件类别; its code is never used again."""

    NAME = "catalogue.retire_category"
    owner: str
    code: str


class SetRoutingRule(Command, frozen=True, kw_only=True):
    """设定派遣规则. A rule must be able to say why, in zh and en."""

    NAME = "catalogue.set_routing_rule"
    owner: str
    rule: str
    priority: int
    category: str
    scope: str
    department: str
    reason: str
    reason_en: str


class RemoveRoutingRule(Command, frozen=True, kw_only=True):
    """删除派遣规则."""

    NAME = "catalogue.remove_routing_rule"
    owner: str
    rule: str


class SetStageLimit(Command, frozen=True, kw_only=True):
    """设定时限 of one stage clock; a township's may be tighter, never looser."""

    NAME = "catalogue.set_stage_limit"
    owner: str
    clock: str
    limit: str
    category: str = ""


class SetFilingStandard(Command, frozen=True, kw_only=True):
    """设定立案标准."""

    NAME = "catalogue.set_filing_standard"
    owner: str
    standard: str
    category: str
    text: str
    text_en: str
    automatic: bool = False


COMMANDS: tuple[type[Command], ...] = (
    DefineCategory, RetireCategory, SetRoutingRule, RemoveRoutingRule,
    SetStageLimit, SetFilingStandard,
)  # fmt: skip
