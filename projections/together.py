"""What several read models write for one page, in few calls instead of one a statement.

A page of one event takes some seventeen statements, each small; most of their time is the way
to the database and back. Read models know nothing of each other and write to tables of their
own, so their statements can go together: each read model is let run until it asks for
something, all that is asked goes as one statement, and each goes on with its own answer.
A round or two, and a page is written. What one read model asks stays in its order, but for what
it says may go `at_once`.
"""

import re
from collections.abc import Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Final, TypeVar, cast

from projections.port import Connection

T = TypeVar("T")
Apply = Callable[[Connection], Coroutine[Any, Any, T]]
_PARAMETER: Final = re.compile(r"\$(\d+)")
TEXTS_KEPT: Final = 1_024
FETCH: Final = "fetch"
EXECUTE: Final = "execute"


@dataclass(slots=True, eq=False)
class Ask:
    """One call of a read model, on its way; awaited, it is the answer."""

    method: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]

    def __await__(self) -> Generator["Ask", Any, Any]:
        return (yield self)

    @property
    def is_statement(self) -> bool:
        """Tell whether it may go with others; COPY goes alone."""
        return self.method in (FETCH, EXECUTE)


class Asking:
    """What a read model takes for its connection: every call waits for its round."""

    def __getattr__(self, method: str) -> Callable[..., Ask]:
        return lambda *arguments, **options: Ask(method, arguments, options)


@dataclass(slots=True, eq=False)
class Several:
    """Some who run until each asks for something, then on with the answers, and so to their ends.

    One of them may be several itself: what it asks is a list of asks, its answer one of answers.
    """

    running: Sequence[Coroutine[Any, Any, Any]]

    def __await__(self) -> Generator[list[Ask], list[Any], list[Any]]:
        results: dict[int, Any] = {}
        answers: dict[int, Any] = dict.fromkeys(range(len(self.running)))
        try:
            while True:
                asked, many = list[Ask](), dict[int, int | None]()
                for index, answer in answers.items():
                    try:
                        ask = self.running[index].send(answer)
                    except StopIteration as done:
                        results[index] = done.value
                        continue
                    alone = isinstance(ask, Ask)
                    asked += (ask,) if alone else ask
                    many[index] = None if alone else len(ask)
                if not asked:
                    return [results[index] for index in range(len(self.running))]
                told = iter((yield asked))
                answers = {
                    index: next(told) if count is None else list(islice(told, count))
                    for index, count in many.items()
                }
        finally:
            for one in self.running:
                one.close()


async def at_once(connection: Connection, *calls: Coroutine[Any, Any, Any]) -> list[Any]:
    """Return what each of these calls comes to; in one round where read models go together.

    None may touch a row that another one touches: which of them is first is open.
    """
    if isinstance(connection, Asking):
        return await Several([_alone(call) if isinstance(call, Ask) else call for call in calls])
    try:
        return [await call for call in calls]
    finally:
        for call in calls:
            call.close()


async def _alone(ask: Ask) -> Any:
    return await ask


class Together:
    """Lets read models apply a page at the same time, over one connection."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[str, ...]] = {}

    async def run(self, connection: Connection, applies: Sequence[Apply[T]]) -> list[T]:
        """Return what each has returned. Of the first that fails the error is raised.

        They may await nothing but their connection's calls.
        """
        asking = cast("Connection", Asking())
        several = Several([apply(asking) for apply in applies]).__await__()
        try:
            asked = next(several)
            while True:
                asked = several.send(await self._round(connection, asked))
        except StopIteration as done:
            results: list[T] = done.value
            return results
        finally:
            several.close()

    async def _round(self, connection: Connection, asked: Sequence[Ask]) -> list[Any]:
        together = [ask for ask in asked if ask.is_statement]
        answered = await self._statements(connection, together) if len(together) > 1 else {}
        return [
            answered[id(ask)]
            if id(ask) in answered
            else await getattr(connection, ask.method)(*ask.arguments, **ask.options)
            for ask in asked
        ]

    async def _statements(self, connection: Connection, asked: Sequence[Ask]) -> dict[int, Any]:
        """Send statements as one; return the rows of those that are asked for them, by the ask."""
        whole = as_one(tuple((ask.method, *_shape(ask)) for ask in asked))
        given = [argument for ask in asked for argument in ask.arguments[1:]]
        columns = iter(await connection.fetchrow(whole, *given) or ())
        answers: dict[int, Any] = {}
        for ask in asked:
            answers[id(ask)] = None
            if ask.method == FETCH:
                text = ask.arguments[0]
                names = self._names.get(text) or await self._names_of(connection, text)
                rows: list[tuple[Any, ...]] = next(columns)
                answers[id(ask)] = [dict(zip(names, row, strict=True)) for row in rows]
        return answers

    async def _names_of(self, connection: Connection, text: str) -> tuple[str, ...]:
        """Return the columns of a statement's rows, asked for once."""
        if len(self._names) >= TEXTS_KEPT:
            self._names.clear()
        prepared = await connection.prepare(text)
        names = self._names[text] = tuple(one.name for one in prepared.get_attributes())
        return names


def _shape(ask: Ask) -> tuple[str, int]:
    return ask.arguments[0], len(ask.arguments) - 1


@lru_cache(TEXTS_KEPT)
def as_one(asked: tuple[tuple[str, str, int], ...]) -> str:
    """Return one statement for several: method, text and number of parameters of each.

    Its one row has an array of rows for each that is to be fetched, in their order.
    """
    parts, told, before = list[str](), list[str](), 0
    for index, (method, text, parameters) in enumerate(asked):
        parts.append(f"s{index} as (\n{_renumbered(text, before)}\n)")  # may end in a remark
        before += parameters
        if method == FETCH:
            told.append(f"array(select s from s{index} s)")
    return f"with {', '.join(parts)} select {', '.join(told) or 'null'}"


def _renumbered(text: str, before: int) -> str:
    return _PARAMETER.sub(lambda found: f"${int(found[1]) + before}", text)
