"""What is signed: notes, checkpoints, receipts, the key file."""

import json
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from eventlog.tlog.checkpoint import Checkpoint, checkpoint_of, opened, signed
from eventlog.tlog.keyfile import SignerKeyError, private_key
from eventlog.tlog.notes import (
    COSIGNATURE,
    BadNote,
    Line,
    Note,
    Signer,
    parse,
    parse_vkey,
    require,
    seen_at,
    signers,
)
from eventlog.tlog.proofs import BadProof, hash_of, inclusion
from eventlog.tlog.receipt import Receipt, check_receipt, parse_receipt
from eventlog.tlog.tree import Edge, leaf

VECTOR: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "tlog.json").read_text("utf-8")
)
NAME = "0b6d8a1e-1111-4222-8333-444455556666/1"
SEED = b"quanke test vector seed, 32 byte"
LOG = Signer(NAME, Ed25519PrivateKey.from_private_bytes(SEED))
WITNESS = Signer("bureau.example/w", Ed25519PrivateKey.from_private_bytes(SEED[::-1]), COSIGNATURE)
HEAD = Checkpoint(NAME, 600, bytes.fromhex(VECTOR["some_roots"]["600"]))


def test_a_signed_checkpoint_is_byte_for_byte_that_of_go() -> None:
    assert str(LOG.verifier) == VECTOR["note"]["vkey"]
    assert str(signed(HEAD, LOG)) == VECTOR["note"]["signed"]
    assert opened(VECTOR["note"]["signed"].encode(), parse_vkey(VECTOR["note"]["vkey"])) == HEAD


def test_a_witness_adds_its_line_and_says_when() -> None:
    note = signed(HEAD, LOG)
    both = Note(note.text, (*note.lines, WITNESS.sign(note.text, 1_700_000_000)))
    again = parse(str(both).encode())
    found = signers(again, [LOG.verifier, WITNESS.verifier])
    assert [key.name for key, _ in found] == [NAME, "bureau.example/w"]
    assert [seen_at(line) for _, line in found] == [0, 1_700_000_000]
    assert opened(again, LOG.verifier) == HEAD
    assert parse_vkey(str(WITNESS.verifier)) == WITNESS.verifier


def test_a_cosignature_is_not_valid_for_another_time() -> None:
    line = WITNESS.sign(str(HEAD), 5)
    moved = Line(line.name, line.key_id, bytes(7) + b"\x06" + line.signature[8:])
    assert WITNESS.verifier.verifies(str(HEAD), line.signature)
    assert not WITNESS.verifier.verifies(str(HEAD), moved.signature)
    assert not WITNESS.verifier.verifies(str(HEAD), line.signature[:8])


def test_lines_of_unknown_keys_and_algorithms_are_passed_over() -> None:
    note = signed(HEAD, LOG)
    strange = Line("sm2.example", b"\x01\x02\x03\x04", b"whatever that is")
    assert opened(Note(note.text, (strange, *note.lines)), LOG.verifier) == HEAD


def test_a_note_nobody_known_has_signed_is_refused() -> None:
    with pytest.raises(BadNote, match="not signed by"):
        require(signed(HEAD, WITNESS), LOG.verifier)


def test_a_broken_signature_of_a_known_key_is_refused() -> None:
    note = signed(HEAD, LOG)
    larger = Note(note.text.replace("600", "601"), note.lines)
    with pytest.raises(BadNote, match="not over this text"):
        opened(larger, LOG.verifier)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(BadNote, match="the key of"):
        opened(signed(Checkpoint("other/1", 1, bytes(32)), LOG), LOG.verifier)


GOOD = VECTOR["note"]["signed"]
BAD_NOTES = {
    "empty": b"",
    "no signature": b"text\n",
    "no text": "\n\n— a YWJjZGVm\n".encode(),
    "no newline at the end": GOOD.encode()[:-1],
    "control character": GOOD.replace("600", "600\t").encode(),
    "not UTF-8": b"\xff\n\n",
    "no dash": GOOD.replace("— ", "- ").encode(),
    "not base64": GOOD.replace("DQU=", "DQ").encode(),
    "too short": "text\n\n— name YWI=\n".encode(),
    "too long": b"x" * 100_001,
    "blank line at the end": (GOOD + "\n").encode(),
}


@pytest.mark.parametrize("bad", BAD_NOTES)
def test_no_other_form_is_a_note(bad: str) -> None:
    with pytest.raises(BadNote):
        parse(BAD_NOTES[bad])


BAD_HEADS = {
    "two lines": "a\n1\n",
    "leading zero": f"a\n01\n{b64encode(bytes(32)).decode()}\n",
    "negative": f"a\n-1\n{b64encode(bytes(32)).decode()}\n",
    "short root": f"a\n1\n{b64encode(bytes(31)).decode()}\n",
    "not base64": "a\n1\n*\n",
    "empty origin": f"\n1\n{b64encode(bytes(32)).decode()}\n",
    "empty extension": f"a\n1\n{b64encode(bytes(32)).decode()}\n\nx\n",
}


@pytest.mark.parametrize("bad", BAD_HEADS)
def test_no_other_text_is_a_checkpoint(bad: str) -> None:
    with pytest.raises(BadNote):
        checkpoint_of(Note(BAD_HEADS[bad], ()))


def test_extension_lines_are_let_pass() -> None:
    assert checkpoint_of(Note(f"{HEAD}more\n", ())) == HEAD


BAD_VKEYS = (
    "", "name", f"name+00000000+{b64encode(b'x' * 33).decode()}", "name+00000000+*",
    VECTOR["note"]["vkey"].replace("/1+", "/2+"), VECTOR["note"]["vkey"][:-4],
)  # fmt: skip


@pytest.mark.parametrize("bad", BAD_VKEYS)
def test_no_other_text_is_a_vkey(bad: str) -> None:
    with pytest.raises(BadNote):
        parse_vkey(bad)


def receipt(index: int, extra: bytes = b"") -> Receipt:
    edge, tiles = Edge(), {}
    for level, n, hashes in edge.extend([leaf(b"%d" % number) for number in range(600)]):
        tiles[level, n] = hashes
    tiles |= {(level, n): hashes for level, n, hashes in edge.partial()}
    path = tuple(hash_of(*one, tiles) for one in inclusion(index, 600))
    return Receipt(index, path, signed(HEAD, LOG), extra)


@pytest.mark.parametrize("index", [0, 299, 599])
def test_a_receipt_proves_its_entry_and_no_other(index: int) -> None:
    made = receipt(index, b"%d" % index)
    again = parse_receipt(str(made).encode())
    assert again == made
    assert check_receipt(again, again.extra, LOG.verifier) == HEAD
    with pytest.raises(BadProof):
        check_receipt(again, b"another", LOG.verifier)
    with pytest.raises(BadNote):
        check_receipt(again, again.extra, WITNESS.verifier)


def test_a_receipt_has_its_form() -> None:
    lines = str(receipt(5)).split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 5"]
    assert lines[2:].index("") == 10
    for bad in ("", "index 5\n\nx", str(receipt(5)).replace("index 5", "index 05")):
        with pytest.raises(BadNote):
            parse_receipt(bad.encode())


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "sealer" / "log.key"
    first = private_key(path).private_bytes_raw()
    assert private_key(path).private_bytes_raw() == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["log.key"]
    path.chmod(0o640)
    with pytest.raises(SignerKeyError, match="chmod 600"):
        private_key(path)


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "k").write_text("no key")
    (tmp_path / "k").chmod(0o600)
    with pytest.raises(SignerKeyError, match="not a private key"):
        private_key(tmp_path / "k")


def test_openssl_reads_the_key(tmp_path: Path) -> None:
    key = private_key(tmp_path / "k")
    said = subprocess.run(
        ["openssl", "pkey", "-in", str(tmp_path / "k"), "-pubout", "-outform", "DER"],
        capture_output=True,
        check=True,
    ).stdout
    assert said[-32:] == key.public_key().public_bytes_raw()
