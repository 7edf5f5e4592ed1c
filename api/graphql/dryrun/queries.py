"""`dryRun`: what an administrator asks before a rule is set."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

import strawberry

from api.graphql.case.sight import case_sight
from api.graphql.context import Context, Info
from api.graphql.deadline.trace import trace
from api.graphql.dryrun.changed import COMMANDS, changed, decided, key_of
from api.graphql.dryrun.comparing import Compared, Matter, Tally, compared
from api.graphql.dryrun.types import DryRun, PolicyChangeInput, case_of, clock_of, route_of
from api.graphql.errors import BadInput
from api.graphql.mutation.inputs import Reader
from api.graphql.mutation.payload import user_error
from api.graphql.scalars import Instant
from api.reference import Reference
from domain.calendar.zone import DAY
from domain.errors import Rejected
from domain.event import By, Command
from projections.case_board import queries as board
from projections.case_board.row import BoardRow
from projections.decoding import decode_page
from projections.reading import at_position
from projections.seen import Seen

MOST_DAYS: Final = 92
MOST_CASES: Final = 5_000
PAGE: Final = 50
"""Cases gone through before others get their turn: some milliseconds of work."""
EXAMPLES: Final = 20


@strawberry.type
class DryRunQueries:
    """Root field about rules that are only thought of."""

    @strawberry.field(
        description="Go through the cases of the last days again under a changed rule: whose"
        " deadlines would move, what would be late, who would get them. Nothing is written."
    )
    async def dry_run(
        self,
        info: Info,
        change: Annotated[PolicyChangeInput, strawberry.argument(description="The change.")],  # type: ignore[valid-type]
        days: Annotated[
            int, strawberry.argument(description="How many days back, 92 at most.")
        ] = 30,
    ) -> DryRun:
        """Return the comparison, or the refusal that the change would get. Raises BadInput."""
        if not 1 <= days <= MOST_DAYS:
            raise BadInput(f"days is 1 to {MOST_DAYS}")
        context: Context = info.context
        platform, now = context.platform, context.platform.clock()
        command = _command(context, change)
        actor = context.actor
        by = By(actor=actor.id, role=actor.role.value, scope=actor.scope, at=now)
        before = platform.reference
        try:
            events = await decided(platform.dispatcher, before, command, by)
        except Rejected as rejected:
            error = user_error(rejected.code, rejected.facts, ["change"])
            return _told(Tally(0), before, before, now - days * DAY, [error])
        after, tally = changed(before, events), Tally(EXAMPLES)
        async for several in _cases(context, before, after, now - days * DAY):
            tally.count(several)
        return _told(tally, before, after, now - days * DAY, [])


def _command(context: Context, change: Any) -> Command:
    """Return the one command that is to be tried."""
    given = [
        (command, value)
        for command in COMMANDS
        if (value := getattr(change, key_of(command))) is not strawberry.UNSET and value is not None
    ]
    if len(given) != 1:
        raise BadInput("change is exactly one command")
    ((command, value),) = given
    return Reader(context.platform.reference, context.actor).command(command, value)


async def _cases(
    context: Context, before: Reference, after: Reference, since: int
) -> AsyncIterator[list[Compared]]:
    """Go through the cases reported since, the newest first."""
    platform = context.platform
    wanted = board.Filter(scope=context.actor.scope, reported_from=since)
    sight = case_sight(context.actor)
    last: tuple[int, UUID] | None = None
    for _ in range(MOST_CASES // PAGE):
        async with at_position(platform.reads, sight) as (reads, _):
            rows = await board.page(reads, wanted, after=last, limit=PAGE)
        if not rows:
            return
        last = board.sort_key(rows[-1], board.Sort.REPORTED)
        recorded = await platform.log.read_streams([row.id for row in rows])
        seen, _ = decode_page(recorded)
        yield _compare(rows, seen, before, after, platform.clock())


def _compare(
    rows: Sequence[BoardRow], seen: Sequence[Seen], before: Reference, after: Reference, now: int
) -> list[Compared]:
    of_case: defaultdict[UUID, list[Seen]] = defaultdict(list)
    for one in seen:
        of_case[one.stream].append(one)
    return [
        compared(
            Matter(
                number=row.number, category=row.category, scope=row.scope,
                dispatched=row.dispatched_at is not None,
            ),
            trace(str(row.id), of_case[row.id]),
            before, after, now,
        )
        for row in rows
    ]  # fmt: skip


def _told(
    tally: Tally, before: Reference, after: Reference, since: int, errors: list[Any]
) -> DryRun:
    rerouted = sorted(tally.rerouted.items(), key=lambda one: -one[1])
    return DryRun(
        user_errors=errors, since=Instant(since), cases=tally.cases,
        complete=tally.cases < MOST_CASES, differing=tally.differing, by_hand=tally.by_hand,
        clocks=[clock_of(one) for one in tally.clocks.values()],
        rerouted=[route_of(way, cases, before, after) for way, cases in rerouted],
        examples=[case_of(one, before, after) for one in tally.examples],
    )  # fmt: skip
