"""The kill check in its short form: three kills and the control.

The long form, with fifty kills and the load asserted, is `quanke check kill`; here only
what must hold under any load is.
"""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import pytest

from api.check import kill
from api.check.kill import check, control
from api.check.load import Answers
from api.check.running import Running
from api.settings import REPOSITORY
from tests.process.commands import started

SEED = 20_261_123
CLIENTS = 16
LOAD_S = (0.2, 1.0)
"""From the first answer of a round to its kill, at random."""


@pytest.fixture(autouse=True)
def imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start platforms without the seconds that importing takes; the long form starts whole ones."""

    def begun(
        arguments: Sequence[str], *, timeout_s: float, env: Mapping[str, str], stderr: BinaryIO
    ) -> Running:
        return started(*arguments, err=Path(stderr.name), **env)

    monkeypatch.setattr(kill, "start", begun)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_whoever_is_killed() -> None:
    rounds, found, proven = check(3, SEED, CLIENTS, per_s=0, load_s=LOAD_S)
    assert sorted(one.victim.split()[0] for one in rounds) == ["app", "backend", "sealer"]
    assert all(one.in_flight > 0 for one in rounds)
    assert found.acknowledged > CLIENTS
    assert (found.lost, found.doubled, found.gaps, found.broken_streams) == (0, 0, 0, 0)
    assert proven.faults == ()
    assert proven.heads >= 3
    assert proven.sealed == found.events


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_check_notices_lost_commands() -> None:
    assert control(seed=SEED, clients=CLIENTS) > 0


def test_answers_are_counted_once_however_they_come(tmp_path: Path) -> None:
    answers = Answers(tmp_path / "acknowledged")
    assert answers.count() == 0
    with (tmp_path / "acknowledged").open("ab", buffering=0) as file:
        for written, whole in ((b'["a",1]\n["b"', 1), (b",2]\n", 2), (b"", 2), (b"[]\n[]\n", 4)):
            file.write(written)
            assert answers.count() == whole


CHECKER = """
import subprocess, sys, time
from pathlib import Path
from api.check.kill import witness
from api.check.witness import Plan
home = sys.argv[1]
with witness(Plan("127.0.0.1", 1, "", 1, 1, ["g"], ["c"], home + "/a", home + "/t")) as process:
    print(process.pid, flush=True)
    time.sleep(60)
"""


def test_a_witness_ends_with_who_asked_for_it(tmp_path: Path) -> None:
    checker = subprocess.Popen(
        [sys.executable, "-c", CHECKER, str(tmp_path)], cwd=REPOSITORY, stdout=subprocess.PIPE
    )
    assert checker.stdout is not None
    witness = Path(f"/proc/{int(checker.stdout.readline())}")
    assert witness.exists()
    checker.kill()
    checker.wait(30)
    checker.stdout.close()
    give_up = time.monotonic() + 30
    while witness.exists():
        assert time.monotonic() < give_up, "the witness lives on"
        time.sleep(0.01)
