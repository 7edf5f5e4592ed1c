"""What a dispatch would do: the department the rules suggest, why, and the deadlines.

The same questions to the same reference that dispatching itself asks, so that the
preview and the event differ only by the moment between them.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import strawberry

from api.dispatch.casefacts import CASE
from api.graphql.context import Context
from api.graphql.ids import case_key
from api.graphql.place import Department, department_of, known_department
from api.graphql.scalars import Instant
from api.reference import Reference
from domain.actor import within
from domain.case.decisions.clocks import set_clocks
from domain.case.facts import CaseFacts
from domain.case.state import CaseState
from domain.case.values import Clock, Due, Explanation
from domain.event import By


@strawberry.type(description="A clock that a command would start.")
class DuePreview:
    """Reckoned as if it were sent now."""

    clock: str = strawberry.field(description="Which stage.")
    limit: str = strawberry.field(description="The limit, such as 4H.")
    due: Instant = strawberry.field(description="When it would end.")
    warn: Instant | None = strawberry.field(description="When it would warn.")


@strawberry.type(description="Where the case would go, why, and by when it must be done.")
class DispatchPreview:
    """Nothing is written."""

    department: Department | None = strawberry.field(
        description="The asked department, else the one the rules suggest; null: none may."
    )
    suggested: bool = strawberry.field(description="Whether the rules suggest it.")
    rule: str | None = strawberry.field(description="The routing rule; null: the category's lead.")
    reason: str = strawberry.field(description="Why, in Chinese.")
    reason_en: str = strawberry.field(description="Why, in English.")
    dues: list[DuePreview] = strawberry.field(description="The clocks that would start.")
    others: list[Department] = strawberry.field(
        description="Who else may take it: open, on duty, competent, serving the place."
    )


@dataclass(frozen=True, slots=True)
class _Suggested:
    department: str | None
    explanation: Explanation


async def dispatch_preview(
    context: Context, case: strawberry.ID, department: str | None
) -> DispatchPreview:
    """Return the preview. The caller has asked whether the case may be read."""
    key = case_key(case)
    held = await context.platform.dispatcher.load(key, CASE)
    state: CaseState = held.state
    reference, scope = context.platform.reference, state.place.scope
    suggested = _suggested(reference, state.category, scope)
    named = department or suggested.department
    is_suggested = named is not None and named == suggested.department
    why = suggested.explanation if is_suggested else Explanation()
    return DispatchPreview(
        department=known_department(reference, named),
        suggested=is_suggested,
        rule=why.rule,
        reason=why.reason,
        reason_en=why.reason_en,
        dues=[_due(one) for one in _dues(context, key, state, held.effective_at)],
        others=_others(reference, state.category, scope, named),
    )


def _suggested(reference: Reference, category: str, scope: str) -> _Suggested:
    route = reference.route(category, scope)
    return _Suggested(None, Explanation()) if route is None else _Suggested(*route)


def _dues(context: Context, case: UUID, state: CaseState, effective_at: int) -> tuple[Due, ...]:
    reference, scope = context.platform.reference, state.place.scope
    at = max(context.platform.clock(), effective_at)
    by = By(actor=context.actor.id, role=context.actor.role.value, at=at)
    facts: dict[str, Any] = {
        "calendar": reference.calendar(scope),
        "limits": reference.limits(state.category, scope),
    }
    return set_clocks(CaseFacts(by=by, case=case, **facts), Clock.ACKNOWLEDGE, Clock.HANDLE)


def _due(due: Due) -> DuePreview:
    warn = Instant(due.warn) if due.warn else None
    return DuePreview(clock=due.clock.value, limit=due.limit, due=Instant(due.due), warn=warn)


def _others(reference: Reference, category: str, scope: str, named: str | None) -> list[Department]:
    return [
        department_of(one)
        for key, one in sorted(reference.departments.items())
        if key != named
        and one.live
        and one.on_duty
        and one.competent(category)
        and within(scope, one.scope)
    ]
