"""Named queries from the `.sql` file beside a read model.

`-- name: page` starts a query; `:schema` stands for the schema of the read model's
current version, so that the same text serves the live tables, a rebuild and a check.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)
_WORD: Final = re.compile(r"(?<!:):([a-z_]+)")


class Queries:
    """The named queries of one file."""

    def __init__(self, file: Path, schema: str) -> None:
        parts = _NAME.split(file.read_text(encoding="utf-8"))
        self._texts = dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True))
        self.schema = schema

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the file, in its order."""
        return tuple(self._texts)

    def __getitem__(self, name: str) -> str:
        """Return a query over the live schema."""
        return self.of(name, self.schema)

    def of(self, name: str, schema: str) -> str:
        """Return a query over any schema of this read model."""
        return _placed(self._texts[name], schema)


@cache
def _placed(text: str, schema: str) -> str:
    return text.replace(":schema", schema)


def filled(text: str, words: Mapping[str, str]) -> str:
    """Return a text in which each `:word` is what `words` says for it, filled itself in turn.

    A word that nobody says stays, for whoever fills the text next.
    """
    return _WORD.sub(lambda at: filled(words[at[1]], words) if at[1] in words else at[0], text)


def live_schema(name: str, version: int) -> str:
    """Return where a version of a read model lives; a swap renames the built schema to it."""
    return f"rm_{name}_v{version}"
