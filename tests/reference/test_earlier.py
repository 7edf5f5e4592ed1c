"""The district of an earlier moment is folded once for as long as nothing in it changes."""

from typing import Final

import pytest

from api.reference import Reference
from api.reference.earlier import Earlier
from domain.actor import Role
from domain.directory.events import AreaNamed, WorkerAppointed
from domain.event import Meta
from domain.streams import area_stream, worker_stream
from domain.topics import encode
from eventlog.record import Position, Recorded
from projections.as_of import At

COMMAND: Final = area_stream("command")


def appended(position: int, event: AreaNamed | WorkerAppointed, at: int) -> Recorded:
    """An event of an area or of a worker, each in a stream of its own."""
    match event:
        case WorkerAppointed():
            stream = worker_stream(event.worker)
        case AreaNamed():
            stream = area_stream(event.code)
    meta = Meta(occurred_at=at, effective_at=at, role=Role.ADMINISTRATOR)
    return Recorded(
        position=Position(position), stream=stream, version=1, topic=event.TOPIC, schema=1,
        recorded_at=at, command_id=COMMAND, command_index=0, actor="a", meta=encode(meta),
        state=encode(event),
    )  # fmt: skip


class Log:
    """A log in memory that counts how often it is read from its beginning."""

    def __init__(self) -> None:
        self.events: list[Recorded] = []
        self.read = 0

    async def read_reference(self, after: Position, limit: int = 10_000) -> list[Recorded]:
        self.read += after == 0
        return [one for one in self.events if one.position > after][:limit]


@pytest.fixture
def told() -> tuple[Log, Reference]:
    """A district from instant 10, workers from 20, 30 and 40."""
    log, live = Log(), Reference()
    district = AreaNamed(code="1", scope="1.", level="district", name="x", name_en="x")
    log.events = [
        appended(1, district, 10),
        *(
            appended(n, WorkerAppointed(worker=f"w{n}", kind="full_time", scope="1."), n * 10)
            for n in (2, 3, 4)
        ),
    ]
    live.apply_all(log.events)
    return log, live


def moment(at: int, effective: bool) -> At:
    return At(position=at, clock=at, bound=at, effective_at=at if effective else None)


@pytest.mark.parametrize("effective", [True, False])
async def test_people_are_folded_once_for_moments_between_which_nobody_came(
    told: tuple[Log, Reference], effective: bool
) -> None:
    log, live = told
    earlier, step = Earlier(log, live), 10 if effective else 1

    async def workers(at: int) -> list[str]:
        return sorted((await earlier.all_at(moment(at, effective))).workers)

    assert await workers(2 * step) == ["w2"]
    for _ in range(3):
        assert await workers(3 * step) == ["w2", "w3"]
    assert log.read == 2
    assert await workers(4 * step) == await workers(9 * step) == ["w2", "w3", "w4"]
    assert log.read == 3
    assert await workers(2 * step) == ["w2"]
    assert log.read == 4


async def test_what_is_written_of_earlier_is_seen(told: tuple[Log, Reference]) -> None:
    log, live = told
    earlier = Earlier(log, live)
    assert sorted((await earlier.all_at(moment(25, True))).workers) == ["w2"]
    late = appended(5, WorkerAppointed(worker="w5", kind="full_time", scope="1."), 15)
    log.events.append(late)
    live.apply(late)
    assert sorted((await earlier.all_at(moment(25, True))).workers) == ["w2", "w5"]
