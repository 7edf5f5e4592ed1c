"""What a leaf entry says, and whether the entries of a log can follow one another."""

import msgspec


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A leaf entry as docs/log-format.md freezes it."""

    v: int
    position: int
    stream: str
    version: int
    topic: str
    schema: int
    recorded_at: int
    command_id: str
    command_index: int
    actor: str
    meta_sha256: str
    state_sha256: str


DECODER = msgspec.json.Decoder(Entry)


class Order:
    """Walks entry by entry and says what can't be: what an honest log never writes."""

    def __init__(self) -> None:
        self._versions: dict[str, int] = {}
        self._recorded_at = 0
        self._command = ""
        self._index = -1

    def fault(self, entry: Entry) -> str | None:
        """Return what is wrong with an entry after the ones before it."""
        found = None
        before = self._versions.get(entry.stream, 0)
        expected = self._index + 1 if entry.command_id == self._command else 0
        if entry.version != before + 1:
            found = f"version {entry.version} of its stream follows version {before}"
        elif entry.recorded_at < self._recorded_at:
            found = "recorded before the one before it"
        elif entry.command_index != expected:
            found = f"stands at place {entry.command_index} of its command, not {expected}"
        self._versions[entry.stream] = entry.version
        self._recorded_at = entry.recorded_at
        self._command, self._index = entry.command_id, entry.command_index
        return found
