"""Work that goes on beside a block of code and ends with it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def beside(*children: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run coroutines for as long as the block runs.

    The block's own exception leaves as itself, not wrapped in a group.
    """
    failure: Exception | None = None
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(child) for child in children]
        try:
            yield
        except Exception as error:
            failure = error
        for task in tasks:
            task.cancel()
    if failure is not None:
        raise failure
