"""What the clock does by itself: warn, pass, resume. Pure; the reactor only sends it on."""

from domain.case.state import CaseState
from domain.event import Command, Microseconds


def clock_commands(state: CaseState, now: Microseconds) -> list[Command]:
    """Return what is due at `now`, in order; empty for imported cases (basis `source`)."""
    raise AssertionError("published first, filled within the hour")


def next_instant(state: CaseState) -> Microseconds | None:
    """Return the next instant at which `clock_commands` will have something; None: never."""
    raise AssertionError("published first, filled within the hour")
