"""What is this file really? Asked of its first bytes, before anything is read.

Portals answer a failed download with a page that is then saved under the name of
the data; people pack, recode and re-save. Each gets its own answer.
"""

import re
from typing import Final

from api.importers.refused import FileRefused

CSV: Final = "csv"
JSON: Final = "json"
XML: Final = "xml"
BOM: Final = b"\xef\xbb\xbf"

_PACKED: Final = (
    (b"PK\x03\x04", "a ZIP or Excel (.xlsx) file: unpack it, or save it as CSV UTF-8"),
    (b"\x1f\x8b", "packed with gzip: unpack it first"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel (.xls) file: save it as CSV UTF-8"),
    (b"SQLite format 3", "a SQLite database"),
    (b"PAR1", "a Parquet file: save it as CSV or JSON"),
    (b"\xff\xfe", "encoded as UTF-16: save it as UTF-8"),
    (b"\xfe\xff", "encoded as UTF-16: save it as UTF-8"),
)
_HTML: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|script)\b",
    re.IGNORECASE | re.DOTALL,
)


def kind_of(data: bytes) -> str:
    """Return csv, json or xml. Raises FileRefused for what can't hold rows at all."""
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FileRefused("the file is empty")
    for magic, what in _PACKED:
        if data.startswith(magic):
            raise FileRefused(f"this is {what}")
    body = data.removeprefix(BOM)
    if _HTML.match(body):
        line, column = position(body, len(body) - len(body.lstrip()))
        raise FileRefused("this is HTML, a saved web page, not data", line, column)
    if b"\0" in body:
        raise FileRefused("a NUL byte: this is not a text file", *position(body, body.index(b"\0")))
    first = body.lstrip()[:1]
    return {b"<": XML, b"{": JSON, b"[": JSON}.get(first, CSV)


def text_of(data: bytes) -> str:
    """Return UTF-8 text without a BOM. Raises FileRefused at the first byte that is not."""
    body = data.removeprefix(BOM)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        line, column = position(body, error.start)
        byte = body[error.start]
        raise FileRefused(
            f"byte 0x{byte:02x} is not UTF-8; the file is in another encoding "
            f"(Latin-1 or Windows-1252?), save it as UTF-8",
            line, column,
        ) from error  # fmt: skip


def position(data: bytes, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of a byte offset; columns count characters."""
    before = data[:offset]
    start = before.rfind(b"\n") + 1
    return before.count(b"\n") + 1, len(before[start:].decode(errors="replace")) + 1


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of a character offset."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
