"""What a rule about accounts needs to know beside the account's own stream."""

from dataclasses import dataclass

from domain.event import By


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """`unit_known` says that a live department has the unit named, or none is named.

    `linked_to` is the account that has the identity named, None when nobody has it;
    `key_taken` says that another account has a key of that id.
    """

    by: By
    unit_known: bool = True
    linked_to: str | None = None
    key_taken: bool = False
