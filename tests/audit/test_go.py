"""What Go's x/mod makes of our exports: the same root, the same proofs, the same verdicts."""

from pathlib import Path

import asyncpg
import pytest

from eventlog import seals
from eventlog.tlog.tiles import bundle, unbundle
from eventlog.tlog.tree import leaf
from tests.audit.go import ROOT, build, says
from tests.eventlog.exported import COUNT, HELD, Exported, make


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("go"))


@pytest.fixture(scope="module")
def exported(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return make(postgres, template, tmp_path_factory.mktemp("exported"))


def test_it_finds_our_root_in_our_entries(verifier: Path, exported: Exported) -> None:
    code, said = says(verifier, exported.now, exported.key, exported.held / "checkpoint")
    assert code == 0, said
    assert said.startswith(f"OK: {COUNT} entries give the signed root ")
    assert said.endswith(f"OK: extends the checkpoint of {HELD} entries\n")


def test_it_made_the_vectors(verifier: Path) -> None:
    _, said = says(verifier, "vectors")
    assert said == (ROOT / "tests" / "vectors" / "tlog.json").read_text("utf-8")


async def test_it_accepts_our_receipts(verifier: Path, exported: Exported, tmp_path: Path) -> None:
    async def write(position: int) -> str:
        connection = await asyncpg.connect(exported.dsn)
        try:
            (entry,) = await seals.entries(connection, position, position)
            return str(await seals.receipt(connection, position, entry))
        finally:
            await connection.close()

    for position in (1, 256, 257, HELD, COUNT):
        path = tmp_path / f"{position}.tlog-proof"
        text = await write(position)
        path.write_text(text)
        code, said = says(verifier, "receipt", path, exported.key)
        assert (code, said.splitlines()[-1]) == (0, f"lies at position {position} of {COUNT}")
        path.write_text(text.replace("\nindex", "\nindex 1\nindex", 1))
        assert says(verifier, "receipt", path, exported.key)[0] == 1


def forge(at: Path, with_tile: bool) -> None:
    """Change the entry of position 300, and its tile with it."""
    path = at / "tile" / "entries" / "001"
    entries = unbundle(path.read_bytes())
    entries[43] = entries[43].replace(b"acc-7f3a", b"acc-0000")
    path.write_bytes(bundle(entries))
    if with_tile:
        hashes = b"".join(leaf(entry) for entry in entries)
        (at / "tile" / "0" / "001").write_bytes(hashes)


def test_it_names_a_forged_entry(verifier: Path, exported: Exported, tmp_path: Path) -> None:
    at = exported.copy(tmp_path)
    forge(at, with_tile=False)
    code, said = says(verifier, at, exported.key)
    assert (code, said) == (1, "BAD: position 300: the entry is not the one of its tile\n")


def test_it_is_not_deceived_by_leaf_and_tile_together(
    verifier: Path, exported: Exported, tmp_path: Path
) -> None:
    at = exported.copy(tmp_path)
    forge(at, with_tile=True)
    code, said = says(verifier, at, exported.key)
    assert code == 1
    assert "another root than the one that was signed" in said


def test_it_refuses_another_past_and_another_key(
    verifier: Path, exported: Exported, tmp_path: Path
) -> None:
    code, said = says(verifier, exported.held, exported.key, exported.now / "checkpoint")
    assert (code, said.splitlines()[-1]) == (
        1,
        "BAD: positions 301 to 600 are gone: 600 were signed before",
    )
    other = str(exported.key).replace("/1+", "/2+")
    assert says(verifier, exported.now, other)[0] == 1
