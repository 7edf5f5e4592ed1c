"""What an administrator may want of a working calendar."""

from domain.event import Command


class PublishCalendar(Command, frozen=True, kw_only=True):
    """发布工作日历 Publish a version; earlier dues keep the version they were reckoned by."""

    NAME = "calendar.publish"
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


COMMANDS: tuple[type[Command], ...] = (PublishCalendar,)
