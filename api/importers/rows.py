"""Rows out of a file, each with the line it starts on: CSV, TSV, JSON, JSON lines, XML.

Every form ends as the same thing: published names over plain values. A value is
a string, a number, a nested value, or None where the source says nothing.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.importers.refused import FileRefused
from api.importers.sniff import CSV, JSON, kind_of, place, text_of
from api.importers.table_csv import csv_rows
from api.importers.tree_xml import xml_rows


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as published; `columns` says where each value stands on its line."""

    line: int
    values: Mapping[str, Any]
    columns: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RawTable:
    """All rows, and the published names in their order (of first use, where rows are objects)."""

    header: tuple[str, ...]
    rows: tuple[RawRow, ...]


def read_rows(data: bytes) -> RawTable:
    """Return the rows of a file. Raises FileRefused naming line and column."""
    kind = kind_of(data)
    if kind == CSV:
        header, rows = csv_rows(text_of(data))
        columns = {name: ordinal for ordinal, name in enumerate(header, 1)}
        named = [(line, dict(zip(header, cells, strict=True))) for line, cells in rows]
        return RawTable(header, tuple(RawRow(line, row, columns) for line, row in named))
    if kind == JSON:
        return _objects(_json_rows(text_of(data)))
    return _objects(xml_rows(data))


def _objects(rows: Iterator[tuple[int, Any]]) -> RawTable:
    found = []
    header: dict[str, None] = {}
    for line, values in rows:
        if not isinstance(values, dict):
            raise FileRefused(f"a row must be an object, not {type(values).__name__}", line)
        header.update(dict.fromkeys(values))
        found.append(RawRow(line, values, {}))
    return RawTable(tuple(header), tuple(found))


# ---- JSON

_DECODER: Final = json.JSONDecoder(parse_constant=lambda _: None)


def _json_rows(text: str) -> Iterator[tuple[int, Any]]:
    try:
        whole = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        lines = _json_lines(text, error)
        if lines is None:
            raise FileRefused(
                f"this is not whole JSON ({error.msg}): truncated?", error.lineno, error.colno
            ) from error
        yield from lines
        return
    if isinstance(whole, dict):
        for unwrap in _WRAPPERS:
            rows = unwrap(text, whole)
            if rows is not None:
                yield from rows
                return
        yield from _lone(text, whole)
        return
    yield from _array(text, text.index("["))


def _json_lines(text: str, error: json.JSONDecodeError) -> list[tuple[int, Any]] | None:
    """Read one JSON value a line; None when this is not that form at all."""
    if error.msg != "Extra data" or not text.lstrip().startswith("{"):
        return None
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.append((number, _DECODER.decode(line)))
        except json.JSONDecodeError as broken:
            raise FileRefused(
                f"this line is not whole JSON ({broken.msg}): truncated?", number, broken.colno
            ) from broken
    return found


def _array(text: str, start: int) -> Iterator[tuple[int, Any]]:
    """Yield (line, element) of the array that opens at `start`."""
    at, line, counted = start + 1, text.count("\n", 0, start) + 1, start
    while True:
        while text[at] in " \t\r\n,":
            at += 1
        if text[at] == "]":
            return
        line, counted = line + text.count("\n", counted, at), at
        value, at = _DECODER.raw_decode(text, at)
        yield line, value


def _records_at(text: str, name: str) -> int:
    """Return where the array under a member name opens."""
    at = text.index(f'"{name}"')
    return text.index("[", at)


def _ckan(text: str, whole: dict[str, Any]) -> Iterator[tuple[int, Any]] | None:
    """CKAN: `{"result":{"fields","records"}}` or the dump `{"fields","records"}`."""
    inner = whole.get("result", whole)
    if not isinstance(inner, dict) or not isinstance(inner.get("records"), list):
        return None
    names = [field.get("id") for field in inner.get("fields") or ()]
    rows = _array(text, _records_at(text, "records"))
    return ((line, _named(names, row)) for line, row in rows)


def _socrata(text: str, whole: dict[str, Any]) -> Iterator[tuple[int, Any]] | None:
    """Socrata's rows.json: `{"meta":{"view":{"columns"}},"data":[[…]]}`."""
    view = whole.get("meta", {}).get("view", {}) if isinstance(whole.get("meta"), dict) else {}
    if not isinstance(whole.get("data"), list) or not view.get("columns"):
        return None
    names = [column.get("fieldName") for column in view["columns"]]
    rows = _array(text, _top_array(text, whole, "data"))
    return ((line, _named(names, row)) for line, row in rows)


def _features(text: str, whole: dict[str, Any]) -> Iterator[tuple[int, Any]] | None:
    """GeoJSON: the properties of each feature."""
    if not isinstance(whole.get("features"), list):
        return None
    rows = _array(text, _records_at(text, "features"))
    return ((line, row.get("properties") or {}) for line, row in rows)


def _open311(text: str, whole: dict[str, Any]) -> Iterator[tuple[int, Any]] | None:
    """Open311 answers that wrap their list as the XML form does."""
    for name in ("service_requests", "requests", "services"):
        if isinstance(whole.get(name), list):
            return _array(text, _top_array(text, whole, name))
    return None


def _lone(text: str, whole: dict[str, Any]) -> Iterator[tuple[int, Any]]:
    """One object alone is one row, unless it is a portal's excuse."""
    told = whole.get("error") or whole.get("errors")
    if told or whole.get("success") is False:
        said = told if isinstance(told, str) else whole.get("message") or json.dumps(told)
        raise FileRefused(f"this is a portal's error answer, not data: {said}")
    yield place(text, text.index("{"))[0], whole


def _top_array(text: str, whole: dict[str, Any], name: str) -> int:
    """Return where a member's array opens, the last of that name (a view may repeat it)."""
    at = text.rindex(f'"{name}"') if list(whole)[-1] == name else text.index(f'"{name}"')
    return text.index("[", at)


def _named(names: list[Any], row: Any) -> Any:
    if not isinstance(row, list):
        return row
    return {str(name): value for name, value in zip(names, row, strict=False)}


_WRAPPERS: Final[tuple[Callable[[str, dict[str, Any]], Iterator[tuple[int, Any]] | None], ...]] = (
    _ckan,
    _socrata,
    _features,
    _open311,
)
