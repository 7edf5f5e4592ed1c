"""What a rule about alarms needs to know beside the alarm itself."""

from dataclasses import dataclass

from domain.event import By


@dataclass(frozen=True, slots=True)
class AlarmFacts:
    """Who asks and when, and where the alarm's case lies today.

    Whoever sees an alarm sees it by its case's place of today; where the case lay when the
    alarm was raised gives nobody a say in it.
    """

    by: By
    case_scope: str
