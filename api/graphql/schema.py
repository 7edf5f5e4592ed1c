"""The schema: every capability's root fields put together, and its printed form."""

from typing import Final

import strawberry
from graphql import lexicographic_sort_schema, print_schema
from strawberry.schema.config import StrawberryConfig

from api.graphql.accounts import AccountQueries
from api.graphql.alarm.queries import AlarmQueries
from api.graphql.appeal.queries import AppealQueries
from api.graphql.arguments import describe
from api.graphql.case.queries import CaseQueries
from api.graphql.changes import SDL_FILE, SchemaQueries
from api.graphql.deadline.queries import DeadlineQueries
from api.graphql.district import DistrictQueries
from api.graphql.dryrun.queries import DryRunQueries
from api.graphql.events import AuditQueries
from api.graphql.executor import Executor
from api.graphql.figure import FigureQueries
from api.graphql.history.others import HistoryQueries
from api.graphql.me import MeQueries
from api.graphql.mutation.mutation import Mutation
from api.graphql.nodes import NodeQueries
from api.graphql.outward import OutwardQueries
from api.graphql.privacy.queries import PrivacyQueries
from api.graphql.replay.day import DayQueries
from api.graphql.replay.density import ReplayQueries
from api.graphql.scalars import SCALARS
from api.graphql.sealed import SealQueries
from api.graphql.subscription import Subscription
from api.graphql.upkeep import UpkeepQueries
from api.graphql.wall.queries import WallQueries
from api.graphql.why.definitions import DefinitionQueries


@strawberry.type(description="What can be read; extensions.position says as of where.")
class Query(
    AlarmQueries,
    AppealQueries,
    CaseQueries,
    FigureQueries,
    DistrictQueries,
    DeadlineQueries,
    WallQueries,
    AuditQueries,
    PrivacyQueries,
    MeQueries,
    SchemaQueries,
    NodeQueries,
    SealQueries,
    ReplayQueries,
    DayQueries,
    HistoryQueries,
    DefinitionQueries,
    AccountQueries,
    OutwardQueries,
    DryRunQueries,
    UpkeepQueries,
):
    """All root fields."""


SCHEMA: Final = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    execution_context_class=Executor,
    config=StrawberryConfig(scalar_map=SCALARS),
)


SCHEMA_CORE: Final = describe(SCHEMA._schema)
"""What graphql-core executes. Not sorted: strawberry's unions know only this one's types."""


def sdl() -> str:
    """Return the schema as it is committed in `schema.graphql`."""
    return print_schema(lexicographic_sort_schema(SCHEMA_CORE)) + "\n"


if __name__ == "__main__":
    SDL_FILE.write_text(sdl(), encoding="utf-8")
