"""Feeds by name, for whoever has no GraphQL client: a browser's EventSource, curl, a poll.

Each is a document of ours with a few parameters in the address. It runs in the same
groups as any other subscription, so it costs nothing to say the same in another form.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from starlette.datastructures import QueryParams

from api.graphql.errors import BadInput

DOCUMENTS: Final = Path(__file__).with_name("documents")
FLAGS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Feed:
    """A document, and how an address's parameters become its variables."""

    text: str
    variables: Callable[[QueryParams], Mapping[str, Any]]


def _scoped(given: QueryParams) -> Mapping[str, Any]:
    return {"scope": given.get("scope")}


def _nothing(_given: QueryParams) -> Mapping[str, Any]:
    return {}


def _filtered(given: QueryParams) -> Mapping[str, Any]:
    """A filter of cases: `status`, `department` and `lead` may be repeated."""
    found: dict[str, Any] = {
        name: given[name] for name in ("scope", "category", "severity", "number") if name in given
    }
    found |= {
        name: given.getlist(name) for name in ("status", "department", "lead") if name in given
    }
    found |= {name: flag(name, given[name]) for name in ("open", "overdue") if name in given}
    return {"filter": found}


def flag(name: str, value: str) -> bool:
    """Return what `true` or `false` in an address means. Raises BadInput."""
    if value not in FLAGS:
        raise BadInput(f"{name} is true or false")
    return FLAGS[value]


def _read(name: str) -> str:
    return (DOCUMENTS / f"{name}.graphql").read_text(encoding="utf-8")


FEEDS: Final[Mapping[str, Feed]] = {
    "wall": Feed(_read("wall"), _scoped),
    "cases": Feed(_read("cases"), _filtered),
    "overview": Feed(_read("overview"), _scoped),
    "grids": Feed(_read("grids"), _scoped),
    "departments": Feed(_read("departments"), _nothing),
}
