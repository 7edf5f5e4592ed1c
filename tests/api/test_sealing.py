"""Sealing walks every personal field there is, and opening brings it back."""

from typing import Any, get_type_hints
from uuid import uuid4

import msgspec
import pytest

from api.dispatch.sealing import open_events, personal, seal_events, sealed_fields
from domain.case.values import Place, Point
from domain.event import DomainEvent, Sealed
from domain.topics import EVENT_TYPES, decode, encode
from eventlog.vault import Vault

PERSONAL = [event for event in EVENT_TYPES.values() if event.PERSONAL]
POINT = Point(lon=118_000_000, lat=37_000_000)


def _sample(kind: type[DomainEvent]) -> DomainEvent:
    """Return an event with every personal field given, its category sensitive."""
    values: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        if name == "place":
            values[name] = {"scope": "1.", "point": msgspec.to_builtins(POINT), "address": "门口"}
        elif name == "explanation":
            values[name] = {"rule": "r", "words": "熟悉情况的话"}
        elif name == "sensitive":
            values[name] = True
        elif name in {path.partition(".")[0] for path in kind.PERSONAL}:
            values[name] = f"{name} 的话"
        elif name in kind.__struct_fields__ and _required(kind, name):
            values[name] = _plain(hint)
    return msgspec.convert(values, kind)


def _required(kind: type[DomainEvent], name: str) -> bool:
    return any(one.name == name and one.required for one in msgspec.structs.fields(kind))


def _plain(hint: Any) -> Any:
    if hasattr(hint, "__members__"):
        return next(iter(hint)).value
    return {str: "x", int: 1, bool: True}.get(hint, [])


@pytest.mark.parametrize("kind", PERSONAL, ids=lambda kind: kind.TOPIC)
async def test_every_personal_field_is_sealed_and_opens_again(kind: type[DomainEvent]) -> None:
    vault, stream, clear = Vault.in_memory(), uuid4(), _sample(kind)
    (sealed,) = await seal_events(vault, stream, [clear])
    assert len(sealed_fields(sealed)) == len(personal(kind)) == len(kind.PERSONAL)
    stored = encode(sealed)
    assert "的话".encode() not in stored
    if "place.point" in kind.PERSONAL:
        assert b"118000000" not in stored
    read = decode(kind.TOPIC, kind.SCHEMA, stored)
    assert await open_events(vault, stream, [read]) == [clear]
    assert await seal_events(vault, stream, [sealed]) == [sealed]


async def test_a_plain_category_keeps_its_point_in_the_open() -> None:
    from domain.case.events import CaseRelocated

    place = Place(scope="1.", point=POINT, address="门口")
    event = CaseRelocated(place=place, was_scope="1.", sensitive=False)
    (sealed,) = await seal_events(Vault.in_memory(), uuid4(), [event])
    assert isinstance(sealed, CaseRelocated)
    assert sealed.place.point == POINT
    assert isinstance(sealed.place.address, Sealed)


async def test_a_destroyed_key_leaves_the_field_sealed() -> None:
    from domain.case.events import CaseUrged

    vault, stream = Vault.in_memory(), uuid4()
    sealed = await seal_events(vault, stream, [CaseUrged(note="快")])
    await vault.destroy(f"case:{stream}")
    assert await open_events(vault, stream, sealed) == list(sealed)


FREE_TEXT = frozenset({
    "description", "conclusion", "note", "reply", "contact", "comment", "address", "words",
})  # fmt: skip
CODED = frozenset({
    "case.declined", "case.filing_refused", "case.returned", "case.extension_requested",
    "case.suspended", "case.force_closed", "case.reopened", "case.cancelled",
})  # fmt: skip
"""Events whose `reason` is one of a list of words, so that it is nobody's own."""


@pytest.mark.parametrize(
    "kind", [kind for kind in EVENT_TYPES.values() if kind.TOPIC.startswith("case.")],
    ids=lambda kind: kind.TOPIC,
)  # fmt: skip
def test_no_free_text_of_a_case_is_left_in_the_clear(kind: type[DomainEvent]) -> None:
    given = set(kind.__struct_fields__)
    free = given & FREE_TEXT | (
        {"reason"} if "reason" in given and kind.TOPIC not in CODED else set()
    )
    free |= {"explanation.words"} if "explanation" in given else set()
    free |= {"place.address"} if "place" in given else set()
    assert free <= set(kind.PERSONAL)
