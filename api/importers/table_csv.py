"""CSV and its neighbours (semicolons, tabs), strict: a broken quote ends it.

A row with fewer or more fields than the header means that the file was cut or a
quote was lost; half a row is never guessed at.
"""

import csv
import io
from typing import Final

from api.importers.refused import FileRefused
from api.importers.sniff import place

_DELIMITERS: Final = ",;\t|"
_UNNAMED: Final = ("", "Unnamed: 0", "index")
"""What a data frame's index column is called; it is nobody's field."""

csv.field_size_limit(1 << 24)


def csv_rows(text: str) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    """Return the header and (line, cells) of every row. Raises FileRefused."""
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    start = 1
    try:
        header = _header(next(reader))
        start = reader.line_num + 1
        for cells in reader:
            if cells:
                found.append((start, _whole(cells, header, start)))
            start = reader.line_num + 1
    except csv.Error as error:
        line, column = _open_quote(text, start, delimiter)
        raise FileRefused(
            f"a quoted field does not end ({error}): truncated?", line, column
        ) from error
    return header, found


def _header(cells: list[str]) -> tuple[str, ...]:
    names: list[str] = []
    for ordinal, cell in enumerate(cells, 1):
        name = cell.strip()
        if name in _UNNAMED or name in names:
            name = f"{name or 'unnamed'} #{ordinal}"
        names.append(name)
    return tuple(names)


def _whole(cells: list[str], header: tuple[str, ...], line: int) -> list[str]:
    if len(cells) == len(header):
        return cells
    column = min(len(cells), len(header)) + 1
    raise FileRefused(
        f"{len(cells)} fields where the header has {len(header)}: truncated?", line, column
    )


def _open_quote(text: str, line: int, delimiter: str) -> tuple[int, int]:
    """Return where, from a line on, a quote opens that no quote closes before a delimiter."""
    at = 0
    for _ in range(line - 1):
        at = text.index("\n", at) + 1
    ends = f"{delimiter}\r\n"
    opened = at
    while True:
        opened = text.find('"', opened)
        if opened < 0:
            return place(text, at)
        closed = _closing(text, opened)
        if closed < 0 or text[closed + 1 : closed + 2] not in ("", *ends):
            return place(text, opened)
        opened = closed + 1


def _closing(text: str, opened: int) -> int:
    """Return where the quote that opens a field is closed; doubled ones do not."""
    at = text.find('"', opened + 1)
    while text[at + 1 : at + 2] == '"' and at >= 0:
        at = text.find('"', at + 2)
    return at
