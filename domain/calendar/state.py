"""The versions of one calendar, oldest first."""

from dataclasses import dataclass

from domain.calendar.calendar import Calendar


@dataclass(frozen=True, slots=True)
class CalendarState:
    """What has been published; the last one counts for new dues."""

    versions: tuple[Calendar, ...] = ()

    @property
    def current(self) -> Calendar | None:
        """Return the version in force."""
        return self.versions[-1] if self.versions else None


def initial() -> CalendarState:
    """Return the state before the first event."""
    return CalendarState()
