"""Long computations, written as plain generators of events, consumed by a screen without holding it up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import TypeVar

T = TypeVar("T")


async def in_threads(events: Iterator[T]) -> AsyncGenerator[T]:
    """Each event as it comes, computed in a thread. Leaving the loop, or being cancelled, ends the computation after
    the step at hand, which nobody waits for."""
    while True:
        step = await asyncio.to_thread(_next, events)
        if not step:
            return
        yield step[0]


def _next(events: Iterator[T]) -> tuple[T] | tuple[()]:
    """The next event, or nothing at the end: `StopIteration` cannot leave a thread for a coroutine."""
    for event in events:
        return (event,)
    return ()
