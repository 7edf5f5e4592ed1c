"""The same rows in any published form are the same rows."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from api.importers.digest import Marks, changed
from api.importers.prepare import SOURCES, Prepared, prepare
from api.importers.stated import Stated
from tests.importers.forms import FIXTURES, FORMS, REAL, TITLES, rows_of

MARKS = Marks(b"k" * 32)
NOT_COMMITTED = "the real files are not committed: ../shared/data is absent"


def read(name: str, source: str) -> Prepared:
    return prepare((FIXTURES / name).read_bytes(), SOURCES[source])


def digests(prepared: Prepared) -> dict[str, str]:
    source = prepared.source
    return {
        row.source_id: MARKS.digest(source.name, row.source_id, source.fields, row.values)
        for row in prepared.rows
    }


def differences(one: Prepared, other: Prepared) -> dict[str, tuple[str, ...]]:
    """Field names that differ by id, both ways."""
    left, right = digests(one), digests(other)
    assert left.keys() == right.keys()
    fields = one.source.fields
    found = {
        key: changed(left[key], right[key], fields) + changed(right[key], left[key], fields)
        for key in left
    }
    return {key: names for key, names in found.items() if names}


def bare(row: Stated) -> Stated:
    """A statement without what only the file's form decides."""
    flags = tuple(flag for flag in row.flags if flag.rule != "coordinates_disagree")
    return replace(row, line=0, values={}, flags=flags)


def same(one: Prepared, other: Prepared) -> None:
    assert differences(one, other) == {}
    assert [bare(row) for row in one.rows] == [bare(row) for row in other.rows]


@pytest.mark.parametrize(
    ("name", "like", "source"),
    [
        ("boston_api.csv", "boston_titles.csv", "boston-311"),
        ("boston_api.json", "boston_titles.csv", "boston-311"),
        ("boston_frame.csv", "boston_titles.csv", "boston-311"),
        ("nyc_api.json", "nyc_titles.csv", "nyc-311"),
        ("nyc_renamed.csv", "nyc_titles.csv", "nyc-311"),
        ("open311_requests.json", "open311_requests.xml", "open311"),
    ],
)
def test_published_forms_say_the_same(name: str, like: str, source: str) -> None:
    same(read(name, source), read(like, source))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("source", TITLES)
def test_rewritten_forms_say_the_same(form: str, source: str) -> None:
    rewritten(TITLES[source], form, source)


@pytest.mark.parametrize(
    "form", ["with_index_and_bom", "columns_absent", "socrata_json", "ckan_dump", "json_lines"]
)
@pytest.mark.parametrize("source", REAL)
def test_real_files_say_the_same_in_other_forms(form: str, source: str) -> None:
    if not REAL[source].exists():
        pytest.skip(NOT_COMMITTED)
    rewritten(REAL[source], form, source)


def rewritten(path: Path, form: str, source: str) -> None:
    data = FORMS[form](rows_of(path), SOURCES[source])
    same(prepare(data, SOURCES[source]), base(path, source))


@lru_cache(maxsize=4)
def base(path: Path, source: str) -> Prepared:
    return prepare(path.read_bytes(), SOURCES[source])


def test_a_changed_row_is_a_changed_row() -> None:
    found = differences(
        read("boston_changed.csv", "boston-311"), read("boston_titles.csv", "boston-311")
    )
    assert {key: set(names) for key, names in found.items()} == {
        "900000000001": {"type"},
        "900000000003": {"case_status", "closed_dt", "closure_reason"},
        "900000000005": {"department"},
    }


def test_service_lists_are_categories_and_no_cases() -> None:
    for name in ("open311_services.xml", "open311_services.json"):
        prepared = read(name, "open311")
        assert (prepared.read, prepared.cases) == (2, ())
        assert [one.code for one in prepared.services] == ["light-2", "pot-1"]
