"""The corpus of tampering, all of it: `quanke check tamper` on a small log."""

from pathlib import Path

import pytest

from api.check import tamper
from eventlog.audit.verify import Verdict


@pytest.mark.timeout(300)
async def test_every_attack_is_found_and_honest_growth_accepted(
    database: str, tmp_path: Path
) -> None:
    found = await tamper.run(database, tmp_path)
    assert tamper.judge(found) == []
    assert set(found) == {"", *tamper.ATTACKS}


def test_a_judge_that_misses_an_attack_is_noticed() -> None:
    blind = Verdict()
    attack = tamper.ATTACKS["alter the payload"]
    missed = tamper.Judged(blind, blind, blind, cosigned=True)
    assert len(tamper.complaints("it", attack, missed)) == 5
