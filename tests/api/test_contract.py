"""What integrators lean on: reading their own write, the audit feed, what has changed."""

from api.graphql.negotiation import NEWER
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID

EVENTS = """query($after: Position, $types: [String!], $streams: [String!], $n: Int = 50) {
    events(first: $n, after: $after, types: $types, streams: $streams) {
        last head nodes { position topic stream } } }"""


async def test_who_wrote_reads_its_own_write(app: App, client: Client, worker: Client) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    payload = await worker.done(
        "reportCase", channel="GRID_WORKER", category="06010", place={"grid": GRID}
    )
    position = payload["event"]["position"]
    body = {"query": "{ overview { open } }", "extensions": {"minPosition": position}}
    answer = (await leader.post(body)).json()
    assert answer["data"] == {"overview": {"open": 1}}
    assert int(answer["extensions"]["position"]) >= int(position)


async def test_a_position_that_is_not_reached_in_time_says_so(client: Client) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    later = {"minPosition": "999999", "timeoutMs": 10}
    answer = await leader.post(
        {"query": "{ overview { open } }", "extensions": later}, accept=NEWER
    )
    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    for extensions in ({"minPosition": "x"}, {"minPosition": "1", "timeoutMs": 60_000}):
        answer = await leader.post({"query": "{ me { role } }", "extensions": extensions})
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"


async def test_the_audit_feed_by_topic_and_stream(app: App, client: Client, worker: Client) -> None:
    for _ in range(2):
        await worker.done(
            "reportCase", channel="GRID_WORKER", category="06010", place={"grid": GRID}
        )
    auditor = client.acting(Role.AUDITOR, DISTRICT)
    head = str(await app.platform.log.head())
    page = (await auditor.ask(EVENTS, types=["case.reported"]))["events"]
    assert [one["topic"] for one in page["nodes"]] == ["case.reported"] * 2
    assert (page["last"], page["head"]) == (head, head)
    stream = page["nodes"][0]["stream"]
    mine = (await auditor.ask(EVENTS, streams=[stream]))["events"]
    assert {one["stream"] for one in mine["nodes"]} == {stream}
    first = (await auditor.ask(EVENTS, types=["case.reported"], n=1))["events"]
    assert first["last"] == first["nodes"][0]["position"] == page["nodes"][0]["position"]
    rest = (await auditor.ask(EVENTS, types=["case.reported"], after=first["last"]))["events"]
    assert rest["nodes"] == page["nodes"][1:]


async def test_what_has_changed_is_told(client: Client) -> None:
    query = "{ schemaChanges { since severity kind description notice } }"
    found = (await client.ask(query))["schemaChanges"]
    broken = [one for one in found if one["severity"] == "BREAKING"]
    assert [one["kind"] for one in broken] == ["ARG_CHANGED_KIND"]
    assert broken[0]["notice"].startswith("Write asOf: {position: …}")
    assert {one["since"] for one in found} == {"0.1.0"}
