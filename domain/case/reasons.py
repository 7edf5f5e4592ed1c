"""The coded reasons a person must choose from, per command. Words: `domain/words/`."""

from enum import StrEnum
from typing import Final


class DeclineReason(StrEnum):
    """Why a case is not accepted or not filed."""

    ABSENT = "absent"
    NOT_OUR_MATTER = "not_our_matter"
    OUTSIDE_DISTRICT = "outside_district"
    DUPLICATE = "duplicate"
    TOO_VAGUE = "too_vague"
    PRIVATE_MATTER = "private_matter"
    BELOW_STANDARD = "below_standard"


class ReturnReason(StrEnum):
    """Why a department gives a dispatch back."""

    NOT_OUR_DUTY = "not_our_duty"
    OUTSIDE_OUR_AREA = "outside_our_area"
    WRONG_CATEGORY = "wrong_category"
    WRONG_PLACE = "wrong_place"
    NOT_FOUND_ON_SITE = "not_found_on_site"


class ExtensionReason(StrEnum):
    """Why more time is needed."""

    WEATHER = "weather"
    MATERIAL = "material"
    COMPLEX = "complex"
    ACCESS = "access"


class SuspensionReason(StrEnum):
    """Why a case is laid aside."""

    SEASON = "season"
    BUDGET = "budget"
    OWNER = "owner"
    COURT = "court"


class CancelReason(StrEnum):
    """Why a case is void."""

    REPORTED_BY_MISTAKE = "reported_by_mistake"
    TEST = "test"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


class ForceCloseReason(StrEnum):
    """Why a leader closes a case without the loop."""

    CANNOT_BE_DONE = "cannot_be_done"
    OVERTAKEN_BY_PROJECT = "overtaken_by_project"
    IN_COURT = "in_court"
    NO_RESPONSIBLE_UNIT = "no_responsible_unit"


class ReopenReason(StrEnum):
    """Why a closed case is taken up again."""

    NOT_SOLVED = "not_solved"
    CAME_BACK = "came_back"
    CLOSED_BY_MISTAKE = "closed_by_mistake"


class Finding(StrEnum):
    """What a verification found."""

    EXISTS = "exists"
    ABSENT = "absent"
    UNABLE = "unable"


class Satisfaction(StrEnum):
    """How a reporter rates the handling."""

    SATISFIED = "satisfied"
    BASICALLY = "basically"
    UNSATISFIED = "unsatisfied"


class NoteKind(StrEnum):
    """What a source's dated note is about."""

    OPENED = "opened"
    ACTIVITY = "activity"
    FOLLOW_ON = "follow_on"
    CLOSED = "closed"


REASONS: Final[tuple[type[StrEnum], ...]] = (
    DeclineReason, ReturnReason, ExtensionReason, SuspensionReason, CancelReason,
    ForceCloseReason, ReopenReason, Finding, Satisfaction, NoteKind,
)  # fmt: skip
