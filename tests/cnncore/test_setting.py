"""Process-wide settings: blocks may exit in any order, and None restores the default."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import cnncore
from cnncore._setting import Setting
from cnncore.network import Conv2D, Network


@dataclass(frozen=True)
class Pair:
    """A public setting: how it is read, set and changed for a block, and values for it."""

    get: Callable[[], Any]
    set: Callable[[Any], None]
    use: Callable[[Any], AbstractContextManager[None]]
    values: tuple[Any, ...]
    wrong: Any


SETTINGS = {
    "isa": Pair(cnncore.isa, cnncore.set_isa, cnncore.use_isa, cnncore.available_isas(), "mmx"),
    "threads": Pair(cnncore.get_num_threads, cnncore.set_num_threads, cnncore.use_num_threads, (1, 2, 3, 5), 0),
    "exact": Pair(cnncore.get_exact, cnncore.set_exact, cnncore.use_exact, (True, False), 2),
}


@pytest.fixture(params=SETTINGS)
def setting(request: pytest.FixtureRequest) -> Iterator[Pair]:
    found = SETTINGS[request.param]
    yield found
    found.set(None)


def test_every_setter_of_the_module_is_tried_here() -> None:
    """A setting that is added later has a block and a default as these have."""
    setters = {name for name in cnncore.__all__ if name.startswith("set_")}
    assert setters == {pair.set.__name__ for pair in SETTINGS.values()}
    blocks = {name for name in cnncore.__all__ if name.startswith("use_")}
    assert blocks == {pair.use.__name__ for pair in SETTINGS.values()}


def test_a_default_comes_back(setting: Pair) -> None:
    default = setting.get()
    for value in setting.values:
        setting.set(value)
        assert setting.get() == value
    setting.set(None)
    assert setting.get() == default


def test_what_is_wrong_is_refused_before_the_block(setting: Pair) -> None:
    before = setting.get()
    for call in (setting.set, setting.use):
        with pytest.raises(cnncore.CnnError):
            call(setting.wrong)
    assert setting.get() == before


def test_a_block_waits_with_what_is_set_inside_it(setting: Pair) -> None:
    first, last = setting.values[0], setting.values[-1]
    with setting.use(first):
        setting.set(last)
        assert setting.get() == first
    assert setting.get() == last


def test_two_threads_whose_blocks_overlap(setting: Pair) -> None:
    before, inside, ended = setting.get(), threading.Event(), threading.Event()

    def other() -> None:
        with setting.use(setting.values[1]):
            inside.set()
            assert ended.wait(10)

    thread = threading.Thread(target=other)
    with setting.use(setting.values[0]):
        thread.start()
        assert inside.wait(10)
        assert setting.get() == setting.values[1]
    assert setting.get() == setting.values[1]  # that block is still open
    ended.set()
    thread.join()
    assert setting.get() == before


def test_two_tasks_whose_blocks_overlap(setting: Pair) -> None:
    async def one(value: Any, opens: float, stays: float) -> None:
        await asyncio.sleep(opens)
        with setting.use(value):
            await asyncio.sleep(stays)

    async def both() -> None:
        await asyncio.gather(one(setting.values[0], 0, 0.02), one(setting.values[1], 0.01, 0.02))

    before = setting.get()
    asyncio.run(both())
    assert setting.get() == before


def test_a_task_that_is_cancelled_inside_its_block(setting: Pair) -> None:
    async def hangs(value: Any) -> None:
        with setting.use(value):
            await asyncio.sleep(60)

    async def main() -> None:
        tasks = [asyncio.ensure_future(hangs(value)) for value in setting.values[:2]]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    before = setting.get()
    asyncio.run(main())
    assert setting.get() == before


def test_generators_left_in_any_order(setting: Pair) -> None:
    def inside(value: Any) -> Iterator[int]:
        with setting.use(value):
            yield 1
            yield 2

    before = setting.get()
    a, b, c = inside(setting.values[0]), inside(setting.values[1]), inside(setting.values[0])
    for generator in (a, b, c):
        next(generator)
    del a  # never ran to its end
    assert list(c) == [2]
    assert setting.get() == setting.values[1]
    assert list(b) == [2]
    assert setting.get() == before


def test_exceptions_and_decorated_functions_and_one_block_entered_twice(setting: Pair) -> None:
    before, block = setting.get(), setting.use(setting.values[0])

    @setting.use(setting.values[1])  # type: ignore[operator]
    def decorated() -> Any:
        with block, block:
            pass
        return setting.get()

    def fails() -> None:
        with block:
            raise ZeroDivisionError

    assert decorated() == setting.values[1]
    with pytest.raises(ZeroDivisionError):
        fails()
    assert setting.get() == before


@pytest.mark.parametrize("seed", range(20))
def test_any_order_at_all(seed: int) -> None:
    """Against a list of the open ones: the last of them is in force, and what was set where there is none."""
    dice = random.Random(seed)
    applied: list[int | None] = [None]
    setting: Setting[int] = Setting(applied.append)
    opened: list[Any] = []
    base = None
    for number in range(200):
        match dice.randrange(5):
            case 0:
                base = dice.choice([None, number])
                setting.set(base)
            case 1 | 2:
                opened.append(setting.block(number))
                opened[-1].__enter__()
            case _ if opened:
                opened.pop(dice.randrange(len(opened))).__exit__(None, None, None)
        assert applied[-1] == (opened[-1].value if opened else base)


def test_threads_that_hammer_it(setting: Pair) -> None:
    before = setting.get()

    def hammer(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(300):
            with setting.use(dice.choice(setting.values)), setting.use(dice.choice(setting.values)):
                pass

    threads = [threading.Thread(target=hammer, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert setting.get() == before


def test_no_plan_of_another_instruction_set_is_kept() -> None:
    """Were plans made while another thread changes it, those of "ref" could stay as those of the best one."""
    dice = np.random.default_rng(0)
    kernel, x = dice.standard_normal((3, 3, 8, 16)), dice.standard_normal((2, 20, 20, 8)).astype(np.float32)
    layer = Conv2D(name="c", input_shape=(20, 20, 8), kernel=kernel)
    want = Network([layer], (20, 20, 8)).predict(x).tobytes()
    ended = threading.Event()

    def switch() -> None:
        while not ended.is_set():
            with cnncore.use_isa("ref"):
                pass

    thread = threading.Thread(target=switch)
    thread.start()
    try:
        networks = [Network([layer], (20, 20, 8)) for _ in range(200)]
        for network in networks:
            network.predict(x)
    finally:
        ended.set()
        thread.join()
    # Plans made under "ref" are made again; those of the default must be its own.
    assert {network.predict(x).tobytes() for network in networks} == {want}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_is_not_held_by_the_blocks_of_threads_it_has_not() -> None:
    code = """
import os, threading, cnncore
before, inside, ended = cnncore.isa(), threading.Event(), threading.Event()
def other():
    with cnncore.use_isa("ref"), cnncore.use_num_threads(7):
        inside.set()
        ended.wait(20)
thread = threading.Thread(target=other)
with cnncore.use_num_threads(3):
    thread.start()
    inside.wait(20)
    pid = os.fork()
    if pid == 0:
        os._exit(0 if (cnncore.isa(), cnncore.get_num_threads()) == (before, 3) else 3)
    print(os.waitpid(pid, 0)[1], cnncore.isa(), cnncore.get_num_threads())
    ended.set()
    thread.join()
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("0 ref 7", "")


def test_a_default_follows_the_environment() -> None:
    code = """
import os, cnncore
os.environ["CNNCORE_ISA"] = "ref"
os.environ["CNNCORE_NUM_THREADS"] = "4"
cnncore.set_isa(None)
cnncore.set_num_threads(None)
print(cnncore.isa(), cnncore.get_num_threads())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "ref 4"
