"""Rows of many columns, most of which are the facts' own: taken together, put in order at once.

By position, because the same by a dictionary and its unpacking takes more than twice as long,
and every event makes several such rows.
"""

from collections.abc import Callable
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

import msgspec

R = TypeVar("R", bound=msgspec.Struct)


def maker(row: type[R], facts: type[msgspec.Struct], *differ: str) -> Callable[..., R]:
    """Return what makes a row from facts and, by name, the columns that are not the facts' own.

    `differ`: columns that have a fact's name and another value. The row takes its columns by
    position.
    """
    names = row.__struct_fields__
    own = [name for name in names if name in facts.__struct_fields__ and name not in differ]
    others = [name for name in names if name not in own]
    taken, given = attrgetter(*own), itemgetter(*others)
    places = {name: place for place, name in enumerate([*own, *others])}
    ordered = itemgetter(*(places[name] for name in names))

    def made(facts: msgspec.Struct, **others: Any) -> R:
        return row(*ordered(taken(facts) + given(others)))

    return made
