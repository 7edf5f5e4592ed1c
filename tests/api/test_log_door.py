"""/log and what GraphQL says of seals, with a sealer at work beside the platform."""

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.wiring import App
from domain.actor import Role
from eventlog.record import Position
from eventlog.sealer import Sealer
from eventlog.tlog.checkpoint import opened
from eventlog.tlog.notes import Verifier, parse_vkey
from eventlog.tlog.receipt import check_receipt, parse_receipt
from eventlog.tlog.tiles import Place, places, unbundle
from eventlog.tlog.tree import Edge, leaf
from tests.api.client import Client
from tests.api.ground import GRID, POINT

REPORT = {
    "channel": "GRID_WORKER",
    "category": "06010",
    "place": {"grid": GRID, "point": POINT},
}


@pytest.fixture
async def sealer(app: App, tmp_path: Path) -> AsyncIterator[Sealer]:
    """A sealer that has sealed the founding, and goes on when told."""
    async with Sealer.open(app.dsn, tmp_path / "sealer") as found:
        await found.step()
        yield found


@pytest.fixture
def auditor(client: Client) -> Client:
    return client.acting(Role.AUDITOR)


def bearing(who: Client) -> dict[str, str]:
    return {"authorization": f"Bearer {who.token}"}


def key_of(sealer: Sealer) -> Verifier:
    return parse_vkey(sealer.vkey)


async def test_an_outsider_rebuilds_the_root_from_the_tiles(client: Client, sealer: Sealer) -> None:
    answer = await client.get("/log/checkpoint")
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/plain; charset=utf-8",
    )
    assert answer.headers["cache-control"] == "public, max-age=1"
    head = opened(answer.content, key_of(sealer))
    assert head.size == sealer.size > 0
    edge = Edge()
    for one in places(head.size):
        tile = await client.get(f"/log/tile/{one.path}")
        assert tile.status_code == 200
        assert tile.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert tile.headers["content-type"] == "application/octet-stream"
        assert len(tile.content) == 32 * one.width
        if one.level == 0:
            list(edge.extend([tile.content[at : at + 32] for at in range(0, 32 * one.width, 32)]))
    assert edge.root() == head.root


async def test_entries_are_for_auditors(
    client: Client, auditor: Client, worker: Client, sealer: Sealer
) -> None:
    path = f"/log/tile/{Place(None, 0, min(256, sealer.size)).path}"
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, authorization="Bearer x")).status_code == 401
    assert (await client.get(path, **bearing(worker))).status_code == 403
    plain = await auditor.get(path, **bearing(auditor), **{"accept-encoding": "identity"})
    packed = await auditor.get(path, **bearing(auditor), **{"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.headers["cache-control"].startswith("private, ")
    entries = unbundle(plain.content)
    assert packed.content == plain.content == gzip.decompress(gzip.compress(plain.content))
    assert [json.loads(one)["position"] for one in entries] == list(range(1, len(entries) + 1))
    tile = (await client.get(path.replace("entries", "0"))).content
    assert b"".join(leaf(one) for one in entries) == tile


@pytest.mark.parametrize("path", ["0/999", "1/001", "entries/999", "0/1", "9/000.p/1"])
async def test_what_the_tree_does_not_have_is_not_found(
    path: str, auditor: Client, sealer: Sealer
) -> None:
    answer = await auditor.get(f"/log/tile/{path}", **bearing(auditor))
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


async def test_a_report_has_a_receipt_that_proves_it(
    app: App, client: Client, worker: Client, auditor: Client, sealer: Sealer
) -> None:
    payload = await worker.done("reportCase", **REPORT)
    position = int(payload["event"]["position"])
    url = f"/log/proof/{position}.tlog-proof"
    early = await client.get(url)
    assert (early.status_code, early.headers["retry-after"]) == (404, "1")
    await sealer.step()

    text = await client.get(url)
    assert text.status_code == 200
    receipt = parse_receipt(text.content)
    assert (receipt.index, receipt.extra) == (position - 1, b"")
    whole = parse_receipt((await auditor.get(url, **bearing(auditor))).content)
    assert json.loads(whole.extra)["position"] == position
    check_receipt(receipt, whole.extra, key_of(sealer))
    assert (await worker.get(url, **bearing(worker))).status_code == 403
    for name in ("0.tlog-proof", "01.tlog-proof", f"{position}", "x.tlog-proof"):
        assert (await client.get(f"/log/proof/{name}")).status_code == 404


SEALED = """mutation($input: ReportCaseInput!) { reportCase(input: $input) {
    event { position seal { sealed entry proofUrl } } userErrors { code } } }"""


async def test_the_payload_of_a_report_says_where_its_proof_is(
    app: App, client: Client, worker: Client, sealer: Sealer
) -> None:
    given = {"clientMutationId": "0b6d8a1e-1111-4222-8333-444455556666", **REPORT}
    first = (await worker.ask(SEALED, input=given))["reportCase"]["event"]
    assert first["seal"]["sealed"] is False
    await sealer.step()
    again = (await worker.ask(SEALED, input=given))["reportCase"]["event"]
    assert again["seal"] == {**first["seal"], "sealed": True}
    receipt = parse_receipt((await client.get(again["seal"]["proofUrl"])).content)
    check_receipt(receipt, again["seal"]["entry"].encode(), key_of(sealer))


HEAD = "{ log { head sealed witnessed origin vkey checkpoint sealedAt } }"


async def test_anybody_may_ask_for_the_head(app: App, client: Client, sealer: Sealer) -> None:
    found = (await client.ask(HEAD))["log"]
    head = await app.platform.log.head()
    assert (found["head"], found["sealed"], found["witnessed"]) == (str(head), str(head), "0")
    assert found["vkey"] == sealer.vkey
    signed = opened(found["checkpoint"].encode(), key_of(sealer))
    assert signed.origin == found["origin"]
    assert b64decode(found["checkpoint"].split("\n")[2]) == signed.root


async def test_a_witness_is_told_with_how_far_it_has_come(
    app: App, client: Client, sealer: Sealer
) -> None:
    asked = "{ log { witnesses { name position at } } }"
    assert (await client.ask(asked))["log"]["witnesses"] == []
    line = f"— w1 {b64encode(b'k' * 4 + b's' * 64).decode()}"
    await app.platform.pool.execute(
        "insert into quanke_cosignature (log_epoch, size, witness, line)"
        " select log_epoch, size, 'w1', $1 from quanke_seal",
        line,
    )
    (one,) = (await client.ask(asked))["log"]["witnesses"]
    assert (one["name"], one["position"]) == ("w1", str(sealer.size))


async def test_an_unsealed_log_says_so(client: Client) -> None:
    found = (await client.ask(HEAD))["log"]
    assert (found["sealed"], found["vkey"], found["checkpoint"]) == ("0", None, None)
    assert (await client.get("/log/checkpoint")).status_code == 404
    assert (await client.get("/log/checkpoint/witnessed")).status_code == 404


async def test_events_carry_their_leaf_entries(app: App, auditor: Client, sealer: Sealer) -> None:
    query = "{ events(first: 3) { sealed nodes { position entry proofUrl } } }"
    page = (await auditor.ask(query))["events"]
    assert page["sealed"] == str(sealer.size)
    for node in page["nodes"]:
        receipt = parse_receipt((await auditor.get(node["proofUrl"])).content)
        check_receipt(receipt, node["entry"].encode(), key_of(sealer))
    assert [int(node["position"]) for node in page["nodes"]] == [1, 2, 3]
    assert await app.platform.log.read_all(Position(0), 1)
