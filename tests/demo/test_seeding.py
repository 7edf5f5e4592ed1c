"""Seeding is done once, and an interrupted one goes on where it stopped."""

import pytest

from api.demo import seeding
from api.demo.seeding import founded_at, seed, told
from eventlog.record import Position
from tests.demo.retold import NOW, Place, Watched, empty


async def _seed(place: Place) -> None:
    await seed(place.dispatcher, place.log, place.reference, NOW, days_back=6, a_year=3_000)


async def test_a_second_seeding_changes_nothing() -> None:
    place = empty()
    assert await founded_at(place.log) is None
    await _seed(place)
    head = await place.log.head()
    assert head > 8_456
    assert told(place.reference)
    await _seed(place)
    assert await place.log.head() == head


async def test_an_interrupted_seeding_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    place = empty()
    broken: list[Watched] = []

    class Breaking(Watched):
        def __init__(self, dispatcher: object) -> None:
            # the first is for the year, the second founds
            super().__init__(place.dispatcher, most=None if broken else 150)
            broken.append(self)

    with monkeypatch.context() as patch:
        patch.setattr(seeding, "DispatchedCases", Breaking)
        with pytest.raises(ExceptionGroup):
            await _seed(place)
    interrupted = await place.log.head()
    assert interrupted > 8_455
    assert not told(place.reference)
    await _seed(place)
    assert told(place.reference)
    recorded = await place.log.read_all(Position(0), 1_000_000)
    commands = {(one.command_id, one.command_index) for one in recorded}
    assert len(commands) == len(recorded)
    reported = [one for one in recorded if one.topic == "case.reported"]
    assert len({one.stream for one in reported}) == len(reported) > 30
