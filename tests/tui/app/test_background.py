"""Long computations consumed without blocking the loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from tui.app.background import in_threads


async def test_every_event_comes_in_order_from_another_thread() -> None:
    threads = []

    def events() -> Iterator[int | None]:
        for i in (0, None, 2):  # nothing that an event can be is taken for the end
            threads.append(threading.current_thread())
            yield i

    assert [event async for event in in_threads(events())] == [0, None, 2]
    assert threading.main_thread() not in threads


async def test_what_is_raised_passes_through() -> None:
    def events() -> Iterator[int]:
        yield 1
        raise ValueError("told")

    stream = in_threads(events())
    assert await anext(stream) == 1
    with pytest.raises(ValueError, match="told"):
        await anext(stream)


async def test_cancelling_does_not_wait_and_ends_it_after_the_current_step() -> None:
    steps = []
    release = threading.Event()

    def events() -> Iterator[int]:
        for i in range(100):
            steps.append(i)
            release.wait(10)
            yield i

    async def consume() -> None:
        async for _event in in_threads(events()):
            pass

    task = asyncio.create_task(consume())
    while not steps:
        await asyncio.sleep(0.01)
    begun = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - begun < 2
    release.set()
    await asyncio.sleep(0.05)
    assert steps == [0]


async def test_the_loop_goes_on_meanwhile() -> None:
    def events() -> Iterator[int]:
        for i in range(5):
            time.sleep(0.05)
            yield i

    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    ticker = asyncio.create_task(tick())
    assert [event async for event in in_threads(events())] == [0, 1, 2, 3, 4]
    ticker.cancel()
    assert ticks > 5
