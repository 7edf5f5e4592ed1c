"""What follows from a confirmed alert: a case at the device's place, by the sensor channel."""

from domain.alert.state import AlertState
from domain.case.commands import ReportCase
from domain.case.values import Channel, Place


def report_of(state: AlertState) -> ReportCase | None:
    """Return the report that a confirmed alert makes, None for any other."""
    if state.outcome != "confirmed":
        return None
    place = Place(scope=state.scope, grid=state.grid)
    return ReportCase(channel=Channel.SENSOR, category=state.category, place=place)
