"""Canaries: reports that only try the way from mutation to frame.

No read model takes them in (`case_facts/folding.py` leaves them out), so nothing is written
for them; whoever follows the hub is told that one has come through.
"""

from typing import Final
from uuid import UUID

import msgspec

from domain.case.events import CaseReported
from domain.event import CANARY
from projections.delta import Delta
from projections.port import Page

NAME: Final = "canary"


class CanaryRow(msgspec.Struct, frozen=True):
    """One canary's report: its stream and where it lies in the log."""

    id: UUID
    position: int


def canaries(page: Page) -> list[Delta]:
    """Return the canaries that a page reports."""
    return [
        Delta(NAME, str(seen.stream), CanaryRow(seen.stream, seen.position))
        for seen in page.seen
        if seen.meta.basis == CANARY and seen.topic == CaseReported.TOPIC
    ]
