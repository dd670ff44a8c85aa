"""Every command with closed, full or abandoned streams, and under `python -W error`: no traceback, and nothing
lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from screens_of import SUPPORT

from cnncore.datasets.pictures import load_picture, save_picture
from tui.app.child_process import death_sentence
from tui.app.memory_kills import memory_kills

PLAIN = f"""
import sys
sys.path.insert(0, {str(SUPPORT)!r})
from tui.cli import main as cli
from tui.cli import train, validate
from tui.training.client import TrainingClient
from tui.validation.client import validation_client
for module, client, fake in (
    (train, TrainingClient, ("fake_child.py", "good")), (validate, validation_client, ("fake_validation.py", "agree"))
):
    def made(config, *, command=None, client=client, fake=fake):
        return client(config, command=[sys.executable, f"{SUPPORT}/{{fake[0]}}", fake[1]])
    setattr(module, client.__name__, made)
sys.exit(cli.main(sys.argv[1:]))
"""
"""`cnn-tui` with fakes of the children that own Keras."""

COMMANDS = {
    "help": ["--help"],
    "version": ["--version"],
    "train": ["train", "--plain", "--epochs", "3", "--output", "{}/m.keras"],
    "validate": ["validate", "{}/net.keras"],
    "filter": ["filter", "{}/x.png", "--kernel", "blur", "-o", "{}/out.png"],
    "app": ["--image", "{}/x.png"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_picture(np.full((9, 9), 7, np.uint8), tmp_path / "x.png")
    (tmp_path / "net.keras").write_bytes(b"")
    return tmp_path


def shell(folder: Path, command: str, redirected: str, *options: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, *options, "-c", PLAIN, *(word.format(folder) for word in COMMANDS[command])]
    script = f'"$@" {redirected}'
    return subprocess.run(["sh", "-c", script, "sh", *words], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("redirected", [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_lead_nowhere(redirected: str, command: str, folder: Path) -> None:
    done = shell(folder, command, redirected)
    if command == "app":  # which needs a terminal, and says so where it can
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "" or "the app needs a terminal" in done.stderr
        return
    assert (done.returncode, done.stderr) == (0, "")
    assert (done.stdout == "") == (">&-" in redirected.replace("2>&-", ""))
    if command == "filter":
        assert load_picture(folder / "out.png").tolist() == [[7] * 7] * 7
    # Nothing that was opened got the number of a stream, and what was printed with it.
    assert load_picture(folder / "x.png").tolist() == [[7] * 9] * 9


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("command", ["train", "validate", "filter"])
def test_a_full_disk_is_one_line(command: str, folder: Path) -> None:
    done = shell(folder, command, ">/dev/full")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "cnn-tui: No space left on device"
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_that_has_gone_is_no_traceback(command: str, folder: Path) -> None:
    done = shell(folder, command, "| true")
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_under_w_error_everything_works(command: str, folder: Path) -> None:
    done = shell(folder, command, "", "-W", "error")
    if command == "app":
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        return
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.keras
@pytest.mark.slow
def test_keras_takes_no_setting_but_ours(tmp_path: Path) -> None:
    """A run, its check and the reading of its network ignore Keras settings from the shell."""
    home = tmp_path / "keras"
    home.mkdir()
    settings = '{"floatx": "float64", "backend": "torch", "image_data_format": "channels_first", "epsilon": 0.5}'
    (home / "keras.json").write_text(settings)
    environment = {
        **os.environ, "KERAS_HOME": str(home), "KERAS_BACKEND": "jax", "KERAS_MAX_EPOCHS": "1",
        "KERAS_MAX_STEPS_PER_EPOCH": "1", "PYTHONWARNINGS": "error",
    }  # fmt: skip
    model, history = tmp_path / "m.keras", tmp_path / "h.csv"
    for words in (
        ["train", "--plain", "--network", "binary", "--limit", "40", "--epochs", "2", "--batch-size", "10",
         "--output", str(model), "--history", str(history)],
        ["validate", str(model), "--images", "3"],
    ):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "tui", *words],
            capture_output=True, text=True, env=environment, timeout=280, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert len(history.read_text().splitlines()) == 3
    assert (home / "keras.json").read_text() == settings


@pytest.mark.keras
def test_a_program_of_somebody_elses_is_told_what_is_set() -> None:
    code = "import cnncore\ntry: cnncore.validate('x.keras', [[1]])\nexcept cnncore.CnnError as error: print(error)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "KERAS_BACKEND": "torch"},
    )  # fmt: skip
    if "there is no such file" in done.stdout:
        pytest.skip("torch is installed")
    assert "Keras is set to the backend torch" in done.stdout and "KERAS_BACKEND=tensorflow" in done.stdout


# What ended a child.


def test_memory_is_named_only_where_the_system_counted() -> None:
    assert "memory ran out (signal 9)" in death_sentence(-9, True)[0] and "system" in death_sentence(-9, True)[0]
    assert "memory had not run out" in death_sentence(-9, False)[0]
    assert "or because" in death_sentence(-9, None)[0]
    assert "memory" not in death_sentence(-15, True)[0]


def test_kills_are_counted_in_our_own_group(tmp_path: Path) -> None:
    root, proc = tmp_path / "cgroup", tmp_path / "proc"
    (proc / "self").mkdir(parents=True)
    assert memory_kills(root, proc) is None
    (proc / "vmstat").write_text("nr_free 3\noom_kill 7\n")
    assert memory_kills(root, proc) == 7
    (proc / "self" / "cgroup").write_text("9:cpu:/a\n4:memory:/a/b\n0::/\n")
    (root / "memory" / "a" / "b").mkdir(parents=True)
    (root / "memory" / "a" / "b" / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    assert memory_kills(root, proc) == 2
    (proc / "self" / "cgroup").write_text("0::/user/one\n")
    (root / "memory.events").write_text("low 0\noom 4\noom_kill 3\noom_group_kill 0\n")
    assert memory_kills(root, proc) == 3
    (root / "user" / "one").mkdir(parents=True)
    (root / "user" / "one" / "memory.events").write_text("oom 1\noom_kill 1\n")
    assert memory_kills(root, proc) == 1
