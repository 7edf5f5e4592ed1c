"""Where an alarm stands: raised or cleared, acknowledged or not, shelved until when."""

from dataclasses import dataclass

from domain.event import Microseconds


@dataclass(frozen=True, slots=True)
class AlarmState:
    """One kind of alarm about one case; `cycle` counts how often it was raised."""

    cycle: int = 0
    raised: bool = False
    acknowledged: bool = False
    shelved_until: Microseconds | None = None
    case: str = ""
    scope: str = ""

    @property
    def standing(self) -> str:
        """Name the state as the table calls it."""
        if self.raised:
            return "acknowledged" if self.acknowledged else "raised"
        if self.cycle and not self.acknowledged:
            return "cleared"  # gone by itself, and nobody has seen it yet
        return "quiet"

    def shelved(self, now: Microseconds) -> bool:
        """Tell whether it is laid aside at an instant."""
        return self.shelved_until is not None and now < self.shelved_until


def initial() -> AlarmState:
    """Return an alarm that was never raised."""
    return AlarmState()
