"""Every figure, worked out again by other code from the events it names, is the same."""

import random
from uuid import UUID

import asyncpg
import pytest

from api.check import refold
from api.check.why import Again
from bench.histories import HOUR, START
from projections.as_of import At, resolve
from projections.figures.definitions import VERSIONS, Definition, Duration
from projections.figures.queries import Level, Window, figures
from projections.figures.why import Part, counted, looked_at, references
from projections.reading import standing

YEAR = Window(START, START + 400 * 24 * HOUR)
NARROW = Window(START + 20 * HOUR, START + 70 * HOUR)


async def moment(told: asyncpg.Connection, **asked: int) -> At:
    return await resolve(told, await standing(told), **asked)


@pytest.mark.parametrize("window", [YEAR, NARROW], ids=["year", "narrow"])
@pytest.mark.parametrize("level", Level)
async def test_every_figure_refolds_from_the_events_it_names(
    told: asyncpg.Connection, level: Level, window: Window
) -> None:
    head = (await standing(told)).position
    rng = random.Random(f"{level} {window.start}")
    for asked in (
        {"position": head},
        {"position": rng.randrange(head // 3, head)},
        {"effective_at": START + rng.randrange(30, 90) * HOUR},
    ):
        at = await moment(told, **asked)
        again = Again(told, window, at)
        rows = await figures(told, window, level, at=at, in_clocks=False)
        keys = sorted({row.key for row in rows})
        some = set(rng.sample(keys, min(len(keys), 6)))
        wrong = [line async for line in again.disagreements(level, keys=some)]
        assert wrong == [], asked
        assert again.checked == len(some) * len(VERSIONS)
        assert again.events


async def test_pages_of_counted_cases_join_up_and_tell_the_numerator(
    told: asyncpg.Connection,
) -> None:
    at = await moment(told, position=(await standing(told)).position)
    (row,) = await figures(told, YEAR, Level.DISTRICT, at=at, codes=["K6"])
    definition = VERSIONS["K6@1"]
    assert isinstance(definition, Definition)
    found: list[tuple[UUID, bool]] = []
    after: UUID | None = None
    while page := await counted(
        told, definition, Part.DENOMINATOR, YEAR, scope="371602.", at=at, after=after, limit=7
    ):
        found += [(one.id, one.in_numerator) for one in page]
        after = page[-1].id
    assert len({case for case, _ in found}) == len(found) == row.denominator
    assert sum(good for _, good in found) == row.numerator > 0
    numerator = await counted(told, definition, Part.NUMERATOR, YEAR, at=at, limit=1_000)
    assert {one.id for one in numerator} == {case for case, good in found if good}
    left_out = await counted(told, definition, Part.LEFT_OUT, YEAR, at=at, limit=1_000)
    assert len(left_out) == row.left_out > 0


def test_a_definition_says_what_it_looks_at() -> None:
    looked = {
        name: looked_at(one)
        for name, one in VERSIONS.items()
        if isinstance(one, Definition | Duration)
    }
    assert looked["K3@1"] == {"filed_at", "cancelled", "scope", "department"}
    assert {"handled_at", "handle_due", "forced", "exercise"} <= looked["K6@1"]
    assert "clocks" in looked["K15.total@2"]
    assert "clocks" not in looked["K15.total@1"]


def test_a_refold_that_is_given_less_finds_something_else() -> None:
    """The check can fail: without one event that sets a milestone the figure is another."""
    from bench.histories import story
    from projections.seen import Seen

    told = story(1)
    seen = [
        Seen(at, one.stream, one.version, one.event.TOPIC, one.event, "x", one.meta, 0)
        for at, one in enumerate(told.steps, 1)
    ]
    named = {one.seen.position: one for one in references(told.stream, seen)}
    assert 0 < len(named) < len(seen)
    reads = [
        refold.read(one.event.TOPIC, one.new().state, one.new().meta)
        for at, one in enumerate(told.steps, 1)
        if at in named
    ]
    whole = refold.worked_out(reads)
    filed = [one for one in reads if one.topic != "case.filed"]
    assert refold.worked_out(filed) != whole
    assert refold.worked_out(reads) == whole
