"""An unexpected error is logged with its traceback and shown with the log's path, and the screen stays usable."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from screens_of import screen_text

from cnncore.errors import CnnError
from tui.app import failures
from tui.app.failures import LOGGER, OLDER_FILES, explain, log_path, log_to
from tui.app.screen import FrameScreen
from tui.app.workers import start_worker
from tui.cnn_app import CnnApp


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    log_to()
    yield tmp_path / "state" / "cnn-tui" / "cnn-tui.log"
    log_to()


def broken() -> None:
    raise KeyError("no such thing")


async def broken_coroutine() -> None:
    broken()


def test_nothing_is_written_while_nothing_fails(log: Path) -> None:
    LOGGER.info("all is well")
    assert log_path() == log
    assert not log.parent.exists()


def test_an_error_of_the_learner_is_said_and_not_logged(log: Path) -> None:
    assert explain(CnnError("{path} is no picture", path="a.txt")) == "a.txt is no picture"
    assert not log.exists()


def test_a_failure_is_logged_with_its_traceback(log: Path) -> None:
    try:
        broken()
    except KeyError as error:
        sentence = explain(error, "a test")
    assert "KeyError: 'no such thing'" in sentence
    assert str(log) in sentence
    text = log.read_text("utf-8")
    assert "a test failed" in text
    assert 'raise KeyError("no such thing")' in text
    assert "Textual" in text


def test_a_home_folder_is_a_tilde(monkeypatch: pytest.MonkeyPatch, log: Path, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert explain(OSError(28, "No space left on device", "/x")) == (
        "Something went wrong: /x: No space left on device. Details: ~/state/cnn-tui/cnn-tui.log"
    )
    assert log.exists()


def test_a_log_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert "could not be logged" in explain(MemoryError())


def test_files_rotate(monkeypatch: pytest.MonkeyPatch, log: Path) -> None:
    monkeypatch.setattr(failures, "LARGEST", 200)
    for number in range(20):
        LOGGER.warning("warning %d %s", number, "x" * 100)
    assert len(list(log.parent.iterdir())) == 1 + OLDER_FILES
    assert "warning 19" in log.read_text("utf-8")


def test_a_named_log_has_everything(tmp_path: Path) -> None:
    named = tmp_path / "mine.log"
    log_to(str(named))
    LOGGER.debug("a detail")
    explain(ValueError("odd"))
    assert "a detail" in named.read_text("utf-8") and "ValueError: odd" in named.read_text("utf-8")


@pytest.mark.parametrize(("work", "thread"), [(broken, True), (broken_coroutine, False)], ids=["thread", "coroutine"])
async def test_a_worker_that_fails_says_so_where_one_looks(work: Callable[[], object], thread: bool, log: Path) -> None:
    app = CnnApp(start="validation")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await start_worker(app.screen, work, thread=thread).wait()
        await pilot.pause()
        assert "KeyError: 'no such thing'" in screen_text(app)
        await pilot.press("n")  # and the keys go on
        assert "KeyError" not in screen_text(app)
    assert "broken failed" in log.read_text("utf-8") or "broken_coroutine failed" in log.read_text("utf-8")


async def test_a_place_is_told_of_its_own_workers_failure() -> None:
    told: list[str] = []
    app = CnnApp(start="validation")
    async with app.run_test() as pilot:
        await start_worker(app.screen, broken, thread=True, failed=told.append).wait()
        await pilot.pause()
    assert len(told) == 1 and "no such thing" in told[0]


async def test_what_fails_in_nobodys_tasks_and_threads_is_logged(log: Path) -> None:
    async with CnnApp(start="validation").run_test() as pilot:
        asyncio.get_running_loop().call_soon(broken)
        thread = threading.Thread(target=broken, name="stray")
        thread.start()
        thread.join()
        await pilot.pause()
    text = log.read_text("utf-8")
    assert text.count("raise KeyError") == 2
    assert "thread stray" in text


@pytest.mark.parametrize("name", ["convolution", "pooling", "network", "training", "validation"])
async def test_every_place_says_a_failure(name: str) -> None:
    app = CnnApp(start=name)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, FrameScreen)
        app.say_failure("it broke")
        await pilot.pause()
        assert "it broke" in screen_text(app)


def test_every_worker_is_started_here() -> None:
    """Textual's own workers lose an error, or end the app."""
    root = Path(failures.__file__).parent.parent
    direct = {
        str(p.relative_to(root)) for p in root.rglob("*.py") if re.search(r"run_worker\(|@work\b", p.read_text("utf-8"))
    }
    assert direct == {"app/workers.py"}
