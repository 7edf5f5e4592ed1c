"""In which order tests run: what takes long is begun early, by every process, and never last.

`--dist worksteal` cuts the list into as many equal pieces as there are processes; whoever has
run its piece takes the end of the longest one left. What takes long must therefore not stand
first in the list (all of it would be the first process's, and in the end two would wait for
it) but early in each piece, and not all at once: between two of them stand files of short ones,
so that few browsers want the processors at the same time. The last third of a piece is short
tests alone, which are what is taken over.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, groupby, islice
from typing import TypeVar

T = TypeVar("T")


def dealt(
    tests: Sequence[T], pieces: int, slow: Callable[[T], bool], file: Callable[[T], object]
) -> list[T]:
    """Return the tests in the order they are handed out in; each file's slow ones stay together."""
    long = _by_file([one for one in tests if slow(one)], file)
    short = iter([one for one in tests if not slow(one)])
    found: list[T] = []
    for piece in range(pieces):
        own = long[piece::pieces]
        size = (len(tests) - len(found)) // (pieces - piece)
        room = max(0, size - sum(map(len, own)))
        found += _woven(own, _by_file(list(islice(short, room)), file))
    return [*found, *short]


def _woven(long: list[list[T]], short: list[list[T]]) -> Iterable[T]:
    """Begin with a file of long ones; the next follows after some files of short ones."""
    between = len(short) * 2 // 3 // max(1, len(long))
    rest = iter(short)
    begun = [chain(one, *islice(rest, between)) for one in long]
    return chain(*begun, *rest)


def _by_file(tests: list[T], file: Callable[[T], object]) -> list[list[T]]:
    return [list(one) for _, one in groupby(tests, file)]
