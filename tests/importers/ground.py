"""A log in memory with the real dispatcher on it, and short ways to look into it."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from api.dispatch.dispatcher import Dispatcher
from api.importers.load import Summary, import_file
from api.reference import Reference
from domain.event import DomainEvent, Meta
from domain.streams import imported_case_stream
from domain.topics import decode, decode_meta
from eventlog.memory import MemoryLog
from eventlog.record import Position, Recorded
from eventlog.vault import Vault
from tests.importers.forms import FIXTURES


@dataclass
class MemoryGround:
    """What `import_file` stands on, without a database."""

    log: MemoryLog = field(default_factory=MemoryLog)
    vault: Vault = field(default_factory=Vault.in_memory)
    reference: Reference = field(default_factory=Reference)
    dispatcher: Dispatcher = field(init=False)

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(self.log, self.reference, self.vault, secret=b"s" * 32)

    async def take(self, name: str | Path, source: str, timezone: str | None = None) -> Summary:
        return await import_file(self, FIXTURES / name, source, timezone)

    async def all(self) -> list[Recorded]:
        return await self.log.read_all(Position(0), 10_000)

    async def of(self, source: str, source_id: str) -> list[tuple[DomainEvent, Meta]]:
        """The events of one case with their envelopes."""
        recorded = await self.log.read_stream(imported_case_stream(source, source_id))
        return [(decode(r.topic, r.schema, r.state), decode_meta(r.meta)) for r in recorded]

    async def topics(self, source: str, source_id: str) -> list[str]:
        return [event.TOPIC for event, _ in await self.of(source, source_id)]

    async def counted(self) -> Counter[str]:
        return Counter(recorded.topic for recorded in await self.all())
