"""Ids as the driver makes them: equal to the standard ones, and of the versions we promise."""

import time
from uuid import RFC_4122, UUID, uuid4

import msgspec
import pytest

from eventlog.ids import ordered_id, random_id, uuid_of

TEXT = "0b6d8a1e-1111-4222-8333-444455556666"


def test_they_are_uuids_like_any_other() -> None:
    for made in (random_id(), ordered_id(), uuid_of(TEXT)):
        standard = UUID(str(made))
        assert isinstance(made, UUID)
        assert (made, hash(made), made.int) == (standard, hash(standard), standard.int)
        assert msgspec.json.encode(made) == msgspec.json.encode(standard)


def test_versions_and_variant() -> None:
    made = [(random_id(), ordered_id()) for _ in range(500)]
    assert {(a.version, b.version) for a, b in made} == {(4, 7)}
    assert {one.variant for pair in made for one in pair} == {RFC_4122}
    assert len({one for pair in made for one in pair}) == 1_000


def test_ordered_ids_begin_with_the_time() -> None:
    before = time.time_ns() // 1_000_000
    stamp = ordered_id().int >> 80
    assert before <= stamp <= time.time_ns() // 1_000_000


@pytest.mark.parametrize(
    "text", [TEXT, TEXT.upper(), "{" + TEXT + "}", "urn:uuid:" + TEXT, TEXT.replace("-", "")]
)
def test_every_form_that_a_uuid_takes_is_read(text: str) -> None:
    assert uuid_of(text) == UUID(text) == UUID(TEXT)


@pytest.mark.parametrize("text", ["", "x", TEXT[:-1], TEXT + "0", TEXT.replace("0", "g")])
def test_what_is_no_uuid_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        uuid_of(text)


def test_a_random_id_is_as_random_as_the_standard_one() -> None:
    fixed = [0] * 2
    for kind, make in enumerate((random_id, uuid4)):
        ones = zeros = (1 << 128) - 1
        for _ in range(200):
            value = make().int
            ones, zeros = ones & value, zeros & ~value
        fixed[kind] = (ones | zeros).bit_count()
    assert fixed == [6, 6]  # version and variant, nothing else
