"""The corpus of tampering, all of it: `quanke check tamper` on a small log, and Go's judgement."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from api.check import tamper
from eventlog.audit.verify import Verdict
from tests.audit.go import build, says
from tests.databases import clone


@pytest.fixture(scope="module")
def corpus(
    postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, tamper.Judged], Path]:
    """Every attack carried out once; what our judges said, and the exports they judged."""
    name, home = f"quanke_tamper_{uuid4().hex[:8]}", tmp_path_factory.mktemp("tamper")
    dsn = clone(postgres, template, name)
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(tamper.run(dsn, home)), home
    finally:
        loop.close()


@pytest.mark.timeout(300)
def test_every_attack_is_found_and_honest_growth_accepted(
    corpus: tuple[dict[str, tamper.Judged], Path],
) -> None:
    found, _ = corpus
    assert tamper.judge(found) == []
    assert set(found) == {"", *tamper.ATTACKS}
    assert len(tamper.unseen(found)) == 3
    assert all("stolen key" in name for name in tamper.unseen(found))


@pytest.mark.timeout(300)
def test_a_judge_in_go_finds_the_same(
    corpus: tuple[dict[str, tamper.Judged], Path], tmp_path: Path
) -> None:
    found, home = corpus
    verifier, held = build(tmp_path), home / "held" / "checkpoint"
    vkey = (home / "vkey").read_text()
    for number, (name, judged) in enumerate(found.items()):
        export = home / str(number) / "export"
        assert says(verifier, export, vkey)[0] == (0 if judged.alone.ok else 1), name
        code, said = says(verifier, export, vkey, held)
        assert code == (1 if name else 0), f"{name}: {said}"


def test_a_judge_that_misses_an_attack_is_noticed() -> None:
    blind = Verdict()
    attack = tamper.ATTACKS["alter the payload"]
    missed = tamper.Judged(blind, blind, blind, cosigned=True)
    assert len(tamper.complaints("it", attack, missed)) == 6
