"""`quanke quarantine list|retry|skip`: events a read model could not apply."""

import getpass
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from cyclopts import App

from api.cli.failure import Failed
from api.cli.options import Data, read_settings, wait_for
from api.database import database
from api.settings import Settings
from migrations import migrate
from projections import release
from projections.port import ReadModel
from projections.rebuild import UnknownReadModel, named
from projections.release import NothingHeld, Released

T = TypeVar("T")

app: Final = App(
    name="quarantine",
    help="List, retry or skip events that a read model could not apply.",
    result_action="return_value",
)


@app.command(name="list")
def listed(*, data: Data = None) -> None:
    """Print what is held back, one event per line, with the error."""
    held = wait_for(_on(read_settings(data), lambda dsn: release.listed(dsn, named([]))))
    for row in held:
        why = row.error or row.reason
        print(f"{row.read_model}\t{row.position}\t{row.state}\t{row.stream}\t{row.topic}\t{why}")


@app.command
def retry(*names: str, data: Data = None) -> int:
    """Apply held streams again, after what was wrong has been mended.

    Parameters
    ----------
    names
        Which read models; all when left out.
    """
    models = _named(names)
    return _tell(wait_for(_on(read_settings(data), lambda dsn: release.retry(dsn, models))))


@app.command
def skip(name: str, position: int, *, reason: str, data: Data = None) -> int:
    """Decide that a poison event changes nothing in a read model; its stream goes on.

    Parameters
    ----------
    name
        The read model.
    position
        Where the event lies in the log.
    reason
        Why; it stays on record.
    """
    (model,) = _named([name])
    by = f"system:{getpass.getuser()}"
    try:
        done = wait_for(
            _on(read_settings(data), lambda dsn: release.skip(dsn, model, position, reason, by))
        )
    except (NothingHeld, ValueError) as error:
        raise Failed(str(error)) from error
    return _tell(done)


def _named(names: "list[str] | tuple[str, ...]") -> list[ReadModel]:
    try:
        return named(names)
    except UnknownReadModel as error:
        raise Failed(str(error)) from error


async def _on(settings: Settings, work: Callable[[str], Awaitable[T]]) -> T:
    async with database(settings, "quarantine") as dsn:
        await migrate(dsn)
        return await work(dsn)


def _tell(done: list[Released]) -> int:
    """Print what became of each stream; 1 when some stay held."""
    for one in done:
        said = f"still held: {one.error}" if one.error else f"{one.events} events applied"
        print(f"{one.read_model}\t{one.stream}\t{said}")
    return int(any(one.error for one in done))
