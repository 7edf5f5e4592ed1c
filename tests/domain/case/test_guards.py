"""Each guard from both sides of its edge: what it refuses, with which facts, and what not."""

import pytest

from domain.case.refusals import RefusalCode
from tests.domain.case.tries import (
    checking,
    deadlines,
    dispatching,
    handling,
    links,
    reports,
    triage,
)
from tests.domain.case.tries.attempt import Try, tried

ALL = {
    "reports": reports.TRIES,
    "triage": triage.TRIES,
    "links": links.TRIES,
    "dispatching": dispatching.TRIES,
    "handling": handling.TRIES,
    "deadlines": deadlines.TRIES,
    "checking": checking.TRIES,
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{stage}-{index}-{case.command.NAME}-{case.says}")
        for stage, cases in ALL.items()
        for index, case in enumerate(cases)
    ],
)
def test_guard(case: Try) -> None:
    tried(case)


def test_every_refusal_code_is_met() -> None:
    met = {case.says for cases in ALL.values() for case in cases}
    in_the_triples = {
        "NO_SUCH_CASE", "CASE_EXISTS", "ROLE_NOT_ALLOWED", "NOT_YOUR_CASE",
        "NOT_FROM_SOURCE",
    }  # fmt: skip
    assert set(RefusalCode) - met == in_the_triples
