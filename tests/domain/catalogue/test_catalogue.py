"""Policy: a township may add and tighten, never loosen; a rule must say why."""

from typing import Any

import msgspec
import pytest

from domain.actor import Role
from domain.catalogue.commands import (
    DefineCategory,
    RemoveRoutingRule,
    RetireCategory,
    SetFilingStandard,
    SetRoutingRule,
    SetStageLimit,
)
from domain.catalogue.decide import CATALOGUE
from domain.catalogue.events import (
    CategoryDefined,
    CategoryRetired,
    FilingStandardSet,
    RoutingRuleRemoved,
    RoutingRuleSet,
    StageLimitSet,
)
from domain.catalogue.facts import CatalogueFacts
from domain.event import By
from tests.domain.telling import ADMIN, given

FIELDS: dict[str, Any] = {
    "owner": "371602", "code": "06010", "name": "暴露垃圾", "name_en": "Exposed rubbish",
    "lead": "sanitation", "limit": "4H", "tier": "V", "confidence": "R", "aliases": ("01-10",),
}  # fmt: skip
DEFINED = CategoryDefined(**FIELDS)
DISTRICT = CatalogueFacts(by=ADMIN, owner_scope="371602.", department_live=True)
ABOVE = given(CATALOGUE, DISTRICT, DEFINED).state.categories
TOWNSHIP = CatalogueFacts(
    by=ADMIN, owner_scope="371602.005.", inherited=ABOVE, department_live=True,
    inherited_limits={("accept", ""): "4U", ("handle", "06010"): "4H"},
)  # fmt: skip
RULE: dict[str, Any] = {
    "owner": "371602", "rule": "lead-06010", "priority": 100, "category": "06010",
    "scope": "371602.", "department": "sanitation", "reason": "主责", "reason_en": "leads",
}  # fmt: skip


def defining(**changes: Any) -> DefineCategory:
    return DefineCategory(**{**FIELDS, **changes})


def ruling(**changes: Any) -> SetRoutingRule:
    return SetRoutingRule(**{**RULE, **changes})


def test_defines_a_category_once_and_again_when_it_changes() -> None:
    given(CATALOGUE, DISTRICT).when(defining()).then(DEFINED)
    story = given(CATALOGUE, DISTRICT, DEFINED)
    story.when(defining()).then()
    story.when(defining(limit="2H")).then(msgspec.structs.replace(DEFINED, limit="2H"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "06.010"}, "CODE_MALFORMED"),
        ({"name": ""}, "NAME_MISSING"),
        ({"tier": "X"}, "VALUE_UNKNOWN"),
        ({"publicity": "secret"}, "VALUE_UNKNOWN"),
        ({"severity": "awful"}, "VALUE_UNKNOWN"),
        ({"confidence": "Z"}, "VALUE_UNKNOWN"),
        ({"limit": "as agreed"}, "LIMIT_MALFORMED"),
        ({"limit": "0H"}, "LIMIT_MALFORMED"),
        ({"limit": "4X"}, "LIMIT_MALFORMED"),
    ],
)
def test_refuses_a_category_that_can_not_be(changes: dict[str, Any], code: str) -> None:
    given(CATALOGUE, DISTRICT).when(defining(**changes)).refused(code)


def test_an_imported_category_may_be_without_a_limit() -> None:
    given(CATALOGUE, DISTRICT).when(defining(limit="")).then(
        msgspec.structs.replace(DEFINED, limit="")
    )


def test_a_retired_code_is_never_used_again_not_even_below() -> None:
    retired = CategoryRetired(owner="371602", code="06010")
    story = given(CATALOGUE, DISTRICT, DEFINED)
    story.when(RetireCategory(owner="371602", code="06010")).then(retired)
    gone = given(CATALOGUE, DISTRICT, DEFINED, retired)
    gone.when(defining()).refused("CATEGORY_CODE_USED", category="06010")
    gone.when(RetireCategory(owner="371602", code="06010")).refused("RETIRED")
    gone.when(RetireCategory(owner="371602", code="99")).refused("CATEGORY_UNKNOWN")
    below = CatalogueFacts(by=ADMIN, owner_scope="371602.005.", inherited=gone.state.categories)
    given(CATALOGUE, below).when(defining(owner="371602005")).refused("CATEGORY_CODE_USED")


def test_a_township_may_add_and_tighten_but_never_loosen() -> None:
    story = given(CATALOGUE, TOWNSHIP)
    own = defining(owner="371602005", code="99901")
    story.when(own).then(msgspec.structs.replace(DEFINED, owner="371602005", code="99901"))
    tighter = defining(owner="371602005", limit="2H", publicity="internal")
    story.when(tighter).then(
        msgspec.structs.replace(DEFINED, owner="371602005", limit="2H", publicity="internal")
    )
    for looser in ({"limit": "2W"}, {"limit": ""}):
        story.when(defining(owner="371602005", **looser)).refused(
            "LOOSER_THAN_PARENT", field="limit", parent="4H"
        )
    closed = {"06010": msgspec.structs.replace(DEFINED, publicity="sensitive")}
    above = given(CATALOGUE, DISTRICT, closed["06010"]).state.categories
    facts = CatalogueFacts(by=ADMIN, owner_scope="371602.005.", inherited=above)
    given(CATALOGUE, facts).when(defining(owner="371602005")).refused(
        "LOOSER_THAN_PARENT", field="publicity", parent="sensitive"
    )


def test_a_townships_stage_limit_is_no_looser_than_its_districts() -> None:
    story = given(CATALOGUE, TOWNSHIP)
    limit = SetStageLimit(owner="371602005", clock="accept", limit="2U")
    story.when(limit).then(StageLimitSet(owner="371602005", clock="accept", limit="2U"))
    for clock, text, category in (("accept", "1C", ""), ("handle", "1W", "06010")):
        looser = SetStageLimit(owner="371602005", clock=clock, limit=text, category=category)
        story.when(looser).refused("LOOSER_THAN_PARENT", field="limit", limit=text)
    story.when(SetStageLimit(owner="371602005", clock="lunch", limit="2U")).refused(
        "VALUE_UNKNOWN", field="clock"
    )
    story.when(SetStageLimit(owner="371602005", clock="file", limit="")).refused("LIMIT_MALFORMED")


def test_a_rule_names_a_known_category_a_live_competent_department_and_says_why() -> None:
    story = given(CATALOGUE, DISTRICT, DEFINED)
    story.when(ruling()).then(RoutingRuleSet(**RULE))
    story.when(ruling(category="06*")).then(RoutingRuleSet(**{**RULE, "category": "06*"}))
    story.when(ruling(category="99999")).refused("CATEGORY_UNKNOWN", category="99999")
    story.when(ruling(reason_en="")).refused("REASON_MISSING")
    story.when(ruling(scope="boston.")).refused("OUT_OF_SCOPE")
    no_one = CatalogueFacts(by=ADMIN, owner_scope="371602.")
    given(CATALOGUE, no_one, DEFINED).when(ruling()).refused("DEPARTMENT_UNKNOWN")
    unfit = CatalogueFacts(by=ADMIN, owner_scope="371602.", department_live=True, competent=False)
    given(CATALOGUE, unfit, DEFINED).when(ruling()).refused("DEPARTMENT_NOT_COMPETENT")


def test_a_rule_is_removed_by_its_name() -> None:
    story = given(CATALOGUE, DISTRICT, DEFINED, RoutingRuleSet(**RULE))
    story.when(RemoveRoutingRule(owner="371602", rule="lead-06010")).then(
        RoutingRuleRemoved(owner="371602", rule="lead-06010")
    )
    story.when(RemoveRoutingRule(owner="371602", rule="other")).refused("RULE_UNKNOWN")


def test_a_filing_standard_has_words_in_both_languages() -> None:
    story = given(CATALOGUE, DISTRICT, DEFINED)
    words: dict[str, Any] = {
        "owner": "371602", "standard": "fs-06010", "category": "06010", "text": "即立案",
        "text_en": "at once", "automatic": True,
    }  # fmt: skip
    story.when(SetFilingStandard(**words)).then(FilingStandardSet(**words))
    story.when(SetFilingStandard(**{**words, "text": ""})).refused("REASON_MISSING")


def test_only_administrators_of_the_owner() -> None:
    worker = CatalogueFacts(by=By(actor="w", role=Role.GRID_WORKER), owner_scope="371602.")
    given(CATALOGUE, worker).when(defining()).refused("ROLE_NOT_ALLOWED")
    nobody = CatalogueFacts(by=ADMIN)
    given(CATALOGUE, nobody).when(defining()).refused("AREA_UNKNOWN", area="371602")
    below = By(actor="a", role=Role.ADMINISTRATOR, scope="371602.005.")
    facts = CatalogueFacts(by=below, owner_scope="371602.")
    given(CATALOGUE, facts).when(defining()).refused("OUT_OF_SCOPE", own="371602.005.")
