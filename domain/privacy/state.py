"""The file about a subject: which holds stand, which keys were destroyed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubjectState:
    """Folded from the subject's own stream."""

    holds: tuple[str, ...] = ()
    erased: frozenset[str] = frozenset()
    """Ids of the destroyed keys."""


def no_subject() -> SubjectState:
    """Return a subject about whom there is no file."""
    return SubjectState()


def no_access() -> None:
    """Return the state of an access stream: it has none."""
