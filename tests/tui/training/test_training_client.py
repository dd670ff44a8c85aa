"""The client of the training child, against children that behave and children that do not."""

from __future__ import annotations

import asyncio
import os
import sys
import time

import pytest
from screens_of import SUPPORT

from cnncore.training.config import TrainConfig
from cnncore.training.events import Batch, Epoch, Event, Failed, Finished, Stage
from tui.app import child_client
from tui.app.child_process import ChildProcess
from tui.training.client import TrainingClient, training_command

FAKE = SUPPORT / "fake_child.py"


def client(mode: str, grace: float = 5.0) -> TrainingClient:
    return TrainingClient(TrainConfig(), command=[sys.executable, str(FAKE), mode], grace=grace)


async def everything(one: TrainingClient) -> list[Event]:
    return [event async for event in one.events()]


def pid_of(one: TrainingClient) -> int:
    assert one.child.pid is not None
    return one.child.pid


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_good_run_arrives_whole_and_in_order() -> None:
    one = client("good")
    events = await everything(one)
    assert events[0] == Stage("import")
    assert [e.batch for e in events if isinstance(e, Batch)] == [*range(1, 21)] * 3
    assert [e.epoch for e in events if isinstance(e, Epoch)] == [1, 2, 3]
    assert events[-1] == Finished(False, 3, 6.0, "/runs/1/model.keras", "/runs/1/history.csv")
    assert not alive(pid_of(one))


async def test_lines_that_are_no_events_are_passed_over() -> None:
    events = await everything(client("garbage"))
    assert isinstance(events[-1], Finished)
    assert len([e for e in events if isinstance(e, Epoch)]) == 3


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("killed", "signal 9"),
        ("segfault", "SIGSEGV"),
        ("crash", "exit status 3"),
        ("silent", "exit status 0"),
        ("fails", "TensorFlow is not installed"),
    ],
)
async def test_a_death_is_told_as_a_sentence(mode: str, words: str) -> None:
    events = await everything(client(mode))
    last = events[-1]
    assert isinstance(last, Failed)
    assert words in last.message.format(**last.values)
    assert len([e for e in events if isinstance(e, Failed | Finished)]) == 1


async def test_a_child_that_cannot_be_started_is_told_as_a_sentence() -> None:
    events = await everything(TrainingClient(TrainConfig(), command=["/nowhere/python"]))
    assert len(events) == 1
    assert isinstance(events[0], Failed)
    assert "could not be started" in events[0].message


async def stop_after_first_batch(one: TrainingClient, mode_event: type[object]) -> list[Event]:
    events: list[Event] = []
    async for event in one.events():
        events.append(event)
        if isinstance(event, mode_event) and not one.stopping:
            one.stop()
    return events


async def test_stop_lets_the_run_save() -> None:
    one = client("stoppable")
    events = await stop_after_first_batch(one, Epoch)
    assert Stage("save") in events
    assert events[-1] == Finished(True, 1, 2.0, "/runs/1/model.keras", "")


async def test_stop_ends_one_that_only_hangs() -> None:
    one = client("hangs")
    events = await stop_after_first_batch(one, Stage)
    assert isinstance(events[-1], Finished)
    assert events[-1].stopped
    assert not alive(pid_of(one))


async def test_stop_ends_one_that_does_not_listen() -> None:
    one = client("deaf", grace=0.3)
    begun = time.monotonic()
    events: list[Event] = []
    async for event in one.events():
        events.append(event)
        if event == Stage("train"):
            one.stop()
    assert isinstance(events[-1], Finished)
    assert time.monotonic() - begun < 20
    assert not alive(pid_of(one))


async def test_stop_asked_twice_ends_at_once() -> None:
    one = client("deaf", grace=60)
    async for event in one.events():
        if event == Stage("train"):
            one.stop()
            one.stop()
    assert not alive(pid_of(one))


async def test_one_that_lingers_after_its_last_event_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_client, "END_GRACE", 0.2)
    one = client("lingers")
    events = await everything(one)
    assert events[-1] == Finished(False, 3, 6.0, "/runs/1/model.keras", "/runs/1/history.csv")
    assert not alive(pid_of(one))


async def test_cancelling_the_reader_leaves_no_process() -> None:
    one = client("hangs")
    reader = asyncio.create_task(everything(one))
    while one.child.pid is None:
        await asyncio.sleep(0.01)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert not alive(pid_of(one))


async def test_closing_before_the_start_is_no_error() -> None:
    await client("good").close()


async def test_a_stop_before_the_start_is_kept() -> None:
    child = ChildProcess([sys.executable, str(FAKE), "hangs"])
    child.stop()
    assert [line async for line in child.lines()] == []


def test_the_real_child_gets_the_configuration() -> None:
    command = training_command(TrainConfig(epochs=2))
    assert command[-2] == "cnncore.training.child"
    assert TrainConfig.from_json(command[-1]) == TrainConfig(epochs=2)
