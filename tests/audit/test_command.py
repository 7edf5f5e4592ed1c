"""`quanke audit` and `quanke export` as commands: what they print, and their exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli import main
from eventlog.tlog.keyfile import private_key
from eventlog.tlog.notes import COSIGNATURE, Signer
from tests.eventlog.exported import COUNT, HELD, Exported, make
from tests.process.commands import ENV


@pytest.fixture(scope="module")
def exported(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return make(postgres, template, tmp_path_factory.mktemp("exported"))


def test_a_good_export_is_0_and_says_what_holds(
    exported: Exported, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--vkey", str(exported.key), "--since", str(exported.held)]
    assert main(["audit", "verify", str(exported.now), *given]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"ok: {COUNT} entries give the signed root of {exported.key.name}",
        f"ok: {COUNT} events are what their entries commit to",
        f"ok: it extends the checkpoint of {HELD} events held before",
    ]


def test_a_bad_one_is_2_and_says_why(
    exported: Exported, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vkey = tmp_path / "vkey.txt"
    vkey.write_text(f"{exported.key}\n")
    given = ["--vkey", str(vkey), "--since", str(exported.now), "--json"]
    assert main(["audit", "verify", str(exported.held), *given]) == 2
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["size"]) == (False, HELD)
    assert said["faults"] == ["position 301: gone, with all up to 600; they had been signed"]


def test_a_witness_that_did_not_cosign_is_2(
    exported: Exported, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    witness = Signer("bureau", private_key(tmp_path / "k"), COSIGNATURE).verifier
    given = ["--vkey", str(exported.key), "--witness", str(witness)]
    assert main(["audit", "verify", str(exported.now), *given]) == 2
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "BAD: checkpoint: 0 of 1 witnesses cosigned; not bureau"


BAD_CALLS = {
    "no key": ("verify", "EXPORT", "--vkey", "nonsense"),
    "no export": ("verify", "/nowhere", "--vkey", "KEY"),
    "no receipt": ("receipt", "/nowhere", "--vkey", "KEY"),
}


@pytest.mark.parametrize("what", BAD_CALLS)
def test_what_can_not_be_judged_is_1(
    what: str, exported: Exported, capsys: pytest.CaptureFixture[str]
) -> None:
    words = {"EXPORT": str(exported.now), "KEY": str(exported.key)}
    assert main(["audit", *(words.get(word, word) for word in BAD_CALLS[what])]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("quanke: ")
    assert "Traceback" not in said.err


def exports(exported: Exported, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "api", "export", *arguments],
        env={**ENV, "DATABASE_URL": exported.dsn},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_export_is_not_written_over_another(exported: Exported) -> None:
    done = exports(exported, str(exported.now))
    assert (done.returncode, done.stdout) == (1, "")
    assert "is not empty: name a new directory" in done.stderr


def test_an_export_is_for_its_owner_alone_and_may_leave_the_events_out(
    exported: Exported, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = tmp_path / "proof"
    assert exports(exported, str(at), "--proof-only").returncode == 0
    assert at.stat().st_mode & 0o777 == 0o700
    assert sorted(one.name for one in at.iterdir()) == ["checkpoint", "tile"]
    assert main(["audit", "verify", str(at), "--vkey", str(exported.key)]) == 0
    assert "not checked: the events themselves" in capsys.readouterr().out
