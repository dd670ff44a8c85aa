"""Keys on their way to the app, and the answers that they wait for."""

from __future__ import annotations

import asyncio
import time

import pytest
from textual import events
from textual.message import Message

from tui.terminal import waiting
from tui.terminal.waiting import Waiting


class Asked:
    """The app of these tests: `asks` is what a key asks for, and `given` the keys it got."""

    def __init__(self, asks: dict[str, object]) -> None:
        self.asks = asks
        self.given: list[str] = []
        self.to_come: set[object] = set()
        self.waiting = Waiting(asyncio.get_running_loop(), self.give, lambda: self.to_come)
        self.waiting.open()

    def give(self, message: Message) -> None:
        assert isinstance(message, events.Key)
        self.given.append(message.key)
        if message.key in self.asks:
            self.to_come.add(self.asks[message.key])

    def type(self, *keys: str) -> None:
        for key in keys:
            self.waiting.put(events.Key(key, None))

    async def until_given(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.given) < count:
                await asyncio.sleep(0.001)


class Answer:
    """From a thread, say."""


async def test_keys_wait_for_the_answer_to_the_one_before() -> None:
    app = Asked({"enter": (answer := Answer())})
    app.type("a", "enter", "b")
    await app.until_given(2)
    await asyncio.sleep(5 * waiting.LOOK)
    assert app.given == ["a", "enter"]
    app.to_come.discard(answer)
    await app.until_given(3)


async def test_a_process_that_stood_still_has_not_waited() -> None:
    app = Asked({"enter": (answer := Answer())})
    app.type("enter", "b")
    await app.until_given(1)
    time.sleep(1.5 * waiting.LOOK * waiting.LOOKS)  # as if stopped
    await asyncio.sleep(5 * waiting.LOOK)
    assert app.given == ["enter"]
    app.to_come.discard(answer)
    await app.until_given(2)


async def test_what_never_comes_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LOOKS", 20)
    app = Asked({"enter": Answer()})
    app.type("enter", "b", *"cdefghij")
    begun = time.monotonic()
    await app.until_given(2)
    assert time.monotonic() - begun >= 20 * waiting.LOOK
    looked = 0

    async def sleep(seconds: float, sleep: object = asyncio.sleep) -> None:
        nonlocal looked
        looked += seconds == waiting.LOOK
        await sleep(seconds)  # type: ignore[operator]

    monkeypatch.setattr(asyncio, "sleep", sleep)
    await app.until_given(10)
    assert looked == 0


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_what_ends_the_app_waits_for_no_answer(key: str) -> None:
    app = Asked({"enter": Answer()})
    app.type("enter", "b", "c")
    await app.until_given(1)
    app.type(key)
    await app.until_given(2)
    assert app.given == ["enter", key]
