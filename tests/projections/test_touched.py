"""Folded in place or step by step, bit by bit or whole: the cases of a page are the same."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
from msgspec.structs import replace

from bench.histories import stories
from domain.event import CANARY
from eventlog.memory import MemoryLog
from eventlog.record import Position, Recorded, Write
from projections.case_facts.folding import Folding
from projections.case_facts.touched import Touched
from projections.decoding import Failure, seen_of
from projections.preparing import BIT, prepare
from projections.seen import Seen
from tests.projections.logs import ACTOR

PAGE = 3 * BIT + 7
Folded = dict[UUID, Touched]


@pytest.fixture(scope="module")
def told() -> list[Recorded]:
    async def tell() -> list[Recorded]:
        log = MemoryLog(lambda: 10**15)
        for number, step in enumerate(stories(200)):
            await log.append(
                UUID(int=number + 1), ACTOR, [Write(step.stream, step.version - 1, (step.new(),))]
            )
        return await log.read_all(Position(0), 100_000)

    return asyncio.run(tell())


async def folded(
    log: MemoryLog, seen: Sequence[Seen], size: int, *, stepwise: bool
) -> list[tuple[Folded, list[Failure]]]:
    folding = Folding(log, stepwise=stepwise)
    return [await folding.touch(seen[first : first + size]) for first in range(0, len(seen), size)]


def as_shown(pages: list[tuple[Folded, list[Failure]]]) -> list[object]:
    return [
        ([(s, t.before, t.after, [*t.steps], t.events) for s, t in touched.items()], failures)
        for touched, failures in pages
    ]


async def test_steps_asked_for_later_are_those_of_a_fold_step_by_step(told: list[Recorded]) -> None:
    seen, log = [seen_of(one) for one in told], MemoryLog(lambda: 0)
    for size in (1, 7, 500):
        at_once = await folded(log, seen, size, stepwise=True)
        in_place = await folded(log, seen, size, stepwise=False)
        assert as_shown(in_place) == as_shown(at_once)
    touched = [one for page, _ in in_place for one in page.values()]
    assert all(one.steps[-1] == one.after for one in touched)
    assert any(len(one.steps) > 5 for one in touched)


async def test_a_page_taken_in_bit_by_bit_is_the_page(told: list[Recorded]) -> None:
    log = MemoryLog(lambda: 0)
    page = told[:PAGE]
    prepared = await prepare(Folding(log, stepwise=False), page, 0, 0)
    whole, failures = await Folding(log, stepwise=True).touch([seen_of(one) for one in page])
    assert prepared.failures == () == tuple(failures)
    assert as_shown([(prepared.page.touched, [])]) == as_shown([(whole, [])])


@pytest.mark.parametrize("stepwise", [True, False])
async def test_an_event_that_fails_leaves_its_case_as_it_was_before(
    told: list[Recorded], *, stepwise: bool
) -> None:
    seen, log = [seen_of(one) for one in told[:PAGE]], MemoryLog(lambda: 0)
    longest = max({one.stream for one in seen}, key=lambda s: sum(one.stream == s for one in seen))
    mine = [one for one in seen if one.stream == longest]
    bad = [one if one is not mine[3] else replace(one, event=None) for one in seen]
    ((touched, failures),) = await folded(log, bad, PAGE, stepwise=stepwise)
    assert [(one.position, one.stream) for one in failures] == [(mine[3].position, longest)]
    ((whole, _),) = await folded(log, seen, PAGE, stepwise=True)
    assert touched[longest].after == whole[longest].steps[2]
    assert touched[longest].events == mine[:3]
    assert len(mine) > len(touched[longest].events) + 1
    rest = {stream: one for stream, one in whole.items() if stream != longest}
    del touched[longest]
    assert as_shown([(touched, [])]) == as_shown([(rest, [])])


async def test_a_first_event_that_fails_makes_no_case(told: list[Recorded]) -> None:
    first, *rest = [seen_of(one) for one in told[:PAGE]]
    seen = [replace(first, event=None), *rest]
    touched, failures = await Folding(MemoryLog(lambda: 0), stepwise=False).touch(seen)
    assert first.stream not in touched
    assert [failure.position for failure in failures] == [first.position]


async def test_no_case_is_made_of_a_canary(told: list[Recorded]) -> None:
    seen = [seen_of(one) for one in told[:PAGE]]
    canary = seen[0].stream
    seen = [
        replace(one, meta=replace(one.meta, basis=CANARY)) if one.stream == canary else one
        for one in seen
    ]
    touched, failures = await Folding(MemoryLog(lambda: 0)).touch(seen)
    assert canary not in touched
    assert failures == []
