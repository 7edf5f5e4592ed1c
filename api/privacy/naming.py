"""From what a person types to a subject: its name, a case's number, its UUID, its id."""

from contextlib import suppress
from typing import Final
from uuid import UUID

from api.graphql.errors import BadInput
from api.graphql.ids import case_key
from domain.privacy.subjects import KINDS
from projections.case_board import queries as board
from projections.port import Reads

PREFIXES: Final = tuple(f"{kind}:" for kind in KINDS)


async def subject_named(reads: Reads, text: str) -> str:
    """Return the subject that is meant; what can't be told is left for the rules to refuse."""
    text = text.strip()
    if text.startswith(PREFIXES):
        return text
    with suppress(ValueError):
        return f"case:{UUID(text)}"
    with suppress(BadInput):
        return f"case:{case_key(text)}"
    row = await board.by_number(reads, text)
    return text if row is None else f"case:{row.id}"
