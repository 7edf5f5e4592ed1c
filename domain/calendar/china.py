"""China's working calendar 2024–2026 as data: public holidays and make-up workdays.

Source: the yearly notices of the State Council's General Office on holiday
arrangements, taken from PyPI `chinesecalendar` 1.11.0. Days off that are plain weekends
are left out. Hours are the demo's: 08–12 and 14–18. 2027 is not published yet; a due
that runs into it is warned about.
"""

from typing import Final

from domain.calendar.commands import PublishCalendar

HOURS: Final = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))
HOLIDAYS: Final = (
    "2024-01-01",
    "2024-02-10", "2024-02-11", "2024-02-12", "2024-02-13", "2024-02-14", "2024-02-15",
    "2024-02-16", "2024-02-17",
    "2024-04-04", "2024-04-05", "2024-04-06",
    "2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04", "2024-05-05",
    "2024-06-10",
    "2024-09-15", "2024-09-16", "2024-09-17",
    "2024-10-01", "2024-10-02", "2024-10-03", "2024-10-04", "2024-10-05", "2024-10-06",
    "2024-10-07",
    "2025-01-01",
    "2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31", "2025-02-01", "2025-02-02",
    "2025-02-03", "2025-02-04",
    "2025-04-04", "2025-04-05", "2025-04-06",
    "2025-05-01", "2025-05-02", "2025-05-03", "2025-05-04", "2025-05-05",
    "2025-05-31", "2025-06-01", "2025-06-02",
    "2025-10-01", "2025-10-02", "2025-10-03", "2025-10-04", "2025-10-05", "2025-10-06",
    "2025-10-07", "2025-10-08",
    "2026-01-01", "2026-01-02", "2026-01-03",
    "2026-02-15", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20",
    "2026-02-21", "2026-02-22", "2026-02-23",
    "2026-04-04", "2026-04-05", "2026-04-06",
    "2026-05-01", "2026-05-02", "2026-05-03", "2026-05-04", "2026-05-05",
    "2026-06-19", "2026-06-20", "2026-06-21",
    "2026-09-25", "2026-09-26", "2026-09-27",
    "2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06",
    "2026-10-07",
)  # fmt: skip
WORKDAYS: Final = (
    "2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14",
    "2024-09-29", "2024-10-12",
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
)  # fmt: skip


def publish_china(calendar: str = "china", version: str = "2026.1") -> PublishCalendar:
    """Return the command that publishes the calendar under a name."""
    return PublishCalendar(
        calendar=calendar, version=version, timezone="Asia/Shanghai",
        first_year=2024, last_year=2026, hours=HOURS, holidays=HOLIDAYS, workdays=WORKDAYS,
        source="State Council General Office notices 2023–2025, via PyPI chinesecalendar 1.11.0",
    )  # fmt: skip
