"""A progress bar on standard error for whatever takes longer than two seconds.

On a terminal it redraws one line; into a file or pipe it writes a line now and then.
"""

import sys
import time
from typing import Final, TextIO

QUIET_S: Final = 2.0
REDRAW_S: Final = 0.1
LINE_S: Final = 5.0
WIDTH: Final = 30


class Progress:
    """Shows how far something is. Call it as often as you like; the end closes the line."""

    def __init__(self, label: str, out: TextIO = sys.stderr) -> None:
        self._label = label
        self._out = out
        self._redraws = out.isatty()
        self._began: float | None = None
        self._drawn = 0.0
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        """Say that `done` of `total` are done."""
        now = time.monotonic()
        if self._began is None:
            self._began = now
        if done >= total:
            self.close()
            return
        pause = REDRAW_S if self._redraws else LINE_S
        if now - self._began < QUIET_S or now - self._drawn < pause:
            return
        self._drawn = now
        self._shown = True
        self._write(f"{self._label} {bar(done, total)} {done:,} of {total:,}")

    def close(self) -> None:
        """End the line, if one was drawn, with how long it took."""
        if self._shown and self._began is not None:
            self._shown = False
            self._write(f"{self._label}: done in {time.monotonic() - self._began:.1f} s")
            if self._redraws:
                self._out.write("\n")
                self._out.flush()

    def _write(self, text: str) -> None:
        self._out.write(f"\r\x1b[K{text}" if self._redraws else f"{text}\n")
        self._out.flush()


def bar(done: int, total: int) -> str:
    """Return a bar of fixed width."""
    full = WIDTH * min(done, total) // total if total else WIDTH
    return "█" * full + "░" * (WIDTH - full)
