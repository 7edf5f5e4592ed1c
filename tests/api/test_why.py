"""`why` on a figure: definition, versions, cases page by page, events; for whom it is."""

from base64 import urlsafe_b64decode
from typing import Any

import orjson

from api.check import refold, remeasure
from api.graphql.ids import case_key
from api.graphql.paging import encode_cursor
from api.wiring import App
from domain.actor import Role
from eventlog.record import Position, Recorded
from projections.figures.definitions import ALL, VERSIONS
from tests.api.client import Client
from tests.api.ground import DISTRICT
from tests.api.steps import CASE_STEPS, acting, filled, report

WINDOW = 'since: "2020-01-01T00:00:00Z", until: "2040-01-01T00:00:00Z"'
PAGE = """totalCount hidden pageInfo { hasNextPage endCursor }
    nodes { case number inNumerator valueS events { position version topic title at sets } }"""
WHY = f"""query($codes: [String!], $level: FigureLevel! = DISTRICT, $first: Int! = 100,
    $after: String) {{ figures({WINDOW}, level: $level, codes: $codes) {{
    code definition key numerator denominator n leftOut value position since until
    why {{ definition {{ name inForce numerator numeratorEn denominatorCode measureCode }}
        versions {{ name inForce }}
        numerator(first: $first, after: $after) {{ {PAGE} }}
        denominator(first: $first, after: $after) {{ {PAGE} }}
        leftOut {{ totalCount }}
        terms {{ weight complement figure {{ code numerator denominator }} }} }} }} }}"""


async def told_cases(app: App, client: Client) -> None:
    cases: dict[str, str] = {}
    for one in [step for step in CASE_STEPS if step.case in ("b", "d", "f")]:
        payload = await acting(client, one.who).done(one.mutation, **filled(one, cases))
        if one.mutation == "reportCase":
            cases[str(one.case)] = payload["case"]["id"]
    await acting(client, "worker").done("reportCase", **report("x").given)
    assert await app.caught_up(30)


async def the_log(app: App) -> dict[str, Recorded]:
    """Return every event by its position, as the API writes positions."""
    return {str(one.position): one for one in await app.platform.log.read_all(Position(0), 1_000)}


def worked_out(log: dict[str, Recorded], node: dict[str, Any]) -> refold.Case:
    """Read the named events from the log itself and nothing else."""
    recorded = [log[event["position"]] for event in node["events"]]
    assert [one.topic for one in recorded] == [event["topic"] for event in node["events"]]
    return refold.worked_out(refold.read(one.topic, one.state, one.meta) for one in recorded)


async def test_a_district_explains_its_figures(app: App, client: Client) -> None:
    await told_cases(app, client)
    await refolds_from_what_it_names(app, acting(client, "leader"))
    await shows_two_versions_side_by_side(acting(client, "leader"))
    await hides_cases_from_others(client)
    await pages_join_up_and_stay_at_their_position(app, client)


async def refolds_from_what_it_names(app: App, leader: Client) -> None:
    log, edges, checked = await the_log(app), (0, 1 << 62), 0
    for level in ("DISTRICT", "GRID", "DEPARTMENT"):
        for figure in (await leader.ask(WHY, level=level))["figures"]:
            why = figure["why"]
            if figure["code"] == "K10":
                rates = {one["figure"]["code"]: one["figure"] for one in why["terms"]}
                told = {code: (r["numerator"], r["denominator"]) for code, r in rates.items()}
                assert remeasure.score(told) == (figure["numerator"], figure["denominator"])
                assert why["denominator"] is None
                continue
            nodes = why["denominator"]["nodes"]
            cases = [worked_out(log, node) for node in nodes]
            assert len(cases) == figure["n"] == why["denominator"]["totalCount"]
            checked += len(cases)
            if figure["code"] in remeasure.DURATIONS:
                took = remeasure.lengths(figure["code"], cases, *edges)
                shown = sorted(round(node["valueS"] * 1_000_000) for node in nodes)
                assert (took, why["numerator"]) == (shown, None)
                continue
            rate = remeasure.rate(figure["code"], cases, *edges)
            assert rate == (figure["numerator"], figure["denominator"]), figure["definition"]
            assert why["numerator"]["totalCount"] == len(why["numerator"]["nodes"]) == rate[0]
            assert all(node["inNumerator"] for node in why["numerator"]["nodes"])
    assert checked > 30


async def test_a_definition_is_told_in_words_and_as_code(client: Client) -> None:
    leader = acting(client, "leader")
    query = """{ figureDefinitions { name code version inForce title titleEn numeratorEn
        denominatorCode measureCode } }"""
    found = (await leader.ask(query))["figureDefinitions"]
    assert {one["name"] for one in found} == set(VERSIONS)
    assert {one["name"] for one in found if one["inForce"]} == {one.name for one in ALL.values()}
    by_name = {one["name"]: one for one in found}
    assert by_name["K3@1"]["denominatorCode"] == "(filed_at >= $1 and filed_at < $2)"
    assert by_name["K3@1"]["numeratorEn"] == "not cancelled since"
    assert await leader.refused('{ figureDefinitions(code: "K99") { name } }') == "BAD_INPUT"


async def shows_two_versions_side_by_side(leader: Client) -> None:
    query = f"""{{ figures({WINDOW}, codes: ["K15.accept@1", "K15.accept"]) {{ code definition n
        value clockTimes {{ kind n }}
        why {{ definition {{ name inForce }} versions {{ name }} }} }} }}"""
    old, new = sorted((await leader.ask(query))["figures"], key=lambda one: str(one["definition"]))
    assert (old["definition"], new["definition"]) == ("K15.accept@1", "K15.accept@2")
    assert (old["value"], old["n"]) == (new["value"], new["n"])
    assert (old["clockTimes"], [one["kind"] for one in new["clockTimes"]]) == (None, ["U"])
    assert old["why"]["definition"] == {"name": "K15.accept@1", "inForce": False}
    assert old["why"]["versions"] == [{"name": "K15.accept@2"}]


PAGED = f"""query($first: Int!, $after: String, $at: Position!) {{
    figures({WINDOW}, codes: ["K1"], asOf: {{position: $at}}) {{ denominator why {{
    denominator(first: $first, after: $after) {{ {PAGE} }} }} }} }}"""


async def pages_join_up_and_stay_at_their_position(app: App, client: Client) -> None:
    leader = acting(client, "leader")
    (figure,) = (await leader.ask(WHY, codes=["K1"]))["figures"]
    await acting(client, "worker").done("reportCase", **report("y").given)
    assert await app.caught_up(30)
    found: list[str] = []
    after, more = None, True
    while more:
        asked = {"first": 2, "after": after, "at": figure["position"]}
        (again,) = (await leader.ask(PAGED, **asked))["figures"]
        page = again["why"]["denominator"]
        found += [node["case"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert found == [node["case"] for node in figure["why"]["denominator"]["nodes"]]
    assert again["denominator"] == figure["denominator"] == len(found) > 2


async def hides_cases_from_others(client: Client) -> None:
    query = f"""{{ figures({WINDOW}, codes: ["K1"]) {{ n why {{ definition {{ name }}
        denominator {{ totalCount hidden nodes {{ case }} }} }} }} }}"""
    display = client.acting(Role.DISPLAY, DISTRICT)
    assert await display.refused(query) in ("FORBIDDEN", "UNREGISTERED", "REGISTERED_ONLY")
    handler = client.acting(Role.HANDLER, DISTRICT, "community")
    (figure,) = (await handler.ask(query))["figures"]
    page = figure["why"]["denominator"]
    assert (page["nodes"], page["hidden"], page["totalCount"]) == ([], figure["n"], figure["n"])
    await cursors_do_not_name_them(client, handler, figure["n"])


async def cursors_do_not_name_them(client: Client, handler: Client, count: int) -> None:
    """Who sees none of a figure's cases can walk past them and learns of no id."""
    query = f"""query($codes: [String!], $after: String) {{
        figures({WINDOW}, codes: $codes) {{ why {{ denominator(first: 1, after: $after) {{
            hidden pageInfo {{ hasNextPage endCursor }} }} }} }} }}"""
    nodes = (await acting(client, "leader").ask("{ cases(first: 100) { nodes { id } } }"))["cases"]
    keys = [case_key(one["id"]) for one in nodes["nodes"]]
    cursors: list[str] = []
    more = True
    while more:
        given = {"codes": ["K1"], "after": cursors[-1] if cursors else None}
        (figure,) = (await handler.ask(query, **given))["figures"]
        page = figure["why"]["denominator"]
        assert page["hidden"] == 1
        cursors.append(page["pageInfo"]["endCursor"])
        more = page["pageInfo"]["hasNextPage"]
    assert len(set(cursors)) == len(cursors) == count > 1
    for one in cursors:
        kind, veiled = orjson.loads(urlsafe_b64decode(one + "=" * (-len(one) % 4)))
        told = urlsafe_b64decode(veiled)
        assert kind == "why denominator"
        assert not [key for key in keys if key.bytes in told or str(key) in one + veiled]
    made_up = encode_cursor("why denominator", (str(keys[0]),))
    for after, code in ((cursors[0], "K2"), (made_up, "K1")):
        assert await handler.refused(query, codes=[code], after=after) == "BAD_INPUT"
