"""A transaction that is begun while its page is still being folded.

BEGIN is a question to the database like any other: the way there and back, and on an idle machine
a processor to be woken on each side. It need not be waited for.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from asyncpg.transaction import Transaction

from projections.port import Connection

T = TypeVar("T")


class Beginning:
    """The transactions of one connection, one at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._begun: Transaction | None = None
        self._in_use = asyncio.Lock()

    async def beside(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do something and begin the next transaction meanwhile, unless one is open already."""
        if self._in_use.locked() or self._begun is not None:
            return await work()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._begin())
            await asyncio.sleep(0)  # the question goes before the work begins
            try:
                return await work()
            except Exception as error:
                failure = error  # leaves as itself, not in a group
        raise failure

    async def _begin(self) -> None:
        if self._in_use.locked():  # somebody was quicker
            return
        async with self._in_use:
            with suppress(Exception):  # who wants it and finds none meets the same
                transaction = self._connection.transaction()
                await transaction.start()
                self._begun = transaction

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Commit what the block does, in the transaction that has been begun or in a new one."""
        async with self._in_use:
            transaction, self._begun = self._begun, None
            if transaction is None:
                transaction = self._connection.transaction()
                await transaction.start()
            try:
                yield
            except BaseException:
                await transaction.rollback()
                raise
            await transaction.commit()

    async def forget(self) -> None:
        """End what was begun for a page that will not be written."""
        async with self._in_use:
            transaction, self._begun = self._begun, None
            if transaction is not None:
                await transaction.rollback()
