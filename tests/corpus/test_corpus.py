"""Old events for ever: every version ever released is read, and none of its records changes."""

import json

import pytest

from api.dispatch.sealing import sealed_fields
from domain.event import By
from domain.topics import EVENT_TYPES, UPCASTS, decode, decode_by, decode_meta, encode
from tests.corpus.write import DIGESTS, META, RECORDS, digest, file_of

VERSIONS = [
    (topic, schema)
    for topic, kind in sorted(EVENT_TYPES.items())
    for schema in range(1, kind.SCHEMA + 1)
]


def test_every_topic_and_version_has_a_record() -> None:
    missing = [one for one in VERSIONS if not file_of(*one).exists()]
    assert missing == [], "a new topic or version: run python -m tests.corpus.write"
    extra = {path.name for path in RECORDS.iterdir()} - {file_of(*one).name for one in VERSIONS}
    assert extra == set(), "a record without a topic: topics are never taken away"


def test_no_record_ever_changes() -> None:
    committed = json.loads(DIGESTS.read_text())
    assert {path.name: digest(path) for path in RECORDS.iterdir()} == committed


@pytest.mark.parametrize(("topic", "schema"), VERSIONS)
def test_a_stored_record_is_read_by_this_release(topic: str, schema: int) -> None:
    record = json.loads(file_of(topic, schema).read_text())
    assert (record["topic"], record["schema"]) == (topic, schema)
    state, kind = record["state"].encode(), EVENT_TYPES[topic]
    event = decode(topic, schema, state)
    assert type(event) is kind
    assert decode_meta(record["meta"].encode()) == META
    if schema < kind.SCHEMA:
        assert (topic, schema) in UPCASTS
        lifted = json.loads(state)
        for step in range(schema, kind.SCHEMA):
            lifted = UPCASTS[topic, step](lifted)
        assert json.loads(encode(event)) == lifted
        return
    assert encode(event) == state
    given = {name for name in kind.__struct_fields__ if name in json.loads(state)}
    assert given == set(kind.__struct_fields__), "a new field is a new schema of its topic"
    assert len(sealed_fields(event)) == len(kind.PERSONAL)


def test_there_is_something_to_lift() -> None:
    assert {key for key in UPCASTS if not file_of(*key).exists()} == set()
    assert ("directory.worker_dismissed", 1) in UPCASTS


def test_who_did_it_and_when_is_read_from_the_envelope() -> None:
    found = decode_by(encode(META), "acct:1")
    assert isinstance(found, By)
    wanted = {name: getattr(META, name) for name in ("role", "scope", "unit", "basis")}
    wanted |= {"actor": "acct:1", "at": META.effective_at}
    assert {name: getattr(found, name) for name in By.__struct_fields__} == wanted
