"""What an audit comes to: faults by position, what holds, and what was not looked at."""

from dataclasses import dataclass, field
from typing import Final

FAULTS: Final = 20
"""So many are named."""
KEPT: Final = 10_000


@dataclass
class Verdict:
    """What was found: `faults` are bad, `said` is what holds, `limits` what was not looked at."""

    origin: str = ""
    size: int = 0
    said: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    found: list[tuple[int, int, str]] = field(default_factory=list)

    def fault(self, first: int, text: str, last: int = 0) -> None:
        """Note what is wrong at a position, or somewhere from `first` to `last`; 0: the export."""
        if len(self.found) < KEPT:
            self.found.append((first, max(first, last), text))

    @property
    def faults(self) -> list[str]:
        """The first faults by position; a range in which a place is named says nothing more."""
        places = {first for first, last, _ in self.found if first == last}
        return [
            text
            for first, last, text in sorted(self.found, key=lambda one: one[:2])
            if first == last or not any(first <= place <= last for place in places)
        ][:FAULTS]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.found
