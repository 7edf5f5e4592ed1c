"""What has changed in the schema since the last release, by what it does to a caller.

`released/` holds the schema of each release as it was. A change that breaks needs a notice
in `NOTICES`, which a test holds against what graphql-core finds; so nothing breaks unsaid.
"""

from enum import Enum
from functools import cache
from pathlib import Path
from typing import Final

import strawberry
from graphql import build_schema, find_breaking_changes, find_dangerous_changes

RELEASED: Final = Path(__file__).with_name("released")
SDL_FILE: Final = Path(__file__).with_name("schema.graphql")
"""The schema of today, as `schema.py` prints it."""
NOTICES: Final[dict[str, str]] = {
    "Argument Query.figures(asOf:) has changed type from Position to AsOf.": (
        "Write asOf: {position: …} where asOf: … stood; instants can be asked for now too."
    ),
}
"""Breaking change → what a caller does about it."""


@strawberry.enum(description="What a change of the schema does to a caller.")
class ChangeSeverity(Enum):
    """As graphql-core tells them apart."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"


@strawberry.type(description="One change of the schema since a release.")
class SchemaChange:
    """Additions that no caller can notice are not listed: see the schema itself."""

    since: str = strawberry.field(description="The release it is told against.")
    severity: ChangeSeverity = strawberry.field(description="What it does to a caller.")
    kind: str = strawberry.field(description="What sort of change, such as FIELD_REMOVED.")
    description: str = strawberry.field(description="The change in a sentence.")
    notice: str | None = strawberry.field(description="What to do about a breaking one.")


def last_release() -> Path:
    """Return the file of the latest released schema."""
    return max(RELEASED.glob("*.graphql"), key=lambda file: [*map(int, file.stem.split("."))])


@cache
def changes(now: str) -> tuple[SchemaChange, ...]:
    """Return what breaks and what is dangerous in a schema, given as its text, for callers."""
    before = last_release()
    old, new = build_schema(before.read_text(encoding="utf-8")), build_schema(now)
    found = [(ChangeSeverity.BREAKING, one) for one in find_breaking_changes(old, new)]
    found += [(ChangeSeverity.DANGEROUS, one) for one in find_dangerous_changes(old, new)]  # type: ignore[misc]
    return tuple(
        SchemaChange(
            since=before.stem, severity=severity, kind=one.type.name,
            description=one.description, notice=NOTICES.get(one.description),
        )
        for severity, one in found
    )  # fmt: skip


@strawberry.type
class SchemaQueries:
    """Root field about the schema."""

    @strawberry.field(description="What has changed for callers since the last release.")
    def schema_changes(self) -> list[SchemaChange]:
        """Return breaking changes first, then dangerous ones."""
        return list(changes(SDL_FILE.read_text(encoding="utf-8")))
