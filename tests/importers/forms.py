"""The forms a portal publishes one set of rows in, made from its CSV with titles."""

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from api.importers.columns import Field, matched
from api.importers.source import Source

FIXTURES = Path(__file__).parent.parent / "fixtures"
DATA = Path(__file__).parents[2].parent / "shared" / "data"
REAL = {
    "boston-311": DATA / "boston_2015_06_01-10.csv",
    "nyc-311": DATA / "nyc_2022-05-01_0000-0206.csv",
}
TITLES = {
    "boston-311": FIXTURES / "boston_titles.csv",
    "nyc-311": FIXTURES / "nyc_titles.csv",
}

Row = dict[str, str]
Form = Callable[[list[Row], Source], bytes]


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def as_csv(
    rows: list[Row], *, delimiter: str = ",", end: str = "\r\n", index: bool = False
) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow([*([""] if index else []), *rows[0]])
    writer.writerows([*([n] if index else []), *row.values()] for n, row in enumerate(rows))
    return text.getvalue().encode()


def titles(rows: list[Row], _source: Source) -> bytes:
    return as_csv(rows)


def newest_first(rows: list[Row], _source: Source) -> bytes:
    return as_csv(rows[::-1], end="\n")


def columns_moved(rows: list[Row], _source: Source) -> bytes:
    return as_csv([dict(reversed(row.items())) for row in rows])


def with_index_and_bom(rows: list[Row], _source: Source) -> bytes:
    return b"\xef\xbb\xbf" + as_csv(rows, end="\n", index=True)


def tabs(rows: list[Row], _source: Source) -> bytes:
    return as_csv(rows, delimiter="\t")


def semicolons(rows: list[Row], _source: Source) -> bytes:
    return as_csv(rows, delimiter=";")


def columns_added(rows: list[Row], _source: Source) -> bytes:
    return as_csv([{"_id": str(n), **row, "added_later": "x"} for n, row in enumerate(rows)])


def columns_absent(rows: list[Row], source: Source) -> bytes:
    fields = matched(rows[0], source.fields)
    kept = [name for name in rows[0] if name in fields and fields[name].states]
    return as_csv([{name: row[name] for name in kept} for row in rows])


def api_names_iso(rows: list[Row], source: Source) -> bytes:
    return as_csv(_api(rows, source, "%Y-%m-%dT%H:%M:%S"))


def api_names_iso_blank(rows: list[Row], source: Source) -> bytes:
    return as_csv(_api(rows, source, "%Y-%m-%d %H:%M:%S"), end="\n")


def socrata_json(rows: list[Row], source: Source) -> bytes:
    named = _api(rows, source, "%Y-%m-%dT%H:%M:%S.000")
    return json.dumps([{k: v for k, v in row.items() if v} for row in named]).encode()


def ckan_json(rows: list[Row], source: Source) -> bytes:
    named = [_typed(row, source) for row in _api(rows, source, "%Y-%m-%dT%H:%M:%S")]
    records = [{"_id": n, **row} for n, row in enumerate(named, 1)]
    return json.dumps({"success": True, "result": {"records": records}}, indent=1).encode()


def ckan_dump(rows: list[Row], source: Source) -> bytes:
    named = _api(rows, source, "%Y-%m-%dT%H:%M:%S")
    fields = [{"id": name, "type": "text"} for name in named[0]]
    records = [list(row.values()) for row in named]
    return json.dumps({"fields": fields, "records": records}, ensure_ascii=False).encode()


def json_lines(rows: list[Row], source: Source) -> bytes:
    named = _api(rows[::-1], source, "%Y-%m-%d %H:%M:%S")
    return "".join(json.dumps(row) + "\n" for row in named).encode()


FORMS: dict[str, Form] = {
    form.__name__: form
    for form in (
        newest_first, columns_moved, with_index_and_bom, tabs, semicolons, columns_added,
        columns_absent, api_names_iso, api_names_iso_blank, socrata_json, ckan_json,
        ckan_dump, json_lines,
    )
}  # fmt: skip


def _api(rows: list[Row], source: Source, date_form: str) -> list[Row]:
    """Field names as the API has them, and ISO dates."""
    fields = matched(rows[0], source.fields)
    return [
        {_api_name(name): _value(row[name], fields.get(name), date_form) for name in row}
        for row in rows
    ]


def _api_name(title: str) -> str:
    return "_".join(title.replace("(", "").replace(")", "").lower().split())


def _value(text: str, field: Field | None, date_form: str) -> str:
    if not text or field is None or field.kind != "time":
        return text
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").strftime(date_form)  # noqa: DTZ007


def _typed(row: Row, source: Source) -> dict[str, object]:
    """Numbers as numbers and nothing as null, as a typed table gives them."""
    fields = matched(row, source.fields)
    typed: dict[str, object] = {}
    for name, text in row.items():
        number = name in fields and fields[name].kind == "degree" and text
        typed[name] = float(text) if number else text or None
    return typed
