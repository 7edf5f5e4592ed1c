"""Evidence pictures: made anew, sealed, kept once, shown to the units on the case."""

import asyncio
import hashlib
import io
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image

from api.attachments import picture as making
from api.attachments import rows
from api.attachments.scanning import Clamd, Verdict
from api.attachments.storage import REDUCED, WHOLE, Storage, StorageFailed
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import COMMUNITY, DISTRICT, GRID, OTHER_GRID
from tests.api.pictures import HIDDEN, headers, photo, post, sent, shown

REPORT: dict[str, Any] = {"channel": "GRID_WORKER", "category": "06010", "place": {"grid": GRID}}


async def bound(app: App, case: str, count: int = 1) -> list[rows.Row]:
    """The pictures of a case once the keeper has bound so many."""
    from api.graphql.ids import case_key

    async with asyncio.timeout(30):
        while True:
            found = await app.platform.attachments.of_case(case_key(case))
            if len(found) == count:
                return found
            await asyncio.sleep(0.01)


def codes(payload: dict[str, list[dict[str, str]]]) -> list[str]:
    return [error["code"] for error in payload["userErrors"]]


async def test_a_picture_is_made_anew_and_nothing_else_of_the_file_is_kept(
    app: App, worker: Client, tmp_path: Path
) -> None:
    original = photo(orientation=6)
    answer = await post(worker, original)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["width"], told["height"], told["mediaType"]) == (48, 64, "image/jpeg")
    copy = await shown(worker, told["id"])
    assert hashlib.sha256(copy.content).hexdigest() == told["sha256"]
    assert len(copy.content) == told["size"]
    with Image.open(io.BytesIO(copy.content)) as image:
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
        }
        red, _, blue = image.convert("RGB").getpixel((40, 30))  # type: ignore[misc]
        assert (red > 150, blue < 60) == (True, True)  # above became the right side
        red, _, blue = image.convert("RGB").getpixel((8, 30))  # type: ignore[misc]
        assert (red < 60, blue > 150) == (True, True)
    for secret in (HIDDEN, b"Secret Camera", b"at home", b"GPS"):
        assert secret not in copy.content
    kept = [file.read_bytes() for file in (tmp_path / "attachments").rglob("*.*") if file.is_file()]
    assert len(kept) == 2
    assert all(b"JFIF" not in one and copy.content[-64:] not in one for one in kept)
    assert copy.headers["x-content-type-options"] == "nosniff"
    assert copy.headers["content-type"] == "image/jpeg"
    assert copy.headers["content-disposition"].startswith("attachment; ")
    assert copy.headers["cache-control"] == "private, no-store"
    assert copy.headers["content-security-policy"].startswith("default-src 'none'; sandbox")


async def test_the_same_upload_twice_is_one_picture(app: App, worker: Client) -> None:
    upload, original = uuid4(), photo()
    first, second = await post(worker, original, upload), await post(worker, original, upload)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    other = await post(worker, photo(shade=90), upload)
    assert (other.status_code, code(other)) == (409, "UPLOAD_ID_REUSED")
    stranger = worker.acting(Role.GRID_WORKER, COMMUNITY, account="acct:w2")
    assert (await post(stranger, original, upload)).json()["id"] != first.json()["id"]


async def test_twins_at_the_same_moment_are_one_picture(app: App, worker: Client) -> None:
    upload, original = uuid4(), photo()
    async with asyncio.TaskGroup() as tasks:
        twins = [tasks.create_task(post(worker, original, upload)) for _ in range(4)]
    answers = [twin.result() for twin in twins]
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 201]
    assert len({one.json()["id"] for one in answers}) == 1
    assert await app.platform.pool.fetchval("select count(*) from quanke_attachment") == 1


def code(answer: object) -> str:
    found: str = answer.json()["errors"][0]["extensions"]["code"]  # type: ignore[attr-defined]
    return found


NO_PICTURES: dict[str, tuple[int, str, bytes, dict[str, str]]] = {
    "half": (
        400, "DIGEST_MISMATCH", photo()[:300],
        {"content-digest": headers(photo())["content-digest"]},
    ),
    "id": (400, "BAD_INPUT", photo(), {"idempotency-key": "7"}),
    "digest": (400, "BAD_INPUT", photo(), {"content-digest": "md5=:x:"}),
    "svg": (415, "NOT_A_PICTURE", b"<svg onload=alert(1)>", {}),
    "broken": (415, "NOT_A_PICTURE", photo()[: len(photo()) // 2], {}),
    "large": (413, "TOO_LARGE", b"\xff" * (12 * 1024 * 1024 + 1), {}),
}  # fmt: skip


async def test_what_is_no_whole_picture_never_counts(app: App, worker: Client) -> None:
    for name, (status, says, picture, said) in NO_PICTURES.items():
        answer = await post(worker, picture, said=said)
        assert (answer.status_code, code(answer)) == (status, says), name
    assert await app.platform.pool.fetchval("select count(*) from quanke_attachment") == 0


async def test_a_bomb_is_refused_before_it_is_unfolded(
    app: App, worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", 64 * 47)
    answer = await post(worker, photo())
    assert (answer.status_code, code(answer)) == (415, "NOT_A_PICTURE")


async def test_who_may_not_send_and_who_is_nobody(client: Client) -> None:
    answer = await post(client, photo())
    assert (answer.status_code, code(answer)) == (403, "FORBIDDEN")
    answer = await post(client, photo(), said={"authorization": "Bearer no"})
    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
    answer = await post(client.acting(Role.AUDITOR), photo())
    assert (answer.status_code, code(answer)) == (403, "FORBIDDEN")


async def test_a_large_photo_is_made_smaller_and_its_reduced_copy_small(
    app: App, worker: Client
) -> None:
    told = (await post(worker, photo(4000, 3000))).json()
    assert (told["width"], told["height"]) == (making.WHOLE_EDGE, 1920)
    small = await shown(worker, told["id"], REDUCED)
    with Image.open(io.BytesIO(small.content)) as image:
        assert image.size == (making.REDUCED_EDGE, 360)


async def test_a_report_names_its_picture_and_the_case_gets_it(app: App, worker: Client) -> None:
    mine = await sent(worker, photo(), "before")
    head = await app.platform.log.head()
    payload = await worker.done("reportCase", **REPORT, evidence=[mine["evidence"]])
    (row,) = await bound(app, payload["case"]["id"])
    assert (str(row.id), row.kind, row.position) == (mine["id"], "before", head + 1)
    assert (await shown(worker, mine["id"])).status_code == 200
    asked = "query($id: ID!) { case(id: $id) { attachments { id sha256 kind state path whole } } }"
    found = (await worker.ask(asked, id=payload["case"]["id"]))["case"]["attachments"]
    assert found == [
        {
            "id": mine["id"], "sha256": mine["evidence"]["sha256"], "kind": "before",
            "state": "clean", "path": f"/attachments/{mine['id']}", "whole": True,
        }
    ]  # fmt: skip
    keys = await app.platform.pool.fetch("select subject from quanke_key where purpose = 'media'")
    assert [one["subject"] for one in keys] == [f"case:{row.stream}"]


async def test_a_picture_nobody_sent_is_refused_and_nothing_is_appended(
    app: App, worker: Client
) -> None:
    head = await app.platform.log.head()
    never = {"sha256": "0123456789abcdef" * 4, "kind": "other"}
    payload = await worker.do("reportCase", **REPORT, evidence=[never])
    assert codes(payload) == ["EVIDENCE_NOT_SENT"]
    assert await app.platform.log.head() == head
    theirs = await sent(worker.acting(Role.GRID_WORKER, COMMUNITY, account="acct:w2"), photo())
    payload = await worker.do("reportCase", **REPORT, evidence=[theirs["evidence"]])
    assert codes(payload) == ["EVIDENCE_NOT_SENT"]
    assert await app.platform.log.head() == head


async def test_a_command_sent_again_finds_its_picture_bound_by_itself(
    app: App, worker: Client
) -> None:
    mine, key = await sent(worker, photo()), uuid4()
    first = await worker.done("reportCase", once=key, **REPORT, evidence=[mine["evidence"]])
    await bound(app, first["case"]["id"])
    again = await worker.done("reportCase", once=key, **REPORT, evidence=[mine["evidence"]])
    assert again["event"] == {**first["event"], "duplicate": True}
    other = await worker.do("reportCase", **REPORT, evidence=[mine["evidence"]])
    assert codes(other) == ["EVIDENCE_NOT_SENT"]


READERS = [
    (Role.GRID_WORKER, COMMUNITY, None, 900),
    (Role.DISPATCHER, DISTRICT, None, 900),
    (Role.CHECKER, DISTRICT, None, 900),
    (Role.AUDITOR, DISTRICT, None, making.REDUCED_EDGE),
    (Role.DISTRICT_LEADER, DISTRICT, None, making.REDUCED_EDGE),
    (Role.HANDLER, DISTRICT, "sanitation", 0),
    (Role.INTEGRATOR, DISTRICT, None, 0),
    (Role.ADMINISTRATOR, "", None, 0),
    (Role.DISPLAY, DISTRICT, None, 0),
    (Role.GRID_WORKER, "371602.009.", None, 0),
    (Role.RESIDENT, "", None, 0),
]
"""Who, and how wide the picture is that such a one gets; 0 for none at all."""


async def test_photos_go_to_the_units_on_the_case_and_reduced_to_others_who_see_it(
    app: App, worker: Client
) -> None:
    mine = await sent(worker, photo(900, 600))
    payload = await worker.done("reportCase", **REPORT, evidence=[mine["evidence"]])
    await bound(app, payload["case"]["id"])
    for role, scope, unit, width in READERS:
        reader = worker.acting(role, scope, unit, account="acct:reader")
        assert await wide(reader, mine["id"]) == width, role
        assert await wide(reader, mine["id"], REDUCED) == min(width, making.REDUCED_EDGE), role
        assert await wide(reader, str(uuid4())) == 0
    assert await wide(Client(app), mine["id"]) == 0
    assert await wide(worker, "nothing") == 0


async def wide(reader: Client, picture: str, copy: str = WHOLE) -> int:
    answer = await shown(reader, picture, copy)
    if answer.status_code != 200:
        assert (answer.status_code, code(answer)) == (404, "NOT_FOUND")
        return 0
    with Image.open(io.BytesIO(answer.content)) as image:
        return image.width


async def test_a_department_sees_the_photos_while_the_case_is_with_it(
    app: App, worker: Client
) -> None:
    mine = await sent(worker, photo())
    case = (await worker.done("reportCase", **REPORT, evidence=[mine["evidence"]]))["case"]["id"]
    await bound(app, case)
    handler = worker.acting(Role.HANDLER, DISTRICT, "sanitation")
    leader = worker.acting(Role.DUTY_LEADER, DISTRICT)
    dispatcher = worker.acting(Role.DISPATCHER, DISTRICT)
    await worker.acting(Role.ACCEPTOR, DISTRICT).done("acceptCase", case=case)
    await leader.done("fileCase", case=case)
    await dispatcher.done("dispatchCase", case=case)
    assert (await shown(handler, mine["id"])).status_code == 200
    await dispatcher.done("redispatchCase", case=case, department="urban", reason="占道")
    assert (await shown(handler, mine["id"])).status_code == 404


async def test_nobody_but_the_units_gets_a_photo_of_a_sensitive_case(
    app: App, worker: Client
) -> None:
    mine = await sent(worker, photo())
    asked = REPORT | {"category": "92003"}
    payload = await worker.done("reportCase", **asked, evidence=[mine["evidence"]])
    await bound(app, payload["case"]["id"])
    auditor = worker.acting(Role.AUDITOR, DISTRICT)
    assert (await shown(auditor, mine["id"], REDUCED)).status_code == 404
    asked_for = "query($id: ID!) { case(id: $id) { attachments { id } } }"
    found = await auditor.ask(asked_for, id=payload["case"]["id"])
    assert found["case"]["attachments"] == []


async def test_what_is_erased_is_gone_from_the_store_and_says_so(
    app: App, worker: Client, tmp_path: Path
) -> None:
    mine, other = await sent(worker, photo()), await sent(worker, photo(shade=40))
    payload = await worker.done("reportCase", **REPORT, evidence=[mine["evidence"]])
    (row,) = await bound(app, payload["case"]["id"])
    assert row.stream is not None
    await app.platform.vault.destroy(f"case:{row.stream}")
    gone = await shown(worker, mine["id"])
    assert (gone.status_code, code(gone)) == (410, "ERASED")
    assert await app.platform.attachments.purge(row.stream) == 1
    assert await app.platform.attachments.purge(row.stream) == 0
    left = {file.stem for file in (tmp_path / "attachments").rglob("*.*") if file.is_file()}
    kept = await app.platform.attachments.find(UUID(other["id"]))
    assert kept is not None
    assert left == {kept.object}
    asked = "query($id: ID!) { case(id: $id) { attachments { state path } } }"
    found = (await worker.ask(asked, id=payload["case"]["id"]))["case"]["attachments"]
    assert found == [{"state": "erased", "path": None}]


async def test_the_keeper_binds_after_a_crash_between_event_and_picture(
    app: App, worker: Client
) -> None:
    """A keeper that starts later goes on from where the last one wrote down that it was."""
    mine = await sent(worker, photo())
    payload = await worker.done("reportCase", **REPORT, evidence=[mine["evidence"]])
    (row,) = await bound(app, payload["case"]["id"])
    pool = app.platform.pool
    await pool.execute("update quanke_attachment set stream = null, position = null")
    await pool.execute("update quanke_attachment_reader set position = $1", row.position - 1)  # type: ignore[operator]
    assert await app.keeper.start() == row.position - 1  # type: ignore[operator]
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(app.keeper.run())
        await bound(app, payload["case"]["id"])
        keeping.cancel()
    assert await app.keeper.start() == await app.platform.log.head()


async def test_the_sweep_drops_what_nobody_names_and_what_no_row_knows(
    app: App, worker: Client, tmp_path: Path
) -> None:
    old, new = await sent(worker, photo()), await sent(worker, photo(shade=40))
    pool = app.platform.pool
    await pool.execute(
        "update quanke_attachment set received_at = received_at - interval '8 days' where id = $1",
        UUID(old["id"]),
    )
    await app.keeper.sweep()
    assert (await shown(worker, old["id"])).status_code == 404
    assert (await shown(worker, new["id"])).status_code == 200
    storage = Storage.at(None, tmp_path / "attachments")
    await storage.put("ab" * 16, uuid4(), WHOLE, b"x", b"k" * 32)
    assert await app.keeper.sweep_orphans() == 0  # too young: it may be on its way in
    await pool.execute("update quanke_attachment set object = object || 'x'")
    import os

    for file in (tmp_path / "attachments").rglob("*.*"):
        os.utime(file, (1, 1))
    assert await app.keeper.sweep_orphans() == 2


async def test_quarantine_holds_until_the_scanner_has_looked(
    app: App, worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        says = Verdict.QUARANTINED

        async def look(self, _sent: bytes, /) -> Verdict:
            return self.says

    scanner = Slow()
    monkeypatch.setattr(app.platform.attachments, "_scanner", scanner)
    mine = await sent(worker, photo())
    held = await shown(worker, mine["id"])
    assert (held.status_code, code(held)) == (423, "QUARANTINED")
    await app.keeper.sweep()
    assert (await shown(worker, mine["id"])).status_code == 423
    scanner.says = Verdict.CLEAN
    await app.keeper.sweep()
    assert (await shown(worker, mine["id"])).status_code == 200
    scanner.says = Verdict.REFUSED
    answer = await post(worker, photo(shade=50))
    assert (answer.status_code, code(answer)) == (422, "PICTURE_REFUSED")


@pytest.mark.parametrize(
    ("says", "verdict"),
    [
        (b"stream: OK\0", Verdict.CLEAN),
        (b"stream: Eicar FOUND\0", Verdict.REFUSED),
        (b"INSTREAM size limit exceeded. ERROR\0", Verdict.QUARANTINED),
    ],
)
async def test_a_clamav_daemon_is_asked_in_its_own_words(says: bytes, verdict: Verdict) -> None:
    heard = bytearray()

    async def daemon(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.readexactly(10))
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            heard.extend(await reader.readexactly(size))
        writer.write(says)
        writer.close()

    server = await asyncio.start_server(daemon, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert await Clamd(f"127.0.0.1:{port}").look(b"p" * 100_000) is verdict
    assert bytes(heard) == b"zINSTREAM\0" + b"p" * 100_000
    assert await Clamd("/nowhere/clamd.sock").look(b"x") is Verdict.QUARANTINED


async def test_an_object_store_by_its_url_and_a_swapped_object(tmp_path: Path) -> None:
    storage, one, key = Storage.at("memory:///", tmp_path / "unused"), uuid4(), b"k" * 32
    await storage.put("aa", one, WHOLE, b"picture", key)
    assert await storage.get("aa", one, WHOLE, key) == b"picture"
    assert not (tmp_path / "unused").exists()
    for picture, copy in ((uuid4(), WHOLE), (one, REDUCED)):
        with pytest.raises(StorageFailed):
            await storage.get("aa", picture, copy, key)
    await storage.delete(["aa", "never"])
    with pytest.raises(StorageFailed):
        await storage.get("aa", one, WHOLE, key)


async def test_the_grid_of_a_point(client: Client) -> None:
    worker = client.acting(Role.GRID_WORKER, COMMUNITY)
    asked = "query($lon: Float!, $lat: Float!) { gridAt(lon: $lon, lat: $lat) { code name } }"
    found = await worker.ask(asked, lon=118.015, lat=37.405)
    assert found == {"gridAt": {"code": OTHER_GRID, "name": "第二网格"}}
    assert await worker.ask(asked, lon=10.0, lat=10.0) == {"gridAt": None}
