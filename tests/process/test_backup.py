"""Backup beside a running platform, and restores of it: whole, to a position, after a loss."""

import json
import re
import subprocess
from pathlib import Path
from uuid import UUID

import pytest

from api.backup.archive import Archive
from api.graphql.ids import case_key
from domain.actor import Role
from tests.process.commands import quanke
from tests.process.platform import Asking, found_district, running

FEED = """subscription($after: String) { caseFeed(after: $after) { __typename
    ... on CaseFeedSnapshot { cursor } ... on Resync { reason } } }"""
TEXT = "query($id: ID!) { case(id: $id) { text { description erased } } }"
RESTORE_S = 120.0


def done(*arguments: str) -> str:
    answer = quanke(*arguments, timeout_s=RESTORE_S)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def log_of(data: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in done("events", "--data", str(data)).splitlines()]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_loss_is_restored_and_told(home: Path) -> None:
    data, archive, keys = home / "data", home / "backup", home / "backup-keys"
    log = home / "platform.log"
    found_district(data)
    with running(data, log) as platform:
        acceptor = Asking(platform.url, data, Role.ACCEPTOR)
        kept, gone = acceptor.report("留下的话"), acceptor.report("要清除的话")
        first = done("backup", str(archive), "--data", str(data))
        before_erasure = Archive(archive).read()
        assert f"up to position {before_erasure.head}" in first
        assert before_erasure.head == int(gone["event"]["last"])
        officer = Asking(platform.url, data, Role.PRIVACY_OFFICER)
        erased = officer.do("eraseSubject", subject=gone["case"]["number"])
        assert erased["userErrors"] == []
        acceptor.sealed(int(erased["event"]["last"]))
        base = (archive / "base" / "backup_manifest").read_bytes()
        done("backup", str(archive), "--data", str(data))
        assert (archive / "base" / "backup_manifest").read_bytes() == base
        backed_up = Archive(archive).read().head
        late = acceptor.report("备份之后")
        cursor = acceptor.first_message(FEED)["cursor"]
        checkpoint = acceptor.sealed(int(late["event"]["last"]))
    (home / "held").write_text(checkpoint)
    assert not any(one.name == "kek" for one in archive.rglob("*"))
    assert (keys / "keys" / "kek").exists()

    _restored_with_a_new_epoch(home, archive, checkpoint, backed_up, cursor, kept, gone)
    _back_before_the_erasure(home, archive, before_erasure.head, gone)


def _restored_with_a_new_epoch(
    home: Path, archive: Path, checkpoint: str, head: int, cursor: str,
    kept: dict[str, dict[str, str]], gone: dict[str, dict[str, str]],
) -> None:  # fmt: skip
    data = home / "restored"
    sealed = int(checkpoint.split("\n")[1])
    said = done("restore", str(archive), "--data", str(data), "--checkpoint", str(home / "held"))
    assert f"{head + 1} events" in said
    assert f"lost: {sealed - head} sealed events" in said
    assert said.endswith("verified\n")
    (opened,) = [one for one in log_of(data) if one["topic"] == "log.epoch_opened"]
    assert opened["position"] == head + 1
    assert opened["state"] == {"epoch": 2, "was": 1, "after": head, "checkpoint": checkpoint}
    with running(data, home / "restored.log") as platform:
        acceptor = Asking(platform.url, data, Role.ACCEPTOR)
        assert acceptor.first_message(FEED, after=cursor) == {
            "__typename": "Resync", "reason": "epoch",
        }  # fmt: skip
        anew = acceptor.report("恢复之后")
        assert acceptor.sealed(int(anew["event"]["last"])).split("\n")[0].endswith("/2")
        words = [acceptor.ask(TEXT, id=one["case"]["id"])["case"]["text"] for one in (kept, gone)]
        assert words == [
            {"description": "留下的话", "erased": False},
            {"description": None, "erased": True},
        ]


def _back_before_the_erasure(
    home: Path, archive: Path, position: int, gone: dict[str, dict[str, str]]
) -> None:
    """The log of then holds no erasure; whoever was erased since stays so, and it is said."""
    data = home / "earlier"
    said = done("restore", str(archive), "--data", str(data), "--to-position", str(position))
    assert re.search(r"erased again: 1 subjects", said), said
    told = log_of(data)
    assert len(told) == position + 2
    assert [one["topic"] for one in told[position:]] == ["log.epoch_opened", "subject.erased"]
    assert told[-1]["state"]["cause"] == "restored"  # type: ignore[index]
    key = case_key(gone["case"]["id"])
    assert told[-1]["state"]["subject"] == f"case:{key}"  # type: ignore[index]
    export = json.loads(done("subject", "export", str(UUID(str(key))), "--data", str(data)))
    assert export["events"][0]["what"]["description"]["sealed"] == 1


def test_what_cannot_be_restored_is_refused_and_nothing_changed(home: Path) -> None:
    nothing: subprocess.CompletedProcess[str] = quanke(
        "restore", str(home / "none"), "--data", str(home / "new")
    )
    assert nothing.returncode == 1
    assert "holds no finished backup" in nothing.stderr
    assert not (home / "new").exists()
    both = quanke("restore", str(home), "--to-position", "3", "--to-time", "x")
    assert "not both" in both.stderr
