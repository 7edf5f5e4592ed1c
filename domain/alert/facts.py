"""What a rule about alerts needs to know beside the alert's own stream."""

from dataclasses import dataclass

from domain.event import By


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """`grid_scope` is the scope of the named grid while it is live; `open` counts the device's."""

    by: By
    grid_scope: str | None = None
    category_known: bool = True
    open: int = 0
