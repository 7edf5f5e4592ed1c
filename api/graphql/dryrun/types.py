"""What a dry run says."""

from typing import Any, Final

import strawberry

from api.graphql.dryrun.changed import COMMANDS, key_of
from api.graphql.dryrun.comparing import ClockTally, Compared, Run
from api.graphql.mutation.inputs import command_input
from api.graphql.mutation.payload import UserError
from api.graphql.place import Department, known_department
from api.graphql.scalars import Instant
from api.reference import Reference
from domain.words import Kind, word


def _change() -> type:
    """Return the input: the very input of each mutation that can be tried out."""
    space: dict[str, Any] = {"__annotations__": {}}
    for command in COMMANDS:
        name = command.__name__[0].lower() + command.__name__[1:]
        key = key_of(command)
        space["__annotations__"][key] = command_input(command, None) | None
        space[key] = strawberry.field(
            description=f"As `{name}` would get it.", default=strawberry.UNSET
        )
    made = type("PolicyChangeInput", (), space)
    return strawberry.input(made, description="The change to try out: exactly one of these.")


PolicyChangeInput: Final = _change()


@strawberry.type(description="One stage clock over all the cases, under both rule books.")
class DryRunClock:
    """Runs: a clock that ran twice, as after a rework, counts twice."""

    clock: str = strawberry.field(description="Which stage.")
    name: str = strawberry.field(description="The stage in Chinese.")
    name_en: str = strawberry.field(description="The stage in English.")
    runs: int = strawberry.field(description="How often it ran.")
    moved: int = strawberry.field(description="Runs whose due instant would be another.")
    late_before: int = strawberry.field(description="Late by the rules as they are now.")
    late_after: int = strawberry.field(description="Late by the changed rules.")
    late_recorded: int = strawberry.field(
        description="Late as it was recorded, by the rules of that time."
    )


@strawberry.type(description="Cases that would go to another department.")
class DryRunRoute:
    """Null: nobody may take them."""

    before: Department | None = strawberry.field(description="Where the rules send them now.")
    after: Department | None = strawberry.field(description="Where they would be sent.")
    cases: int = strawberry.field(description="How many.")


@strawberry.type(description="A due instant under both.")
class DryRunDue:
    """Null: the stage has no limit."""

    clock: str = strawberry.field(description="Which stage.")
    name: str = strawberry.field(description="The stage in Chinese.")
    name_en: str = strawberry.field(description="The stage in English.")
    ended_at: Instant = strawberry.field(description="When the stage was over, else now.")
    before: Instant | None = strawberry.field(description="Due by the rules as they are now.")
    after: Instant | None = strawberry.field(description="Due by the changed rules.")
    late_before: bool = strawberry.field(description="Late by the rules as they are now.")
    late_after: bool = strawberry.field(description="Late by the changed rules.")


@strawberry.type(description="A case of which something would be otherwise.")
class DryRunCase:
    """Its moved deadlines, and whom it would go to."""

    number: str = strawberry.field(description="The number people know it by.")
    category: str = strawberry.field(description="Code of its category.")
    dues: list[DryRunDue] = strawberry.field(description="The deadlines that would move.")
    before: Department | None = strawberry.field(description="Where the rules send it now.")
    after: Department | None = strawberry.field(description="Where it would be sent.")


@strawberry.type(description="Last month again under a changed rule. Nothing is written.")
class DryRun:
    """Counts are of cases reported in the window, in the caller's scope."""

    user_errors: list[UserError] = strawberry.field(
        description="Why the change would be refused; then nothing was tried."
    )
    since: Instant = strawberry.field(description="Cases reported from this instant on.")
    cases: int = strawberry.field(description="How many cases were gone through.")
    complete: bool = strawberry.field(
        description="Whether those were all of the window; else they are the newest."
    )
    differing: int = strawberry.field(description="Of how many anything would be otherwise.")
    by_hand: int = strawberry.field(
        description="Clocks whose due somebody has ruled on (extended, expedited): left out."
    )
    clocks: list[DryRunClock] = strawberry.field(description="By stage.")
    rerouted: list[DryRunRoute] = strawberry.field(description="By department, most first.")
    examples: list[DryRunCase] = strawberry.field(description="The newest that differ, 20 at most.")


def clock_of(one: ClockTally) -> DryRunClock:
    """Return a stage for the API."""
    zh, en = word(Kind.CLOCK, one.clock)
    return DryRunClock(
        clock=one.clock, name=zh, name_en=en, runs=one.runs, moved=one.moved,
        late_before=one.late_before, late_after=one.late_after,
        late_recorded=one.late_recorded,
    )  # fmt: skip


def route_of(
    way: tuple[str | None, str | None], cases: int, before: Reference, after: Reference
) -> DryRunRoute:
    """Return a way that cases would go for the API."""
    return DryRunRoute(
        before=known_department(before, way[0]), after=known_department(after, way[1]), cases=cases
    )


def case_of(one: Compared, before: Reference, after: Reference) -> DryRunCase:
    """Return a differing case for the API."""
    return DryRunCase(
        number=one.matter.number, category=one.matter.category,
        dues=[_due(run) for run in one.runs if run.before != run.after],
        before=known_department(before, one.sent_before),
        after=known_department(after, one.sent_after),
    )  # fmt: skip


def _due(run: Run) -> DryRunDue:
    zh, en = word(Kind.CLOCK, run.clock)
    return DryRunDue(
        clock=run.clock, name=zh, name_en=en, ended_at=Instant(run.ended_at),
        before=None if run.before is None else Instant(run.before),
        after=None if run.after is None else Instant(run.after),
        late_before=run.late_before, late_after=run.late_after,
    )  # fmt: skip
