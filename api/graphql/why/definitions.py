"""Every version of every definition, for people and as code."""

from typing import Annotated

import strawberry

from api.graphql.context import Info
from api.graphql.errors import BadInput
from api.graphql.why.types import FigureDefinition
from api.graphql.why.words import PASSED, WEIGHED, WORDS
from projections.figures.definitions import (
    ALL,
    VERSIONS,
    Definition,
    Duration,
    Named,
    Score,
)


def definition_of(one: Named) -> FigureDefinition:
    """Return one version of a definition for the API."""
    numerator, denominator = WORDS.get(one.code, (PASSED, PASSED))
    if isinstance(one, Score):
        numerator = denominator = WEIGHED
    return FigureDefinition(
        name=one.name, code=one.code, version=one.version, in_force=ALL[one.code] is one,
        title=one.zh, title_en=one.en,
        numerator=numerator[0], numerator_en=numerator[1],
        denominator=denominator[0], denominator_en=denominator[1],
        numerator_code=one.numerator if isinstance(one, Definition) else None,
        denominator_code=_denominator(one),
        left_out_code=one.left_out if isinstance(one, Definition) else None,
        measure_code=one.measure if isinstance(one, Duration) else None,
    )  # fmt: skip


def _denominator(one: Named) -> str | None:
    if isinstance(one, Definition):
        return one.denominator
    return one.cases if isinstance(one, Duration) else None


def versions_of(code: str) -> list[FigureDefinition]:
    """Return every version of one code, the newest first."""
    found = [one for one in VERSIONS.values() if one.code == code]
    return [definition_of(one) for one in sorted(found, key=lambda one: -one.version)]


Code = Annotated[
    str | None, strawberry.argument(description="Only the versions of this code, such as K7.")
]


@strawberry.type
class DefinitionQueries:
    """Root field of the definitions."""

    @strawberry.field(description="Definitions of figures, every version, the newest first.")
    def figure_definitions(self, info: Info, code: Code = None) -> list[FigureDefinition]:
        """Return definitions."""
        assert info.context is not None
        if code is not None and code not in ALL:
            raise BadInput(f"there is no figure {code}; there are {', '.join(ALL)}")
        codes = ALL if code is None else (code,)
        return [version for one in codes for version in versions_of(one)]
