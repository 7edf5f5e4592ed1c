"""How much goes on while something is killed: counted in the file of acknowledgements.

The file is written outside the platform, so what it shows does not depend on what is killed.
"""

import time
from pathlib import Path
from typing import Final

OFFERED_PER_S: Final = 500
"""Commands begun in the second before a kill, below which it proves nothing."""
LOAD_AT_MOST_S: Final = 20.0
"""For the load to be as high as asked: a restart begins with cold caches."""
POLL_S: Final = 0.05


class Answers:
    """Counts the commands answered: lines of a file that only grows, each read once.

    After fifty kills there are hundreds of thousands; who looks twenty times a second must not
    take from the load that is asked for.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = self._lines = 0

    def count(self) -> int:
        """Return how many there are by now."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._read)
                new = file.read()
            self._read += len(new)
            self._lines += new.count(b"\n")
        return self._lines


def answered(answers: Answers, more: int) -> None:
    """Wait until so many more commands were answered; not for ever."""
    give_up, enough = time.monotonic() + LOAD_AT_MOST_S, answers.count() + more
    while answers.count() < enough and time.monotonic() < give_up:
        time.sleep(POLL_S)


def loaded(answers: Answers, per_s: float) -> None:
    """Wait until so many commands were answered within a second; not for ever."""
    give_up = time.monotonic() + LOAD_AT_MOST_S
    counted = [(time.monotonic(), answers.count())]
    while time.monotonic() < give_up:
        time.sleep(0.1)
        counted.append((time.monotonic(), answers.count()))
        counted = [one for one in counted if one[0] >= counted[-1][0] - 1.05]
        spent = counted[-1][0] - counted[0][0]
        if spent >= min(1.0, per_s) and counted[-1][1] - counted[0][1] >= per_s * spent:
            return
