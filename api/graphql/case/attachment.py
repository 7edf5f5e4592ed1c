"""A case's pictures in the API: what there is; the bytes are at /attachments."""

from uuid import UUID

import strawberry

from api.attachments.rows import Row
from api.attachments.storage import WHOLE
from api.dispatch.casefacts import CASE
from api.graphql.context import Context
from api.graphql.scalars import LogPosition
from api.http.attachments import copies_for

SHOWN = "clean"


@strawberry.type(description="附件 A picture that one of the case's events names.")
class Attachment:
    """Fetch `path` with your token; `?copy=reduced` for the small one."""

    id: strawberry.ID = strawberry.field(description="Id, as in its path.")
    sha256: str = strawberry.field(description="Hash of the picture as kept; the event names it.")
    kind: str = strawberry.field(description="before, after or other.")
    position: LogPosition = strawberry.field(description="The event that names it.")
    width: int = strawberry.field(description="Pixels.")
    height: int = strawberry.field(description="Pixels.")
    state: str = strawberry.field(description="clean, quarantined or erased.")
    path: str | None = strawberry.field(
        description="Where to fetch it; null when it can't be shown."
    )
    whole: bool = strawberry.field(description="Whether you get the whole one, or the reduced.")


async def attachments_of(context: Context, case: UUID) -> list[Attachment]:
    """Return the pictures an actor may see of a case; none for who may not."""
    platform = context.platform
    held = await platform.dispatcher.load(case, CASE)
    copies = () if context.shared else copies_for(context.actor, held.state)
    if not copies:
        return []
    return [_attachment(row, WHOLE in copies) for row in await platform.attachments.of_case(case)]


def _attachment(row: Row, whole: bool) -> Attachment:
    return Attachment(
        id=strawberry.ID(str(row.id)), sha256=row.sha256, kind=row.kind or "other",
        position=LogPosition(row.position or 0), width=row.width, height=row.height,
        state=row.state, path=f"/attachments/{row.id}" if row.state == SHOWN else None,
        whole=whole,
    )  # fmt: skip
