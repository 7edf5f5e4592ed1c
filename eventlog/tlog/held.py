"""The last checkpoint of each log, kept on one's own disk: the memory of a signer.

Whoever signs must never sign two histories. The sealer and the witnesses keep here what
they signed last and compare before they sign again, so a database that was set back
can't make them vouch for another past. The file is the signed note itself, fit to be
handed to an auditor.
"""

import os
from pathlib import Path
from urllib.parse import quote

from eventlog.tlog.notes import Note, parse


class Held:
    """Checkpoints in a directory, one file a log. The caller sees to it that it is alone."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, origin: str) -> Path:
        """Return where the checkpoint of a log lies."""
        return self._directory / f"{quote(origin, safe='')}.checkpoint"

    def last(self, origin: str) -> Note | None:
        """Return the last one, None for a log never seen. Raises BadNote."""
        path = self.path(origin)
        return parse(path.read_bytes()) if path.exists() else None

    def keep(self, origin: str, note: Note) -> None:
        """Replace the last one; it is on disk when this returns."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.path(origin).with_suffix(".new")
        with draft.open("wb") as file:
            file.write(str(note).encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path(origin))
        handle = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
