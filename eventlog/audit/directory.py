"""An export as it lies in a directory: read, not believed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eventlog.audit import rows
from eventlog.tlog.notes import Note, parse
from eventlog.tlog.tiles import Place, width_at

CHECKPOINT: Final = "checkpoint"


class BadExport(Exception):
    """There is no export to judge; the message says what is missing."""


class Export:
    """An export in a directory, or of an older one the checkpoint alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._directory = path if path.is_dir() else None

    def note(self) -> Note:
        """Return the signed head. Raises BadExport, BadNote."""
        file = self.path / CHECKPOINT if self._directory else self.path
        try:
            return parse(file.read_bytes())
        except OSError as error:
            raise BadExport(f"{file}: {error.strerror}") from error

    def file(self, place: Place) -> bytes | None:
        """Return a tile or bundle, None when it is not there."""
        if self._directory is None:
            return None
        path = self._directory / "tile" / place.path
        return path.read_bytes() if path.is_file() else None

    def tiles(self, size: int) -> "Tiles":
        """Return a reader of the tiles of hashes of a tree of so many leaves."""
        return Tiles(self, size)

    def events(self) -> Iterator[bytes] | None:
        """Yield the lines of the events, None when they were not exported."""
        path = self.path / rows.EVENTS
        return rows.lines(path) if path.is_file() else None


@dataclass(frozen=True)
class Tiles:
    """Reads tiles by level and number, whatever their width."""

    export: Export
    size: int

    def __call__(self, level: int, n: int) -> bytes | None:
        """Return a tile's hashes, None when it is not there."""
        width = width_at(level, n, self.size)
        return self.export.file(Place(level, n, width)) if width else None
