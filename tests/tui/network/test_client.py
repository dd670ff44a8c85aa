"""The client of the child that owns Keras: networks from files and from the cache, answers, and every kind of end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from screens_of import SUPPORT

from cnncore import layers, models
from cnncore.child.messages import Failed, Stage
from cnncore.keras.network_child import Ready
from cnncore.network import Conv2D, Flatten, InputLayer, Network, Softmax, storage
from cnncore.training.fresh import fresh_network
from tui.network.client import Loaded, Message, NetworkClient, Values, can_be_tried_again
from tui.network.opening_words import STAGES, failure, lacks_tensorflow, stage_line

FAKE = str(SUPPORT / "fake_network_child.py")
X = np.random.default_rng(1).random((6, 6, 1), np.float32)


def network() -> Network:
    kernel = np.random.default_rng(0).normal(size=(3, 3, 1, 2))
    return Network(
        [
            InputLayer(name="in", input_shape=(6, 6, 1)),
            Conv2D(name="conv", input_shape=(6, 6, 1), kernel=kernel),
            Flatten(name="flat", input_shape=(4, 4, 2)),
            Softmax(name="softmax", input_shape=(32,)),
        ],
        (6, 6, 1),
    )


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))


@pytest.fixture
def model(tmp_path: Path) -> str:
    storage.save(network(), tmp_path / "model")
    return str(tmp_path / "model")


def client(source: str | Network, mode: str = "good", *, keras: bool = True) -> NetworkClient:
    return NetworkClient(source, keras=keras, command=[sys.executable, FAKE, mode])


async def until(one: NetworkClient, kind: type[Message], count: int = 1) -> list[Message]:
    """The messages up to the `count`-th of a kind; the client is stopped then. All of them where it does not come."""
    messages: list[Message] = []
    async for message in one.messages():
        messages.append(message)
        if isinstance(message, kind):
            count -= 1
            if not count:
                one.stop()
    await one.close()
    return messages


def pid_of(one: NetworkClient) -> int:
    assert one._child is not None
    assert one._child.pid is not None
    return one._child.pid


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def kinds(messages: list[Message]) -> list[str]:
    return [m.stage if isinstance(m, Stage) else type(m).__name__ for m in messages]


async def test_a_file_is_converted_before_keras_is_loaded(model: str, tmp_path: Path) -> None:
    messages = await until(client(model), Ready)
    assert kinds(messages) == ["convert", "Loaded", "import", "load", "Ready"]
    (loaded,) = (m for m in messages if isinstance(m, Loaded))
    np.testing.assert_array_equal(loaded.network.predict(X), network().predict(X))
    assert not list((tmp_path / "tmp").iterdir())


async def test_a_file_that_was_opened_is_not_converted_again(model: str) -> None:
    first = client(model, keras=False)
    assert kinds(await until(first, Ready)) == ["convert", "Loaded"]
    again = client(model)
    again.content = first.content
    assert kinds(await until(again, Ready)) == ["import", "load", "Ready"]


async def test_a_file_that_was_changed_since_gives_no_values_of_another_network(model: str) -> None:
    first = client(model, keras=False)
    await until(first, Ready)
    storage.save(fresh_network(), model)
    later = NetworkClient(model, content=first.content, command=[sys.executable, FAKE, "good"])
    messages = await until(later, Ready)
    assert kinds(messages) == ["Failed"]
    last = messages[-1]
    assert isinstance(last, Failed)
    assert failure(last) == f"{model} was changed since it was opened; open it again"


def test_the_apps_process_loads_no_keras() -> None:
    script = "import sys, tui.network.client, tui.network.opening_words; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert not {"keras", "tensorflow", "PIL"} & set(done.stdout.split())


async def test_keras_answers_for_every_layer(model: str) -> None:
    one = client(model)
    number = one.ask(X)  # before there is a child: the question waits
    messages = await until(one, Values)
    values = messages[-1]
    assert isinstance(values, Values)
    assert values.id == number
    assert values.arrays[0] is None
    for ours, theirs in zip(network().activations(X)[1:], values.arrays[1:], strict=True):
        assert theirs is not None
        np.testing.assert_array_equal(ours, theirs)


async def test_many_inputs_are_answered_with_the_batch_axis(model: str) -> None:
    one = client(model)
    one.ask(np.stack([X] * 3))
    values = (await until(one, Values))[-1]
    assert isinstance(values, Values)
    assert values.arrays[-1] is not None
    assert values.arrays[-1].shape == (3, 32)


async def test_of_many_questions_the_newest_is_answered(model: str, tmp_path: Path) -> None:
    one = client(model, "slow")
    answers: list[int] = []
    async for message in one.messages():
        if isinstance(message, Ready):
            for _round in range(20):
                last = one.ask(X)
                await asyncio.sleep(0.02)
        if isinstance(message, Values):
            answers.append(message.id)
            left = [path.name for path in (tmp_path / "tmp").glob("*/question-*")]
            if message.id == last:
                one.stop()
    assert answers[-1] == 20
    assert len(answers) < 10
    assert not left


async def test_a_later_question_is_answered_too(model: str) -> None:
    one = client(model)
    answers: list[Values] = []
    async for message in one.messages():
        if isinstance(message, Values):
            answers.append(message)
            if len(answers) == 4:
                one.stop()
        if isinstance(message, Ready | Values):
            one.ask(X * len(answers))
    assert [values.id for values in answers] == [1, 2, 3, 4]
    for i, values in enumerate(answers):
        assert values.arrays[-1] is not None
        np.testing.assert_array_equal(values.arrays[-1], network().activations(X * i)[-1])


async def test_a_network_in_no_file_is_there_first(tmp_path: Path) -> None:
    one = client(network())
    one.ask(X)
    messages = await until(one, Values)
    assert kinds(messages) == ["Loaded", "import", "load", "Ready", "Values"]
    assert not list((tmp_path / "tmp").iterdir())


async def test_without_keras_a_network_opens_and_its_values_say_why(model: str) -> None:
    messages = await until(client(model, "missing"), Ready)
    assert kinds(messages) == ["convert", "Loaded", "import", "Failed"]
    last = messages[-1]
    assert isinstance(last, Failed)
    assert "pip install" in failure(last)
    assert lacks_tensorflow(last)
    assert not can_be_tried_again(last)


class Blocked:
    """The real child where neither Keras nor TensorFlow is installed."""

    CODE = (
        "import sys; sys.modules['keras'] = sys.modules['tensorflow'] = None;"
        "from cnncore.keras.network_child import main; main(sys.argv[1:])"
    )
    COMMAND = (sys.executable, "-c", CODE)


async def test_the_real_child_opens_a_keras_file_without_keras(tmp_path: Path) -> None:
    made = models.Sequential([layers.Input((6, 6, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(3)])
    made.save(tmp_path / "net.keras")
    messages = await until(NetworkClient(str(tmp_path / "net.keras"), command=Blocked.COMMAND), Ready)
    assert kinds(messages) == ["convert", "Loaded", "import", "Failed"]
    loaded, last = messages[1], messages[-1]
    assert isinstance(loaded, Loaded)
    np.testing.assert_allclose(loaded.network.predict(X[None]), made.predict(X[None], verbose=0), rtol=1e-5, atol=1e-6)
    assert isinstance(last, Failed)
    assert lacks_tensorflow(last)


async def test_the_child_is_not_started_where_it_is_not_wanted(model: str) -> None:
    one = client(model, keras=False)
    assert kinds(await until(one, Ready)) == ["convert", "Loaded"]
    assert not alive(pid_of(one))
    alone = client(network(), keras=False)
    assert kinds(await until(alone, Ready)) == ["Loaded"]


@pytest.mark.parametrize(
    ("mode", "words"),
    [("killed", "signal 9"), ("silent", "exit status 3"), ("missing", "TensorFlow"), ("late", "not enough memory")],
)
async def test_an_end_is_told_as_a_sentence(model: str, mode: str, words: str, tmp_path: Path) -> None:
    messages = await until(client(model, mode), Ready)
    last = messages[-1]
    assert isinstance(last, Failed)
    assert words in failure(last)
    assert sum(isinstance(m, Failed) for m in messages) == 1
    assert not list((tmp_path / "tmp").iterdir())


async def test_lines_that_are_no_messages_are_passed_over(model: str) -> None:
    assert kinds(await until(client(model, "garbage"), Ready))[-1] == "Ready"


async def test_no_file_and_no_program_are_told_as_sentences(tmp_path: Path, model: str) -> None:
    last = (await until(client(str(tmp_path / "none.keras")), Ready))[-1]
    assert isinstance(last, Failed)
    assert failure(last) == f"{tmp_path / 'none.keras'}: there is no such file"
    last = (await until(NetworkClient(model, command=["/nowhere/python"]), Ready))[-1]
    assert isinstance(last, Failed)
    assert "could not be started" in failure(last)


async def test_no_room_for_temporary_files_is_told_as_a_sentence(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    (last,) = await until(client(model), Ready)
    assert isinstance(last, Failed)
    assert "No such file or directory" in failure(last)


@pytest.mark.parametrize("mode", ["hangs", "deaf"])
async def test_stop_ends_one_that_does_nothing(model: str, mode: str) -> None:
    one = client(model, mode)
    begun = time.monotonic()
    messages = await until(one, Stage, 3 if mode == "deaf" else 2)
    assert not any(isinstance(m, Failed) for m in messages)
    assert time.monotonic() - begun < 20
    assert not alive(pid_of(one))


async def test_a_stop_before_the_start_is_kept(model: str) -> None:
    one = client(model)
    one.stop()
    assert [message async for message in one.messages()] == []
    assert one._child is None
    await one.close()


async def test_cancelling_the_reader_leaves_nothing(model: str, tmp_path: Path) -> None:
    one = client(model, "hangs")

    async def read() -> None:
        async for _message in one.messages():
            pass

    reader = asyncio.create_task(read())
    while one._child is None or one._child.pid is None:
        await asyncio.sleep(0.01)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert not alive(pid_of(one))
    assert not list((tmp_path / "tmp").iterdir())


async def test_cancelling_at_any_moment_leaves_nothing(model: str, tmp_path: Path) -> None:
    async def read(one: NetworkClient) -> None:
        async for _message in one.messages():
            pass

    for steps in range(12):
        one = client(model)
        reader = asyncio.create_task(read(one))
        for _step in range(steps):
            await asyncio.sleep(0)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        await one.close()
        assert one._child is None or one._child.pid is None or not alive(pid_of(one))
    await asyncio.sleep(0.2)  # what still goes on in a thread may finish
    assert not list((tmp_path / "tmp").iterdir())


async def test_leaving_the_messages_leaves_nothing(model: str, tmp_path: Path) -> None:
    one = client(model)
    messages = one.messages()
    async for message in messages:
        if isinstance(message, Ready):
            break
    await messages.aclose()
    assert not alive(pid_of(one))
    assert not list((tmp_path / "tmp").iterdir())


OWNER = """
import asyncio, sys
from tui.network.client import NetworkClient, Ready, Stage

async def main():
    one = NetworkClient(sys.argv[1], command=[sys.executable, sys.argv[2], sys.argv[3]])
    async for message in one.messages():
        if isinstance(message, Ready) or message == Stage("import"):
            print(one._child.pid, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("mode", ["good", "hangs", "deaf"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGINT])
def test_the_child_does_not_outlive_its_owner(model: str, tmp_path: Path, mode: str, number: signal.Signals) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    command = [sys.executable, "-c", OWNER, model, FAKE, mode]
    nothing = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=nothing, text=True, env=environment) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert alive(pid)
        owner.send_signal(number)
        owner.wait(20)
        until_then = time.monotonic() + 20
        while alive(pid) and time.monotonic() < until_then:
            time.sleep(0.02)
        assert not alive(pid)
    assert not list((tmp_path / "tmp").iterdir())


def test_every_stage_has_its_words() -> None:
    assert all(stage_line(stage) for stage in STAGES)
