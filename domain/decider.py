"""The shape of every capability: an initial state, decide and evolve.

`decide` answers a command with events or raises `Rejected`; `evolve` folds one
event into the state and never refuses: what is in the log has happened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.event import By, Command, DomainEvent

S = TypeVar("S")
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Decider(Generic[S, F]):
    """One capability's rules, as three plain functions."""

    name: str
    initial: Callable[[], S]
    decide: Callable[[S, Command, F], list[DomainEvent]]
    evolve: Callable[[S, DomainEvent, By], S]
    commands: tuple[type[Command], ...]
    events: tuple[type[DomainEvent], ...]
