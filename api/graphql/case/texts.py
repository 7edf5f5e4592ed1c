"""What was said about a case in words, as the API shows it once it is opened."""

import strawberry

from api.graphql.case.opened import Opened
from api.graphql.mutation.inputs import DEGREE
from api.graphql.place import GeoPoint


@strawberry.type(description="What was said about a case in words; sealed in the log.")
class CaseText:
    """Opened for those who work on the case, inside their scope."""

    description: str | None = strawberry.field(description="What the matter is.")
    address: str | None = strawberry.field(description="Where it is, in words.")
    point: GeoPoint | None = strawberry.field(
        description="The exact point, also of a sensitive case."
    )
    conclusion: str | None = strawberry.field(description="What the last handling did.")
    erased: bool = strawberry.field(description="Whether a key was destroyed: words are gone.")


def text_of(found: Opened) -> CaseText:
    """Return opened words for the API."""
    point = found.point
    return CaseText(
        description=found.description,
        address=found.address,
        point=None if point is None else GeoPoint(lon=point.lon / DEGREE, lat=point.lat / DEGREE),
        conclusion=found.conclusion,
        erased=found.erased,
    )
