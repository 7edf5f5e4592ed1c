"""What `audit verify` says of an export, whole and spoilt."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from eventlog.audit import events
from eventlog.audit.verify import ALONE, BadExport, Export, Verdict, verify
from eventlog.tlog.notes import COSIGNATURE, Note, Signer, Verifier, parse
from eventlog.tlog.tiles import bundle, unbundle
from tests.eventlog.exported import COUNT, HELD, Exported, make

BUREAU = Signer("bureau", Ed25519PrivateKey.from_private_bytes(b"w" * 32), COSIGNATURE)
NEIGHBOUR = Signer("neighbour", Ed25519PrivateKey.from_private_bytes(b"n" * 32), COSIGNATURE)


@pytest.fixture(scope="module")
def exported(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return make(postgres, template, tmp_path_factory.mktemp("exported"))


def judged(exported: Exported, at: Path, since: Path | None = None) -> Verdict:
    return verify(Export(at), exported.key, None if since is None else Export(since))


def test_an_honest_export_is_accepted_and_the_limit_is_said(exported: Exported) -> None:
    verdict = judged(exported, exported.now)
    assert (verdict.ok, verdict.size, verdict.origin) == (True, COUNT, exported.key.name)
    assert verdict.said == [
        f"600 entries give the signed root of {exported.key.name}",
        "600 events are what their entries commit to",
    ]
    assert verdict.limits == [ALONE]


@pytest.mark.parametrize("what", ["", "checkpoint"], ids=["export", "checkpoint"])
def test_it_extends_what_was_held(what: str, exported: Exported) -> None:
    verdict = judged(exported, exported.now, exported.held / what)
    assert verdict.ok
    assert verdict.said[-1] == "it extends the checkpoint of 300 events held before"
    assert verdict.limits == []


def test_a_log_that_shrank_is_bad(exported: Exported) -> None:
    verdict = judged(exported, exported.held, exported.now)
    assert verdict.faults == ["position 301: gone, with all up to 600; they had been signed"]


def entry(at: Path, position: int, change: Callable[[bytes], bytes | None]) -> None:
    """Change one entry in its bundle."""
    n, index = divmod(position - 1, 256)
    (path,) = at.glob(f"tile/entries/{n:03}*/*") if n == 2 else [at / f"tile/entries/{n:03}"]
    entries = unbundle(path.read_bytes())
    changed = change(entries[index])
    entries[index : index + 1] = [] if changed is None else [changed]
    path.write_bytes(bundle(entries))


def line(at: Path, position: int, **changes: object) -> None:
    """Change one event in events.ndjson."""
    path = at / "events.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)
    row = json.loads(lines[position - 1]) | changes
    lines[position - 1] = json.dumps(row, separators=(",", ":")).encode() + b"\n"
    path.write_bytes(b"".join(lines))


def cut(at: Path) -> None:
    path = at / "events.ndjson"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "actor": (
        lambda at: entry(at, 70, lambda old: old.replace(b"acc-7f3a", b"acc-0000")),
        "position 70: its entry is not the one that was signed",
    ),
    "entry unreadable": (
        lambda at: entry(at, 70, lambda _: b"{}"),
        "position 70: its entry can't be read: Object missing required field `v`",
    ),
    "entry gone": (
        lambda at: entry(at, 70, lambda _: None),
        "position 70: missing; the entry stored there is 71",
    ),
    "last entry gone": (lambda at: entry(at, 600, lambda _: None), "position 600: missing"),
    "bundle gone": (
        lambda at: (at / "tile/entries/001").unlink(),
        "position 257: missing",
    ),
    "state": (
        lambda at: line(at, 512, state='{"n":-1}'),
        "position 512: its state in events.ndjson is not the one that was sealed",
    ),
    "envelope": (
        lambda at: line(at, 512, meta="{}"),
        "position 512: its envelope in events.ndjson is not the one that was sealed",
    ),
    "time": (
        lambda at: line(at, 512, recorded_at="2026-01-01T00:00:00.000000Z"),
        "position 512: its columns in events.ndjson are not those that were sealed",
    ),
    "line gone": (cut, "events.ndjson does not have one line for each of 600 entries"),
    "tile": (
        lambda at: flip(at / "tile/0/001"),
        "tile/0/001 is not what the entries give: proofs from it fail",
    ),
    "upper tile": (
        lambda at: flip(at / "tile/1/000.p/2"),
        "tile/1/000.p/2 is not what the entries give: proofs from it fail",
    ),
    "root": (
        lambda at: flip(at / "checkpoint"),
        "checkpoint: ",
    ),
}


@pytest.mark.parametrize("what", SPOILT)
def test_whatever_is_spoilt_is_named(what: str, exported: Exported, tmp_path: Path) -> None:
    spoil, said = SPOILT[what]
    at = exported.copy(tmp_path)
    spoil(at)
    verdict = judged(exported, at)
    assert verdict.faults[0].startswith(said), verdict.faults


def test_an_entry_changed_with_its_event_is_named_by_the_tiles(
    exported: Exported, tmp_path: Path
) -> None:
    at = exported.copy(tmp_path)
    entry(at, 70, lambda old: old.replace(b"acc-7f3a", b"acc-0000"))
    line(at, 70, actor="acc-0000")
    verdict = judged(exported, at)
    assert verdict.faults == ["position 70: its entry is not the one that was signed"]


def test_what_an_honest_log_never_writes_is_named(exported: Exported, tmp_path: Path) -> None:
    at = exported.copy(tmp_path)
    (at / "events.ndjson").unlink()
    entry(at, 70, lambda text: text.replace(b'"version":70', b'"version":71'))
    entry(at, 80, lambda text: text.replace(b'"command_index":79', b'"command_index":3'))
    entry(at, 90, lambda text: text.replace(b'"recorded_at":1', b'"recorded_at":'))
    entry(at, 600, lambda text: text.replace(b'"v":1', b'"v":1,"more":1'))
    found = judged(exported, at).faults
    assert found == [
        "position 70: version 71 of its stream follows version 69",
        "position 70: its entry is not the one that was signed",
        "position 71: version 71 of its stream follows version 71",
        "position 80: stands at place 3 of its command, not 79",
        "position 81: stands at place 80 of its command, not 4",
        "position 90: recorded before the one before it",
        "position 600: its entry can't be read: Object contains unknown field `more`",
    ]


def test_a_bundle_that_holds_more_is_named(exported: Exported, tmp_path: Path) -> None:
    at = exported.copy(tmp_path)
    (path,) = at.glob("tile/entries/002.p/*")
    path.write_bytes(path.read_bytes() + bundle([b"one more"]))
    assert judged(exported, at).faults == ["position 600: more entries follow it"]


def test_another_key_opens_nothing(exported: Exported) -> None:
    other = Verifier(exported.key.name, bytes(32))
    verdict = verify(Export(exported.now), other)
    assert verdict.faults == [f"checkpoint: not signed by {other.name}+{other.key_id.hex()}"]


def test_no_export_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(BadExport):
        verify(Export(tmp_path), BUREAU.verifier)


@pytest.mark.parametrize(
    ("asked", "quorum", "fault"),
    [
        ([BUREAU], None, None),
        ([BUREAU, NEIGHBOUR], 1, None),
        ([BUREAU, NEIGHBOUR], None, "checkpoint: 1 of 2 witnesses cosigned; not neighbour"),
        ([NEIGHBOUR], None, "checkpoint: 0 of 1 witnesses cosigned; not neighbour"),
    ],
)
def test_witnesses_are_asked_for(
    asked: list[Signer], quorum: int | None, fault: str | None, exported: Exported, tmp_path: Path
) -> None:
    at = exported.copy(tmp_path)
    note = parse((at / "checkpoint").read_bytes())
    cosigned = Note(note.text, (*note.lines, BUREAU.sign(note.text, 1_790_000_000)))
    (at / "checkpoint").write_bytes(str(cosigned).encode())
    keys = [one.verifier for one in asked]
    verdict = verify(Export(at), exported.key, witnesses=keys, quorum=quorum)
    assert verdict.faults == ([] if fault is None else [fault])
    assert verdict.limits == []


def test_the_older_export_is_smaller(exported: Exported) -> None:
    assert judged(exported, exported.held).size == HELD


def test_a_second_process_finds_the_same(
    exported: Exported, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = exported.copy(tmp_path)
    line(at, 512, state='{"n":-1}')
    alone = judged(exported, at)
    monkeypatch.setattr(events, "BESIDE", 100)
    beside = judged(exported, at)
    assert beside.faults == alone.faults
    assert beside.faults == [
        "position 512: its state in events.ndjson is not the one that was sealed"
    ]
    assert judged(exported, exported.now).ok
