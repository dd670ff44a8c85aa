"""Every screen opens in a real terminal, in the event loop of a user's app, on the current Python version.

Textual's pilot is no substitute: in it no task begins before it is awaited, as Textual has it from Python 3.12 on.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from in_terminal import InTerminal, in_terminal
from screens_of import screen_lines

from tui.app.places import SCREENS
from tui.cnn_app import CnnApp
from tui.i18n import _, set_language

IDS = [entry.id for entry in SCREENS]
INSTALLED = (sys.executable, "-P", "-m", "tui")
"""The installed app, not the one in the working directory."""


def header(name: str) -> str:
    """The header's mark of the current screen."""
    entry = next(entry for entry in SCREENS if entry.id == name)
    return f"[{entry.key} {_(entry.title)}]"


def quits(run: InTerminal) -> None:
    run.type("q")
    assert run.status(30) == 0, run.text[-3000:]
    assert "Traceback" not in run.text and "Error" not in run.text


@pytest.mark.parametrize("options", [(), ("--screen-reader", "--lang", "ko")], ids=" ".join)
@pytest.mark.parametrize("name", IDS)
def test_every_screen_is_the_first(name: str, options: tuple[str, ...]) -> None:
    set_language("ko" if "ko" in options else "en")
    with in_terminal("--screen", name, *options, program=INSTALLED) as run:
        run.shows(header(name))
        run.shows(f"? {_('Help')}")
        run.until_quiet()
        quits(run)


def test_every_screen_after_every_other() -> None:
    with in_terminal(program=INSTALLED) as run:
        run.shows(header(IDS[0]))
        for name in [*IDS[1:], *reversed(IDS[:-1])]:
            run.output = b""
            run.type(next(entry.key for entry in SCREENS if entry.id == name))
            run.shows(header(name))
        run.until_quiet()
        quits(run)


@pytest.mark.parametrize(
    ("name", "key", "shown"),
    [
        ("convolution", "?", "Esc closes, arrows scroll"),
        ("convolution", "o", "Open a picture"),
        ("convolution", "x", "Export"),
        ("convolution", "\x10", "Find a command"),
        ("network", "O", ".keras"),
        ("training", "o", "epochs"),
    ],
)
def test_dialogs_open_and_close(name: str, key: str, shown: str) -> None:
    with in_terminal("--screen", name, program=INSTALLED) as run:
        run.shows(header(name))
        run.until_quiet()
        run.output = b""
        run.type(key)
        run.shows(shown)
        run.type("\x1b")
        run.until_quiet()
        quits(run)


@pytest.mark.skipif(find_spec("tensorflow") is not None, reason="TensorFlow is installed")
def test_without_tensorflow_a_sentence_says_so() -> None:
    with in_terminal("--screen", "validation", program=INSTALLED) as run:
        run.shows(f"? {_('Help')}")
        run.until_quiet()
        run.type("f")
        run.until(lambda: re.search(r"this\s+needs\s+TensorFlow", run.text))
        quits(run)


def test_a_run_needs_no_tensorflow(tmp_path: Path) -> None:
    """From the key to the saved model, whether TensorFlow is installed or not."""
    for name in ("keras", "tensorflow"):
        (tmp_path / f"{name}.py").write_text(f"raise ModuleNotFoundError('no {name}', name='{name}')\n")
    options = ("--plain", "--limit", "40", "--epochs", "1", "--output", str(tmp_path / "net.keras"))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [*INSTALLED, "train", *options], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "net.keras").exists()


@pytest.mark.parametrize("name", IDS)
async def test_every_screen_opens_where_tasks_begin_at_once(name: str) -> None:
    if sys.version_info >= (3, 12):
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    app = CnnApp(start=name)
    async with app.run_test(size=(100, 36)) as pilot:
        await pilot.pause()
        assert header(name) in screen_lines(app)[0]
