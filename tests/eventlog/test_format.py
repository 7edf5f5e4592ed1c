"""The frozen bytes: every vector, through our code and against plain libraries."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from domain.event import Meta, Sealed
from domain.topics import decode_meta, encode
from eventlog.format import canonical, leaf_entry, leaf_hash, leaf_index, origin
from eventlog.record import Recorded
from eventlog.sealed import DataKey, SealBroken, open_sealed, seal, seal_with

OTHER: dict[type, Callable[[Any], Any]] = {
    int: lambda value: value + 1,
    str: lambda value: value + "x",
    bytes: lambda value: value + b" ",
    UUID: lambda value: UUID(int=value.int + 1),
}
VECTORS = Path(__file__).parents[1] / "vectors"


def vectors(name: str) -> list[dict[str, Any]]:
    return list(json.loads((VECTORS / f"{name}.json").read_text())["vectors"])


def recorded(event: dict[str, Any]) -> Recorded:
    return msgspec.convert(
        event | {name: event[name].encode() for name in ("meta", "state")}, Recorded
    )


@pytest.mark.parametrize("vector", vectors("leaf"))
def test_leaf_entries(vector: dict[str, Any]) -> None:
    entry = leaf_entry(recorded(vector["event"]))
    assert entry.decode() == vector["entry"]
    assert leaf_hash(entry).hex() == vector["leaf_hash_hex"]


@pytest.mark.parametrize("vector", vectors("leaf"))
def test_a_leaf_commits_to_every_column(vector: dict[str, Any]) -> None:
    whole = recorded(vector["event"])
    hashes = {leaf_hash(leaf_entry(whole))}
    for name in Recorded.__struct_fields__:
        value = getattr(whole, name)
        other = OTHER[type(value)](value)
        hashes.add(leaf_hash(leaf_entry(msgspec.structs.replace(whole, **{name: other}))))
    assert len(hashes) == 1 + len(Recorded.__struct_fields__)


def test_the_order_of_a_leafs_members_is_frozen() -> None:
    assert list(json.loads(vectors("leaf")[0]["entry"])) == [
        *("v", "position", "stream", "version", "topic", "schema", "recorded_at"),
        *("command_id", "command_index", "actor", "meta_sha256", "state_sha256"),
    ]


def test_the_leaf_hash_is_that_of_rfc_6962() -> None:
    known = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"").hex() == known == hashlib.sha256(b"\0").hexdigest()


def test_the_first_event_is_leaf_0() -> None:
    assert leaf_index(1) == 0


def test_the_origin_line_names_cell_and_epoch() -> None:
    cell = "0b6d8a1e-1111-4222-8333-444455556666"
    assert origin(cell, 2) == "0b6d8a1e-1111-4222-8333-444455556666/2"


@pytest.mark.parametrize("vector", vectors("envelope"))
def test_envelopes(vector: dict[str, Any]) -> None:
    meta = msgspec.convert(vector["meta"], Meta)
    assert encode(meta).decode() == canonical(vector["meta"]).decode() == vector["bytes"]
    assert decode_meta(vector["bytes"].encode()) == meta


def test_canonical_json_sorts_at_every_depth_and_keeps_text() -> None:
    assert canonical({"b": {"z": 1, "a": [2, {"y": None, "x": True}]}, "a": "滨\n"}) == (
        '{"a":"滨\\n","b":{"a":[2,{"x":true,"y":null}],"z":1}}'.encode()
    )


def place(vector: dict[str, Any]) -> tuple[UUID, str, int, str]:
    return UUID(vector["stream"]), vector["topic"], vector["schema"], vector["field"]


def key(vector: dict[str, Any]) -> DataKey:
    return DataKey(UUID(vector["key"]), bytes.fromhex(vector["secret_hex"]))


@pytest.mark.parametrize("vector", vectors("sealed"))
def test_sealed_values(vector: dict[str, Any]) -> None:
    nonce, clear = bytes.fromhex(vector["nonce_hex"]), vector["clear"].encode()
    assert seal_with(nonce, clear, key(vector), *place(vector)) == vector["sealed"]
    assert open_sealed(vector["sealed"], key(vector), *place(vector)) == clear


@pytest.mark.parametrize("vector", vectors("sealed"))
def test_a_sealed_value_as_it_lies_in_state(vector: dict[str, Any]) -> None:
    sealed = msgspec.convert(vector["sealed"], Sealed)
    assert msgspec.json.encode(sealed, order="sorted") == canonical(vector["sealed"])


def moved(vector: dict[str, Any]) -> dict[str, dict[str, Any]]:
    other = "6f1c2a50-8d0e-4b57-9a57-0d5f2f3c4e99"
    return {
        "stream": vector | {"stream": other},
        "topic": vector | {"topic": "case.accepted"},
        "schema": vector | {"schema": 7},
        "field": vector | {"field": "conclusion"},
        "key id": vector | {"key": other},
        "secret": vector | {"secret_hex": "00" * 31 + "01"},
        "bytes": vector
        | {"sealed": vector["sealed"] | {"ct": "AAAA" + vector["sealed"]["ct"][4:]}},
        "not base64": vector | {"sealed": vector["sealed"] | {"ct": "A"}},
    }


@pytest.mark.parametrize("what", moved(vectors("sealed")[0]))
def test_a_sealed_value_opens_nowhere_else(what: str) -> None:
    vector = moved(vectors("sealed")[0])[what]
    with pytest.raises(SealBroken):
        open_sealed(vector["sealed"], key(vector), *place(vector))


def test_the_same_text_is_never_sealed_alike() -> None:
    vector = vectors("sealed")[0]
    made = [seal(b"x", key(vector), *place(vector)) for _ in range(50)]
    assert len({one["nonce"] for one in made}) == len({one["ct"] for one in made}) == 50
