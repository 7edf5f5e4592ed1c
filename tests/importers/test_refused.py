"""Files that are not what they were said to be: an answer that names line and column."""

import pytest

from api.importers.prepare import SOURCES, prepare, source_called
from api.importers.refused import FileRefused
from tests.importers.forms import FIXTURES

BOSTON = (FIXTURES / "boston_titles.csv").read_bytes()
NYC = (FIXTURES / "nyc_titles.csv").read_bytes()
NYC_JSON = (FIXTURES / "nyc_api.json").read_bytes()
XML = (FIXTURES / "open311_requests.xml").read_bytes()
LATIN = BOSTON.replace("Café façade".encode(), "Café façade".encode("latin-1"))
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><service_requests>&a;</service_requests>'
)

CASES = [
    (b"", "boston-311", "empty", 1, 1),
    (b"\xef\xbb\xbf \r\n", "nyc-311", "empty", 1, 1),
    ((FIXTURES / "saved_page.csv").read_bytes(), "nyc-311", "HTML", 2, 1),
    (b"<html><body>Sign in</body></html>", "open311", "HTML", 1, 1),
    (b"<!-- cached -->\n<!DOCTYPE html><html></html>", "boston-311", "HTML", 1, 1),
    (LATIN, "boston-311", "byte 0xe9 is not UTF-8", 9, 100),
    (BOSTON.decode().encode("utf-16"), "boston-311", "UTF-16", 1, 1),
    (b"PK\x03\x04rest", "boston-311", "Excel", 1, 1),
    (b"\x1f\x8b\x08rest", "nyc-311", "gzip", 1, 1),
    (BOSTON[:80] + b"\0" + BOSTON[80:], "boston-311", "NUL", 1, 81),
    (NYC, "boston-311", "this is a file of nyc-311, not of boston-311", 1, 1),
    (BOSTON, "nyc-311", "this is a file of boston-311, not of nyc-311", 1, 1),
    (NYC_JSON, "open311", "this is a file of nyc-311, not of open311", 1, 1),
    (XML, "boston-311", "this is a file of open311, not of boston-311", 1, 1),
    (b"name,age\nx,1\n", "boston-311", "no column CASE_ENQUIRY_ID, OPEN_DT", 1, 1),
    (b'{"error":true,"message":"Invalid app token"}', "nyc-311", "Invalid app token", 1, 1),
    (b'{"success":false,"error":{"message":"Not found"}}', "boston-311", "Not found", 1, 1),
    (NYC_JSON[:-30], "nyc-311", "this is not whole JSON", 161, 1),
    (b'{"unique_key":"1","created_date":"2022-05-01"}\n{"unique_key":"2"', "nyc-311",
     "this line is not whole JSON", 2, 18),
    (b"[1, 2]", "nyc-311", "a row must be an object", 1, 1),
    (XML[:-40], "open311", "this is not whole XML", 74, 21),
    (XML.replace("gefährlich".encode(), "gefährlich".encode("latin-1")), "open311",
     "this is not whole XML", 9, 34),
    (b"<errors><error>none</error></errors>", "open311", "portal's error answer", 1, 1),
    (b"<feed><entry/></feed>", "open311", "<feed> is no list", 1, 1),
    (BOMB, "open311", "entities", 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(("data", "source", "why", "line", "column"), CASES)
def test_refused(data: bytes, source: str, why: str, line: int, column: int) -> None:
    with pytest.raises(FileRefused) as refused:
        prepare(data, SOURCES[source])
    assert why in refused.value.why
    assert (refused.value.line, refused.value.column) == (line, column)
    assert str(refused.value).startswith(f"line {line}, column {column}: ")


def test_a_file_cut_anywhere_in_its_last_row_is_refused() -> None:
    """But for the one cut that leaves a whole row with nothing in its last field."""
    body = BOSTON.rstrip(b"\r\n")
    start = body.rindex(b"\r\n") + 2
    for cut in {*range(start + 1, len(body))} - {body.rindex(b',"') + 1}:
        with pytest.raises(FileRefused) as refused:
            prepare(body[:cut], SOURCES["boston-311"])
        assert refused.value.line == 12, cut
    assert prepare(body, SOURCES["boston-311"]).read == 10


def test_a_lost_quote_names_the_line_where_it_opened() -> None:
    broken = BOSTON.replace(b'same day"', b"same day")
    with pytest.raises(FileRefused) as refused:
        prepare(broken, SOURCES["boston-311"])
    assert (refused.value.line, refused.value.column) == (3, 97)


def test_unknown_source_and_time_zone() -> None:
    with pytest.raises(FileRefused, match="no source called 'chicago'"):
        source_called("chicago")
    with pytest.raises(FileRefused, match="no time zone called 'Mars/Olympus'"):
        prepare(BOSTON, SOURCES["boston-311"], "Mars/Olympus")


def test_rows_that_cannot_be_cases_are_told_with_line_and_column() -> None:
    data = BOSTON.replace(b"900000000003,", b",").replace(b"07/07/2015 12:00:00 PM", b"yesterday")
    prepared = prepare(data, SOURCES["boston-311"])
    assert (prepared.read, len(prepared.cases)) == (10, 8)
    assert [(one.line, one.column) for one in prepared.problems] == [(5, 1), (7, 2)]
    assert prepared.problems[0].why == "CASE_ENQUIRY_ID: the row has no id"
    assert "'yesterday' is no time that can be read" in prepared.problems[1].why


def test_ids_rounded_by_a_spreadsheet_are_refused() -> None:
    data = b"CASE_ENQUIRY_ID,OPEN_DT\n1.01001E+11,06/01/2015 12:28:00 AM\n"
    with pytest.raises(FileRefused, match="spreadsheet has rounded the id"):
        prepare(data, SOURCES["boston-311"])


def test_a_time_without_a_zone_needs_one() -> None:
    data = b'[{"service_request_id":"1","requested_datetime":"2026-05-10T07:00:00"}]'
    with pytest.raises(FileRefused, match="is --timezone needed"):
        prepare(data, SOURCES["open311"])
    rows = prepare(data, SOURCES["open311"], "America/Chicago").rows
    assert rows[0].opened == 1_778_414_400_000_000


def test_no_rows_are_no_rows() -> None:
    assert prepare(b"[]", SOURCES["nyc-311"]).read == 0
    assert prepare(NYC.split(b"\n")[0] + b"\n", SOURCES["nyc-311"]).read == 0
    assert prepare(b"<service_requests/>", SOURCES["open311"]).read == 0
