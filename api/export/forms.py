"""The three forms. Rows in, bytes out, a page at a time.

A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula; text from
elsewhere gets an apostrophe in front, as OWASP advises. Parquet needs its end to be read,
so it is written to a file of the system's temporary folder first and then sent.
"""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any, Final

import orjson
from arro3.io import read_json, write_parquet

from api.export.columns import Kind, schema
from api.graphql.scalars import rfc3339

TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
CHUNK: Final = 1 << 16
BATCH: Final = 8_192

Row = dict[str, Any]
Pages = AsyncIterator[Sequence[Row]]


async def as_csv(pages: Pages, columns: dict[str, Kind]) -> AsyncGenerator[bytes]:
    """Yield a header and the rows; lines end with CRLF (RFC 4180)."""
    yield _lines([list(columns)])
    async for page in pages:
        yield _lines(
            [[_cell(row.get(name), kind) for name, kind in columns.items()] for row in page]
        )


async def as_ndjson(pages: Pages, columns: dict[str, Kind]) -> AsyncGenerator[bytes]:
    """Yield one JSON object a line."""
    async for page in pages:
        yield b"".join([_object(row, columns) for row in page])


async def as_parquet(pages: Pages, columns: dict[str, Kind]) -> AsyncGenerator[bytes]:
    """Yield a Parquet file, made in a thread of its own."""
    with tempfile.TemporaryFile() as lines, tempfile.TemporaryFile() as made:
        async for chunk in as_ndjson(pages, columns):
            await asyncio.to_thread(lines.write, chunk)
        lines.seek(0)
        await asyncio.to_thread(_to_parquet, lines, made, columns)
        made.seek(0)
        while chunk := await asyncio.to_thread(made.read, CHUNK):
            yield chunk


def _to_parquet(lines: Any, made: Any, columns: dict[str, Kind]) -> None:
    write_parquet(read_json(lines, schema(columns), batch_size=BATCH), made)


def _lines(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any, kind: Kind) -> str:
    if value is None:
        return ""
    match kind:
        case Kind.INSTANT:
            return rfc3339(value)
        case Kind.FLAG:
            return "true" if value else "false"
        case Kind.TEXT:
            text = str(value)
            return f"'{text}" if text.startswith(FORMULA) else text
        case _:
            return str(value)


def _object(row: Row, columns: dict[str, Kind]) -> bytes:
    told = {
        name: rfc3339(row[name])
        if kind is Kind.INSTANT and row.get(name) is not None
        else row.get(name)
        for name, kind in columns.items()
    }
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


FORMS: Final = {"csv": as_csv, "ndjson": as_ndjson, "parquet": as_parquet}
