"""What lands in the log: only what the source states, once, whatever the order."""

import json
import random
from pathlib import Path

import pytest

from api.importers.prepare import SOURCES
from api.importers.refused import FileRefused
from domain.case.events import CaseClosed, CaseCorrected, CaseFlagged, CaseReported
from domain.case.values import Point
from domain.event import Meta, Sealed
from tests.importers.forms import FORMS, TITLES, as_csv, rows_of
from tests.importers.ground import MemoryGround

JULY_6 = 1_436_156_880_000_000
BOSTON_EVENTS = {
    "directory.area_named": 13, "calendar.published": 1, "grid.drawn": 5,
    "directory.department_opened": 6, "catalogue.category_defined": 9,
    "case.reported": 10, "case.dispatched": 10, "case.target_stated": 8,
    "case.status_stated": 1, "case.closed": 6, "case.flagged": 8,
}  # fmt: skip


async def test_a_file_becomes_areas_departments_categories_and_cases() -> None:
    ground = MemoryGround()
    summary = await ground.take("boston_titles.csv", "boston-311")
    assert dict(await ground.counted()) == BOSTON_EVENTS
    events = sum(BOSTON_EVENTS.values())
    assert json.loads(summary.line()) == {
        "read": 10, "cases": 10, "events": events, "flagged": 7, "unchanged": 0,
        "corrected": 0, "rejected": 0, "head": events,
    }  # fmt: skip


async def test_a_case_says_what_its_row_says() -> None:
    ground = MemoryGround()
    await ground.take("boston_titles.csv", "boston-311")
    said = await ground.of("boston-311", "900000000001")
    assert [event.TOPIC for event, _ in said] == [
        "case.reported", "case.target_stated", "case.dispatched", "case.closed",
    ]  # fmt: skip
    reported, meta = said[0]
    assert isinstance(reported, CaseReported)
    assert (reported.number, reported.category) == (
        "900000000001", "bos-building-inspection-request",
    )  # fmt: skip
    assert reported.place.scope == "boston.dorchester.w13.p1308."
    assert reported.place.grid == "boston-dorchester-w13-p1308"
    assert reported.place.point == Point(lon=-71_058_700, lat=42_318_000)
    assert isinstance(reported.place.address, Sealed)
    assert isinstance(reported.description, Sealed)
    assert (meta.basis, meta.role, meta.occurred_at) == ("source", "import", JULY_6)
    closed, meta = said[-1]
    assert isinstance(closed, CaseClosed)
    assert isinstance(closed.stated, Sealed)
    assert meta.occurred_at == 1_436_556_681_000_000


async def test_actor_is_the_import_and_no_text_lies_open() -> None:
    ground = MemoryGround()
    await ground.take("boston_titles.csv", "boston-311")
    recorded = await ground.all()
    assert {one.actor for one in recorded} == {"import:boston-311"}
    assert {decode_basis(one.meta) for one in recorded} == {"source"}
    plain = b"".join(one.state + one.meta for one in recorded)
    for text in ("Elm Row", "repaired", "Pothole, very wide", "merci", "Invented"):
        assert text.encode() not in plain


def decode_basis(meta: bytes) -> str:
    return str(json.loads(meta)["basis"])


@pytest.mark.parametrize(
    ("source_id", "rule", "name"),
    [
        ("900000000004", "closed_before_opened", "closed_dt"),
        ("900000000005", "coordinates_disagree", "geocoded_location"),
        ("900000000006", "unknown_status", "case_status"),
        ("900000000007", "ambiguous_local_time", "open_dt"),
        ("900000000008", "nonexistent_local_time", "open_dt"),
        ("900000000008", "coordinates_outside_city", "latitude"),
        ("900000000009", "closing_time_missing", "closed_dt"),
        ("900000000010", "closing_time_of_open_case", "closed_dt"),
    ],
)
async def test_what_can_not_be_right_is_imported_and_flagged(
    source_id: str, rule: str, name: str
) -> None:
    ground = MemoryGround()
    await ground.take("boston_titles.csv", "boston-311")
    said = [event for event, _ in await ground.of("boston-311", source_id)]
    assert CaseFlagged(rule=rule, field=name) in said
    assert said[0].TOPIC == "case.reported"


async def test_closed_before_opened_keeps_both_times_as_stated() -> None:
    ground = MemoryGround()
    await ground.take("boston_titles.csv", "boston-311")
    said = await ground.of("boston-311", "900000000004")
    times: dict[str, Meta] = {event.TOPIC: meta for event, meta in said}
    opened, closed = times["case.reported"], times["case.closed"]
    assert opened.occurred_at - closed.occurred_at == 32_000_000
    assert closed.effective_at == opened.occurred_at


async def test_bad_coordinates_stay_as_stated() -> None:
    ground = MemoryGround()
    await ground.take("boston_titles.csv", "boston-311")
    reported = (await ground.of("boston-311", "900000000008"))[0][0]
    assert isinstance(reported, CaseReported)
    assert reported.place.point == Point(lon=0, lat=0)


async def test_unlocated_cases_lie_in_the_unlocated_area() -> None:
    ground = MemoryGround()
    await ground.take("boston_titles.csv", "boston-311")
    reported = (await ground.of("boston-311", "900000000005"))[0][0]
    assert isinstance(reported, CaseReported)
    assert (reported.place.scope, reported.place.grid) == ("boston.unlocated.", None)
    assert reported.place.unlocated
    area = ground.reference.areas["boston-unlocated"]
    assert (area.name, area.name_en, area.level) == ("未定位", "Unlocated", "township")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("boston_titles.csv", "boston-311"), ("nyc_titles.csv", "nyc-311"),
        ("open311_requests.xml", "open311"), ("open311_services.json", "open311"),
    ],
)  # fmt: skip
async def test_the_same_file_twice_appends_nothing(name: str, source: str) -> None:
    ground = MemoryGround()
    first = await ground.take(name, source)
    again = await ground.take(name, source)
    assert (again.events, again.cases, again.corrected, again.rejected) == (0, 0, 0, 0)
    assert (again.head, again.read, again.flagged) == (first.head, first.read, first.flagged)
    assert again.unchanged == first.cases
    assert await ground.log.head() == first.events


@pytest.mark.parametrize(
    ("name", "then", "source"),
    [
        ("boston_titles.csv", "boston_api.csv", "boston-311"),
        ("boston_titles.csv", "boston_api.json", "boston-311"),
        ("boston_api.json", "boston_frame.csv", "boston-311"),
        ("boston_api.csv", "boston_titles.csv", "boston-311"),
        ("nyc_titles.csv", "nyc_api.json", "nyc-311"),
        ("nyc_api.json", "nyc_renamed.csv", "nyc-311"),
        ("nyc_renamed.csv", "nyc_titles.csv", "nyc-311"),
        ("open311_requests.xml", "open311_requests.json", "open311"),
        ("open311_requests.json", "open311_requests.xml", "open311"),
    ],
)
async def test_another_form_of_the_same_rows_appends_nothing(
    name: str, then: str, source: str
) -> None:
    ground = MemoryGround()
    first = await ground.take(name, source)
    again = await ground.take(then, source)
    assert (again.events, again.unchanged, again.head) == (0, first.cases, first.head)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("source", TITLES)
async def test_every_form_before_or_after_the_titles_appends_nothing(
    form: str, source: str, tmp_path: Path
) -> None:
    ground, other = MemoryGround(), MemoryGround()
    await ground.take(TITLES[source], source)
    (tmp_path / "other").write_bytes(FORMS[form](rows_of(TITLES[source]), SOURCES[source]))
    assert (await ground.take(tmp_path / "other", source)).events == 0
    await other.take(tmp_path / "other", source)
    assert (await other.take(TITLES[source], source)).events == 0


async def test_a_changed_row_is_a_correction_and_what_follows() -> None:
    ground = MemoryGround()
    before = await ground.take("boston_titles.csv", "boston-311")
    changed = await ground.take("boston_changed.csv", "boston-311")
    assert (changed.corrected, changed.unchanged, changed.cases) == (3, 7, 0)
    new = (await ground.all())[before.head :]
    assert sorted(one.topic for one in new if one.topic.startswith("case.")) == [
        "case.closed", "case.corrected", "case.corrected", "case.corrected",
    ]  # fmt: skip
    said = [event for event, _ in await ground.of("boston-311", "900000000003")]
    correction, closed = said[-2:]
    assert isinstance(correction, CaseCorrected)
    assert correction.fields == ("closed_dt", "case_status", "closure_reason")
    assert isinstance(closed, CaseClosed)
    assert (await ground.take("boston_changed.csv", "boston-311")).events == 0


async def test_a_row_that_changes_back_is_corrected_again() -> None:
    ground = MemoryGround()
    await ground.take("boston_titles.csv", "boston-311")
    await ground.take("boston_changed.csv", "boston-311")
    back = await ground.take("boston_titles.csv", "boston-311")
    assert (back.corrected, back.unchanged) == (3, 7)
    last = (await ground.of("boston-311", "900000000003"))[-1][0]
    assert isinstance(last, CaseCorrected)
    assert last.closed is False
    again = await ground.take("boston_titles.csv", "boston-311")
    assert (again.events, again.unchanged) == (0, 10)


async def test_an_import_cut_off_is_completed_by_the_next() -> None:
    ground = MemoryGround()
    whole = MemoryGround()
    await whole.take("boston_titles.csv", "boston-311")
    real = ground.dispatcher.dispatch
    sent = 0

    async def dies(*args: object, **kwargs: object) -> object:
        nonlocal sent
        sent += 1
        if sent > 60:
            raise ConnectionResetError
        return await real(*args, **kwargs)  # type: ignore[arg-type]

    ground.dispatcher.dispatch = dies  # type: ignore[method-assign,assignment]
    with pytest.raises(BaseExceptionGroup):
        await ground.take("boston_titles.csv", "boston-311")
    ground.dispatcher.dispatch = real  # type: ignore[method-assign]
    await ground.take("boston_titles.csv", "boston-311")
    assert await ground.counted() == await whole.counted()
    assert (await ground.take("boston_titles.csv", "boston-311")).events == 0


async def test_the_order_of_the_file_does_not_matter(tmp_path: Path) -> None:
    rows = rows_of(TITLES["boston-311"])
    random.Random(7).shuffle(rows)
    (tmp_path / "shuffled.csv").write_bytes(as_csv(rows))
    one, other = MemoryGround(), MemoryGround()
    await one.take("boston_titles.csv", "boston-311")
    await other.take(tmp_path / "shuffled.csv", "boston-311")
    for row in rows:
        ours, theirs = [
            [(e.TOPIC, m.occurred_at, m.effective_at) for e, m in await ground.of(
                "boston-311", row["CASE_ENQUIRY_ID"]
            )]
            for ground in (one, other)
        ]  # fmt: skip
        assert ours == theirs
    assert one.reference.areas == other.reference.areas
    assert one.reference.catalogues == other.reference.catalogues
    assert list(one.reference.grids) == list(other.reference.grids)


async def test_a_file_that_contradicts_itself(tmp_path: Path) -> None:
    rows = rows_of(TITLES["boston-311"])[:3]
    closed = rows[2] | {
        "CASE_STATUS": "Closed", "CLOSED_DT": "07/09/2015 04:00:00 PM", "CLOSURE_REASON": "Done",
    }  # fmt: skip
    (tmp_path / "twice.csv").write_bytes(as_csv([closed, *rows, rows[0]]))
    ground = MemoryGround()
    first = await ground.take(tmp_path / "twice.csv", "boston-311")
    assert (first.read, first.cases, first.corrected, first.unchanged) == (5, 3, 1, 1)
    assert await ground.topics("boston-311", "900000000003") == [
        "case.reported", "case.dispatched", "case.corrected", "case.flagged", "case.closed",
    ]  # fmt: skip
    again = await ground.take(tmp_path / "twice.csv", "boston-311")
    assert (again.events, again.unchanged) == (0, 5)


async def test_open311_notes_are_steps_of_the_timeline() -> None:
    ground = MemoryGround()
    await ground.take("open311_requests.xml", "open311")
    said = await ground.of("open311", "26-000001")
    assert [event.TOPIC for event, _ in said] == [
        "case.reported", "case.target_stated", "case.dispatched", "case.note_stated",
        "case.note_stated", "case.note_stated", "case.note_stated", "case.closed",
    ]  # fmt: skip
    kinds = [getattr(event, "kind", None) for event, _ in said[3:7]]
    assert kinds == ["opened", "activity", "follow_on", "closed"]
    times = [meta.occurred_at for _, meta in said]
    assert times == sorted(times)
    assert times[6] == times[7]


async def test_nothing_is_appended_when_the_file_is_refused() -> None:
    ground = MemoryGround()
    with pytest.raises(FileRefused):
        await ground.take("saved_page.csv", "nyc-311")
    with pytest.raises(FileRefused):
        await ground.take("nyc_titles.csv", "boston-311")
    assert await ground.log.head() == 0


async def test_a_service_list_makes_categories_and_no_case() -> None:
    ground = MemoryGround()
    summary = await ground.take("open311_services.xml", "open311")
    assert (summary.read, summary.cases, summary.events) == (2, 0, 4)
    assert sorted(ground.reference.catalogues["open311"].categories) == [
        "o311-light-2", "o311-pot-1",
    ]  # fmt: skip
