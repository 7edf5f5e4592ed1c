"""Which group at an identity provider is which role here: a table, kept in a file.

[{"claim": "groups", "has": "quanke-dispatch", "role": "dispatcher", "scope": "371602."}]
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from domain.actor import Role

Named = tuple[str, str, str | None]


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whoever has this value in this claim has this role."""

    claim: str
    has: str
    role: Role
    scope: str = ""
    unit: str | None = None

    @property
    def named(self) -> Named:
        """The role it gives."""
        return self.role.value, self.scope, self.unit

    def fits(self, claims: Mapping[str, Any]) -> bool:
        """Tell whether somebody has the value."""
        said = claims.get(self.claim)
        return self.has in said if isinstance(said, list) else self.has == said


def read_rows(path: Path | None) -> tuple[Row, ...]:
    """Return the table of a file; none without one. Raises msgspec.MsgspecError, OSError."""
    return () if path is None else msgspec.json.decode(path.read_bytes(), type=tuple[Row, ...])
