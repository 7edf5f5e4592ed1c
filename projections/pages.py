"""Cut a page: in two, or by the streams one read model has to leave out. All pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from projections.case_facts.facts import CaseFacts
from projections.case_facts.folding import fold_on, grouped
from projections.case_facts.touched import Touched
from projections.decoding import Failure
from projections.port import Page
from projections.seen import Seen


def without(page: Page, held: Collection[UUID]) -> Page:
    """Return the page without some streams."""
    if not held:
        return page
    return replace(
        page,
        seen=[one for one in page.seen if one.stream not in held],
        touched={stream: t for stream, t in page.touched.items() if stream not in held},
    )


def up_to_holds(page: Page, holds: Mapping[UUID, int]) -> Page:
    """Return the page with each held stream cut off before the position it is held from."""
    cut = {stream: at for stream, at in holds.items() if stream in page.touched}
    if not cut:
        return without(page, holds)
    seen = [one for one in page.seen if one.position < holds.get(one.stream, page.last + 1)]
    touched = {stream: t for stream, t in page.touched.items() if stream not in cut}
    for stream, events in grouped([one for one in seen if one.stream in cut]).items():
        before = page.touched[stream].before
        one, _ = fold_on(stream, before, events)
        if one is not None:
            touched[stream] = one
    return replace(page, seen=seen, touched=touched)


def before_failures(page: Page, failures: Sequence[Failure]) -> Page:
    """Return the page without the failed events and all that follow them in their streams."""
    if not failures:
        return page
    bad: dict[UUID, int] = {}
    for failure in failures:
        bad[failure.stream] = min(failure.position, bad.get(failure.stream, failure.position))
    return replace(
        page, seen=[one for one in page.seen if one.position < bad.get(one.stream, page.last + 1)]
    )


def halves(page: Page) -> tuple[Page, Page]:
    """Split a page of two events or more in the middle, its cases folded up to there."""
    middle = len(page.seen) // 2
    left, right = page.seen[:middle], page.seen[middle:]
    between = left[-1]
    first_half = _fold_half(left, {s: t.before for s, t in page.touched.items()})
    reached = {s: t.before for s, t in page.touched.items()} | {
        s: t.after for s, t in first_half.items()
    }
    return (
        replace(
            page, last=between.position, clock=between.recorded_at, seen=left, touched=first_half
        ),
        replace(
            page,
            first=between.position + 1,
            clock_before=between.recorded_at,
            seen=right,
            touched=_fold_half(right, reached),
        ),
    )


def _fold_half(seen: Sequence[Seen], standing: dict[UUID, CaseFacts | None]) -> dict[UUID, Touched]:
    touched: dict[UUID, Touched] = {}
    for stream, events in grouped(seen).items():
        if stream not in standing:
            continue
        before = standing[stream]
        one, _ = fold_on(stream, before, events)
        if one is not None:
            touched[stream] = one
    return touched
