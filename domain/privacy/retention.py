"""How long words are kept, by event type, as data.

A key seals all words of one subject, so it can go only when the last of them may: what is
due is the latest of its events' schedules. The days count from the end of the case. All
values are our own proposals (P) until a district sets its own.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

DAY_US: Final = 86_400_000_000


class Schedule(NamedTuple):
    """Days after the end of the case: kept at least, erased at the latest."""

    keep: int
    erase: int


_WORDS: Final = Schedule(keep=0, erase=3 * 365)
_CONTACT: Final = Schedule(keep=0, erase=180)
_APPEAL: Final = Schedule(keep=365, erase=5 * 365)
_STAFF: Final = Schedule(keep=0, erase=5 * 365)
_OFFICE: Final = Schedule(keep=3 * 365, erase=10 * 365)

NO_SCHEDULE: Final = Schedule(keep=0, erase=0)
CONTACT_SCHEDULE: Final = _CONTACT
"""How to reach somebody, in whichever event it came: a key of its own, gone sooner."""
SCHEDULES: Final[dict[str, Schedule]] = {
    **dict.fromkeys(
        (
            "case.reported", "case.self_handled", "case.verified", "case.declined",
            "case.filing_refused", "case.relocated", "case.duplicate_suggested",
            "case.split_off", "case.dispatched", "case.redispatched", "case.returned",
            "case.return_refused", "case.joint_handling_opened", "case.assist_added",
            "case.progress_noted", "case.assist_done", "case.extension_requested",
            "case.extension_refused", "case.escalated", "case.returned_down", "case.urged",
            "case.supervision_ordered", "case.supervision_replied", "case.handled",
            "case.check_passed", "case.check_failed", "case.closed",
            "case.feedback_received", "case.status_stated", "case.note_stated",
            "case.corrected",
        ),
        _WORDS,
    ),
    "case.contact_sealed": _CONTACT,
    "case.appeal_filed": _APPEAL,
    "case.appeal_decided": _APPEAL,
    "directory.worker_appointed": _STAFF,
    "directory.worker_dismissed": _STAFF,
    "account.opened": _STAFF,
    "account.identity_linked": _STAFF,
    "webhook.registered": _STAFF,
    "webhook.rekeyed": _STAFF,
    "subject.erased": _OFFICE,
    "subject.hold_placed": _OFFICE,
    "subject.hold_lifted": _OFFICE,
}  # fmt: skip
"""Topic → schedule, for every event type with sealed words."""


def schedule_of(kind: str, topics: Iterable[str]) -> Schedule:
    """Return the schedule of a subject: of a contact, or the longest of its event types."""
    if kind == "contact":
        return CONTACT_SCHEDULE
    known = [SCHEDULES[topic] for topic in topics if topic in SCHEDULES]
    keep = max((one.keep for one in known), default=0)
    return Schedule(keep, max((one.erase for one in known), default=0))


def kept_until(schedule: Schedule, ended_at: int) -> int:
    """Return the instant before which nobody may erase, microseconds."""
    return ended_at + schedule.keep * DAY_US


def erased_from(schedule: Schedule, ended_at: int) -> int:
    """Return the instant from which the schedule itself erases, microseconds."""
    return ended_at + schedule.erase * DAY_US
