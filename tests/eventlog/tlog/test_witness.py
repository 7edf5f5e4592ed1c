"""A witness: each answer of the specification, and that no history but one is cosigned."""

from base64 import b64encode
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from eventlog.tlog.checkpoint import Checkpoint, signed
from eventlog.tlog.held import Held
from eventlog.tlog.notes import COSIGNATURE, Note, Signer, parse, parse_lines, seen_at, signers
from eventlog.tlog.proofs import consistency, hash_of
from eventlog.tlog.tree import EMPTY_ROOT, Edge, leaf
from eventlog.tlog.witness import SIZE_TYPE, Witness

NOW = 1_790_000_000
LOG = Signer("cell/1", Ed25519PrivateKey.from_private_bytes(bytes(32)))
OTHER = Signer("cell/1", Ed25519PrivateKey.from_private_bytes(b"x" * 32))
STRANGE = Signer("other/1", Ed25519PrivateKey.from_private_bytes(bytes(32)))
MINE = Signer("bureau", Ed25519PrivateKey.from_private_bytes(b"w" * 32), COSIGNATURE)


def tiles(count: int, fork_at: int = 10_000) -> dict[tuple[int, int], bytes]:
    edge = Edge()
    entries = [b"%d" % number if number < fork_at else b"x" for number in range(count)]
    full = edge.extend([leaf(entry) for entry in entries])
    found = {(level, n): hashes for level, n, hashes in full}
    return found | {(level, n): hashes for level, n, hashes in edge.partial()}


TREE = tiles(1000)
FORK = tiles(900, fork_at=700)
"""The same up to 700 events, then another history."""


def head(size: int, signer: Signer = LOG, tree: dict[tuple[int, int], bytes] = TREE) -> Note:
    root = hash_of(0, size, tree) if size else EMPTY_ROOT
    return signed(Checkpoint(signer.verifier.name, size, root), signer)


def proof(old: int, new: int, tree: dict[tuple[int, int], bytes] = TREE) -> Sequence[bytes]:
    return [hash_of(*one, tree) for one in consistency(old, new)]


def body(old: int, path: Sequence[bytes], note: Note) -> bytes:
    lines = [f"old {old}", *(b64encode(one).decode() for one in path)]
    return ("\n".join(lines) + f"\n\n{note}").encode()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    """A witness that has cosigned 600 events."""
    made = Witness(MINE, [LOG.verifier], Held(tmp_path), lambda: NOW)
    assert made.add_checkpoint(body(0, [], head(600))).status == HTTPStatus.OK
    return made


def test_it_cosigns_what_extends_what_it_knows(witness: Witness) -> None:
    answer = witness.add_checkpoint(body(600, proof(600, 1000), head(1000)))
    assert answer.status == HTTPStatus.OK
    note = Note(head(1000).text, tuple(parse_lines(answer.body)))
    ((key, line),) = signers(note, [MINE.verifier])
    assert (key.name, seen_at(line)) == ("bureau", NOW)
    assert witness.last("cell/1").size == 1000


def test_it_says_again_what_it_said(witness: Witness) -> None:
    assert witness.add_checkpoint(body(600, [], head(600))).status == HTTPStatus.OK


def test_it_remembers_across_a_restart(witness: Witness, tmp_path: Path) -> None:
    again = Witness(MINE, [LOG.verifier], Held(tmp_path))
    assert again.last("cell/1").size == 600
    assert parse(Held(tmp_path).path("cell/1").read_bytes()) == head(600)


def forked() -> bytes:
    """The end of another history, signed with the log's own key, and its honest proof."""
    return body(600, proof(600, 900, FORK), head(900, tree=FORK))


REFUSALS = {
    "another size than the last": (body(500, proof(500, 1000), head(1000)), 409),
    "never seen before, it says": (body(0, [], head(1000)), 409),
    "smaller than before": (body(500, proof(500, 550), head(550)), 409),
    "same size, another root": (body(600, [], head(600, tree=tiles(600, 500))), 409),
    "a fork": (body(600, proof(600, 900), head(900, tree=tiles(900, 500))), 422),
    "a proof too short": (body(600, proof(600, 1000)[:-1], head(1000)), 422),
    "no proof": (body(600, [], head(1000)), 422),
    "a proof for nothing": (body(600, [bytes(32)], head(600)), 422),
    "unknown log": (body(0, [], head(600, STRANGE)), 404),
    "another key": (body(600, proof(600, 1000), head(1000, OTHER)), 403),
    "text changed after signing": (
        body(600, [], head(1000)).replace(b"\n1000\n", b"\n1001\n"),
        403,
    ),
    "old larger than new": (body(600, [], head(500)), 400),
    "not a note": (b"old 600\n\nhello", 400),
    "not a size": (body(600, [], head(1000)).replace(b"old 600", b"old 0600"), 400),
    "not base64": (b"old 600\n***\n\n" + str(head(1000)).encode(), 400),
    "too long a proof": (body(600, [bytes(32)] * 64, head(1000)), 400),
    "nothing": (b"", 400),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_it_refuses_and_forgets_nothing(what: str, witness: Witness) -> None:
    asked, status = REFUSALS[what]
    answer = witness.add_checkpoint(asked)
    assert answer.status == status, answer.body
    assert "bureau" not in answer.body
    if status == HTTPStatus.CONFLICT:
        assert (answer.body, answer.media_type) == ("600\n", SIZE_TYPE)
    assert witness.last("cell/1").size == 600
    assert witness.last("other/1").size == 0


def test_a_fork_is_refused_by_whoever_has_seen_the_first_side(witness: Witness) -> None:
    assert witness.add_checkpoint(body(600, proof(600, 800), head(800))).status == HTTPStatus.OK
    assert witness.add_checkpoint(forked()).status == HTTPStatus.CONFLICT
    wrong = body(800, proof(800, 900, FORK), head(900, tree=FORK))
    assert witness.add_checkpoint(wrong).status == HTTPStatus.UNPROCESSABLE_ENTITY
