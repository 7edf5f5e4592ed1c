"""The order in which tests are handed out: nobody waits in the end for what takes long."""

import pytest

from tests.order import dealt

LONG = {f"long{file}/{number}" for file in range(8) for number in range(2)}
TESTS = [
    *(f"short{file}/{number}" for file in range(16) for number in range(4)),
    *sorted(LONG),
    *(f"short{file}/{number}" for file in range(16, 32) for number in range(4)),
]


def order(tests: list[str], pieces: int) -> list[str]:
    return dealt(tests, pieces, LONG.__contains__, lambda one: one.partition("/")[0])


@pytest.mark.parametrize("pieces", [1, 2, 3, 4, 12])
def test_each_piece_begins_with_long_ones_and_ends_with_short_ones(pieces: int) -> None:
    found = order(TESTS, pieces)
    assert sorted(found) == sorted(TESTS)
    size = len(TESTS) // pieces
    for start in range(0, size * min(pieces, 8), size):
        piece = found[start : start + size]
        assert piece[0] in LONG
        assert not LONG.intersection(piece[-(size // 4) :])


def test_files_of_long_ones_are_whole_and_short_files_stand_between() -> None:
    found = order(TESTS, 2)
    at = [number for number, one in enumerate(found) if one in LONG]
    files = [found[number].partition("/")[0] for number in at]
    assert files == [one for one in files[::2] for _ in range(2)]
    assert {b - a for a, b in zip(at[::2], at[1::2], strict=True)} == {1}
    for before, after in zip(at[1::2], at[2::2], strict=False):
        assert after - before > 6


@pytest.mark.parametrize("tests", [[], sorted(LONG), TESTS[:5]])
def test_few_or_long_alone_are_all_run(tests: list[str]) -> None:
    assert sorted(order(tests, 4)) == sorted(tests)
