"""The demo district's policy: categories, routing with reasons, limits, standards.

Categories and departments lie in CSV files beside this one, each line with the mark
of its source (docs/sources.md); what they imply is worked out here.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from domain.catalogue.commands import (
    DefineCategory,
    SetFilingStandard,
    SetRoutingRule,
    SetStageLimit,
)
from domain.event import Command

_HERE: Final = Path(__file__).parent
DISTRICT: Final = "371602"
PENGLI: Final = "371602005"
RURAL: Final = ("009", "011", "012", "013", "105", "106", "203")
"""Units without a town in them."""
LEAD_PRIORITY: Final = 100
LOCAL_PRIORITY: Final = 50

STAGE_LIMITS: Final = {
    "accept": "4U", "file": "1W", "dispatch": "4H", "acknowledge": "4H", "check": "2W",
}  # fmt: skip
"""District-wide limits of the other stages; ours (P)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the category list. `weight`: how often it comes up, relative."""

    code: str
    name: str
    name_en: str
    lead: str
    limit: str
    tier: str
    publicity: str
    severity: str
    confidence: str
    alias: str
    weight: int

    @property
    def automatic(self) -> bool:
        """Whether it is filed on acceptance: plain matters of public space are."""
        return self.tier == "V" or (self.publicity == "open" and self.limit[-1] in "UH")


@dataclass(frozen=True, slots=True)
class Office:
    """One line of the department list."""

    id: str
    name: str
    name_en: str
    kind: str


@dataclass(frozen=True, slots=True)
class LocalRule:
    """A routing rule for some units only, before the lead of the category."""

    category: str
    units: tuple[str, ...]
    department: str
    reason: str
    reason_en: str


LOCAL_RULES: Final = (
    LocalRule("06020", RURAL, "agriculture", "乡村秸秆焚烧由农业农村局处置",
              "straw burning in villages belongs to agriculture"),
    LocalRule("06013", RURAL, "transport", "农村公路由交通运输局管护",
              "country roads are kept by transport"),
    LocalRule("08004", ("010", "011", "012"), "ecology", "开发区片区扬尘由生态环境分局牵头",
              "in the development zone ecology leads on dust"),
    LocalRule("92005", ("001", "002", "003"), "heat", "集中供热片区由热力公司牵头核查",
              "in the district-heating area the heating company looks first"),
    LocalRule("92005", ("007", "013"), "water-supply", "黄河以南片区由供水公司牵头核查",
              "south of the river the water company looks first"),
    LocalRule("93005", ("105", "203"), "emergency", "河滩险情由应急管理局牵头",
              "on the flood plain emergency management leads"),
    LocalRule("95002", ("008",), "veterans", "滨北街道由退役军人事务局试点探访",
              "a pilot in Binbei: veterans affairs makes the visits"),
    LocalRule("96001", ("005",), "youth", "彭李街道由团区委试点宣讲",
              "a pilot in Pengli: the youth league holds the sessions"),
    LocalRule("96002", ("003",), "education", "校园集中片区由教育和体育局组织",
              "around the schools education organises the talks"),
)  # fmt: skip


@cache
def kinds() -> tuple[Kind, ...]:
    """Return the 81 categories."""
    return tuple(_kind(row) for row in _rows("categories.csv"))


@cache
def offices() -> tuple[Office, ...]:
    """Return the 35 departments."""
    return tuple(Office(**row) for row in _rows("departments.csv"))


def competences() -> dict[str, tuple[str, ...]]:
    """Return what each department may be given: what it leads, here or there."""
    found: dict[str, set[str]] = {office.id: set() for office in offices()}
    for kind in kinds():
        found[kind.lead].add(kind.code)
    for rule in LOCAL_RULES:
        found[rule.department].add(rule.category)
    return {department: tuple(sorted(codes)) for department, codes in found.items()}


def district_policy() -> list[Command]:
    """Return the commands that make up the district's catalogue, in an order that works."""
    return [
        *(_category(kind) for kind in kinds()),
        *(SetStageLimit(owner=DISTRICT, clock=c, limit=n) for c, n in STAGE_LIMITS.items()),
        *(
            SetStageLimit(owner=DISTRICT, clock="total", limit=_total(kind), category=kind.code)
            for kind in kinds()
        ),
        *(_standard(kind) for kind in kinds()),
        *(_lead_rule(kind) for kind in kinds()),
        *_local_rules(),
    ]


def township_policy() -> list[Command]:
    """Return what one township adds: Pengli is stricter on rubbish and has its own team."""
    return [
        SetStageLimit(owner=PENGLI, clock="handle", limit="3H", category="06010"),
        SetStageLimit(owner=PENGLI, clock="accept", limit="2U"),
        SetRoutingRule(
            owner=PENGLI, rule="pengli-red-shield", priority=LOCAL_PRIORITY, category="93006",
            scope="371602.005.", department="market-regulation",
            reason="彭李街道红盾小队随网格检查",
            reason_en="Pengli's Red Shield team walks the grids",
        ),
    ]  # fmt: skip


def _rows(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _kind(row: dict[str, str]) -> Kind:
    return Kind(
        code=row["code"], name=row["name"], name_en=row["name_en"], lead=row["lead"],
        limit=row["limit"], tier=row["tier"], publicity=row["publicity"],
        severity=row["severity"], confidence=row["confidence"], alias=row["alias"],
        weight=int(row["weight"]),
    )  # fmt: skip


def _category(kind: Kind) -> DefineCategory:
    return DefineCategory(
        owner=DISTRICT, code=kind.code, name=kind.name, name_en=kind.name_en, lead=kind.lead,
        limit=kind.limit, tier=kind.tier, publicity=kind.publicity, severity=kind.severity,
        confidence=kind.confidence, aliases=(kind.alias,) if kind.alias else (),
    )  # fmt: skip


def _total(kind: Kind) -> str:
    """The whole loop may take the handling's limit and a working week beside it."""
    number, unit = int(kind.limit[:-1]), kind.limit[-1]
    return {"W": f"{number + 5}W", "C": f"{number + 7}C"}.get(unit, "5W")


def _standard(kind: Kind) -> SetFilingStandard:
    return SetFilingStandard(
        owner=DISTRICT, standard=f"fs-{kind.code}", category=kind.code,
        text=f"（模拟）{kind.name}：位置与现场情况清楚即予立案",
        text_en=f"(synthetic) {kind.name_en}: filed when the place and the matter are clear",
        automatic=kind.automatic,
    )  # fmt: skip


def _lead_rule(kind: Kind) -> SetRoutingRule:
    office = next(one for one in offices() if one.id == kind.lead)
    return SetRoutingRule(
        owner=DISTRICT, rule=f"lead-{kind.code}", priority=LEAD_PRIORITY, category=kind.code,
        scope=f"{DISTRICT}.", department=kind.lead,
        reason=f"“{kind.name}”由{office.name}主责",
        reason_en=f"{office.name_en} leads on {kind.name_en[0].lower()}{kind.name_en[1:]}",
    )  # fmt: skip


def _local_rules() -> Iterator[SetRoutingRule]:
    for rule in LOCAL_RULES:
        for unit in rule.units:
            yield SetRoutingRule(
                owner=DISTRICT, rule=f"local-{rule.category}-{unit}", priority=LOCAL_PRIORITY,
                category=rule.category, scope=f"{DISTRICT}.{unit}.", department=rule.department,
                reason=rule.reason, reason_en=rule.reason_en,
            )  # fmt: skip
