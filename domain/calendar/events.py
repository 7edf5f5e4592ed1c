"""What happens to a working calendar: versions are published, never changed."""

from domain.event import DomainEvent


class CalendarPublished(DomainEvent, frozen=True, kw_only=True):
    """工作日历发布. Dates are ISO, `hours` pairs of minutes of the day, `weekend` ISO weekdays.

    Valid for the years `first_year` to `last_year`; a due date past them is warned about.
    """

    TOPIC = "calendar.published"
    calendar: str
    version: str
    timezone: str
    first_year: int
    last_year: int
    hours: tuple[tuple[int, int], ...]
    weekend: tuple[int, ...] = (6, 7)
    holidays: tuple[str, ...] = ()
    workdays: tuple[str, ...] = ()
    source: str = ""


EVENTS: tuple[type[DomainEvent], ...] = (CalendarPublished,)
