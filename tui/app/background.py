"""Long computations as plain generators of events, consumed by a screen without blocking it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import TypeVar

T = TypeVar("T")


async def in_threads(events: Iterator[T]) -> AsyncGenerator[T]:
    """Yield each event as it comes, computed in a thread. Leaving the loop, or a cancellation, ends the computation
    after the current step, for which nothing waits."""
    while True:
        step = await asyncio.to_thread(_next, events)
        if not step:
            return
        yield step[0]


def _next(events: Iterator[T]) -> tuple[T] | tuple[()]:
    """Return the next event, or nothing at the end: `StopIteration` cannot pass from a thread to a coroutine."""
    for event in events:
        return (event,)
    return ()
