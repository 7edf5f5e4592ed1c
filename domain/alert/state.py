"""What an alert is now: the fold of its own stream."""

from dataclasses import dataclass

from domain.event import Microseconds


@dataclass(frozen=True, slots=True)
class AlertState:
    """One alert; `outcome` is confirmed, or why it was dismissed, None while nobody has looked."""

    alert: str = ""
    device: str = ""
    category: str = ""
    scope: str = ""
    grid: str = ""
    certainty: int | None = None
    raised_at: Microseconds = 0
    raised: bool = False
    outcome: str | None = None

    @property
    def open(self) -> bool:
        """Whether somebody has to look."""
        return self.raised and self.outcome is None


def no_alert() -> AlertState:
    """Return an alert before its first event."""
    return AlertState()
