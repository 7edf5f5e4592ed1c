"""What a device's system, and the person who looks, may want of an alert."""

from domain.event import Command


class RaiseAlert(Command, frozen=True, kw_only=True):
    """设备报警 Say that a device at a place has noticed a hazard."""

    NAME = "alert.raise"
    alert: str
    device: str
    category: str
    grid: str
    certainty: int | None = None


class ConfirmAlert(Command, frozen=True, kw_only=True):
    """报警属实 Confirm what a device noticed; a case is reported in your name."""

    NAME = "alert.confirm"
    alert: str
    device: str
    category: str | None = None


class DismissAlert(Command, frozen=True, kw_only=True):
    """报警排除 Say with a coded reason that it is nothing."""

    NAME = "alert.dismiss"
    alert: str
    device: str
    reason: str


COMMANDS: tuple[type[Command], ...] = (RaiseAlert, ConfirmAlert, DismissAlert)
