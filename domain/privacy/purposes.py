"""What for: nobody opens a sensitive field without saying so, and not for just anything."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.actor import Role


class Purpose(StrEnum):
    """Why a personal value is opened."""

    HANDLING = "handling"
    CALL_BACK = "call_back"
    SUPERVISION = "supervision"
    EMERGENCY = "emergency"
    OWN = "own"
    SUBJECT_REQUEST = "subject_request"


_OFFICE: Final = frozenset(
    {Purpose.HANDLING, Purpose.CALL_BACK, Purpose.SUPERVISION, Purpose.EMERGENCY}
)
_FIELD: Final = frozenset({Purpose.HANDLING, Purpose.EMERGENCY})

PURPOSES: Final[Mapping[Role, frozenset[Purpose]]] = {
    Role.RESIDENT: frozenset({Purpose.OWN}),
    Role.GRID_WORKER: _FIELD,
    Role.HANDLER: _FIELD,
    Role.ACCEPTOR: _OFFICE,
    Role.DISPATCHER: _OFFICE,
    Role.DUTY_LEADER: _OFFICE,
    Role.CHECKER: _OFFICE,
    Role.DISTRICT_LEADER: frozenset({Purpose.SUPERVISION, Purpose.EMERGENCY}),
    Role.EVALUATOR: frozenset({Purpose.SUPERVISION}),
    Role.PRIVACY_OFFICER: frozenset({Purpose.SUBJECT_REQUEST}),
    Role.AUDITOR: frozenset({Purpose.SUPERVISION}),
    Role.ADMINISTRATOR: frozenset({Purpose.SUPERVISION}),
    Role.INTEGRATOR: frozenset({Purpose.HANDLING}),
}
"""What each role may state; a role that is not here opens nothing."""

USUAL: Final[Mapping[Role, Purpose]] = {
    Role.RESIDENT: Purpose.OWN,
    Role.DISTRICT_LEADER: Purpose.SUPERVISION,
    Role.EVALUATOR: Purpose.SUPERVISION,
    Role.AUDITOR: Purpose.SUPERVISION,
    Role.ADMINISTRATOR: Purpose.SUPERVISION,
    Role.PRIVACY_OFFICER: Purpose.SUBJECT_REQUEST,
}
"""What is written down for a personal field that needs no stated purpose; else handling."""


def purpose_for(role: Role, stated: Purpose | None, *, sensitive: bool) -> Purpose | None:
    """Return the purpose to write down, None when it is missing or not this role's to state.

    A resident reads what is the own matter anyway and need not say so.
    """
    usual = USUAL.get(role, Purpose.HANDLING)
    if stated is None and sensitive and role is not Role.RESIDENT:
        return None
    purpose = usual if stated is None else stated
    return purpose if purpose in PURPOSES.get(role, frozenset()) else None
