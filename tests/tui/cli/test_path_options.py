"""Paths on the command line: any of them gives the file or one error sentence."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hostile import KINDS, WRITE, at_most, is_clean, path_of

from cnncore.datasets.pictures import save_picture
from tui.cli import main as cli

IMAGE = np.zeros((8, 8), np.uint8)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "my photo (1)'s.png"
    save_picture(IMAGE, path)
    return path


OPTIONS: dict[str, tuple[list[str], str]] = {
    "--image": (["--image", "{}"], ".png"),
    "--model": (["--model", "{}"], ".keras"),
    "--data": (["--data", "{}"], ""),
    "train --data": (["train", "--data", "{}"], ""),
    "train --output": (["train", "--plain", "--output", "{}"], ".keras"),
    "train --history": (["train", "--plain", "--history", "{}"], ".csv"),
    "validate MODEL": (["validate", "{}"], ".keras"),
    "validate --data": (["validate", "{good}", "--data", "{}"], ""),
    "filter IMAGE": (["filter", "{}", "--kernel", "blur", "-o", "{new}"], ".png"),
    "filter --output": (["filter", "{good}", "--kernel", "blur", "-o", "{}", "--force"], ".png"),
    "runs export FILE.zip": (["runs", "export", "latest", "{}"], ".zip"),
    "runs import FILE.zip": (["runs", "import", "{}"], ".zip"),
    "compare --svg": (["compare", "a", "b", "--svg", "{}"], ".svg"),
    "--log": (["--log", "{}"], ".log"),
    "train --log": (["train", "--plain", "--log", "{}"], ".log"),
    "validate --log": (["validate", "{good}", "--log", "{}"], ".log"),
    "filter --log": (["filter", "{good}", "--kernel", "blur", "-o", "{new}", "--log", "{}"], ".log"),
    "debug-info --log": (["debug-info", "--log", "{}"], ".log"),
    "compare --log": (["compare", "a", "b", "--log", "{}"], ".log"),
    "runs --log": (["runs", "--log", "{}"], ".log"),
    "runs list --log": (["runs", "list", "--log", "{}"], ".log"),
    "runs show --log": (["runs", "show", "a", "--log", "{}"], ".log"),
    "runs rename --log": (["runs", "rename", "a", "b", "--log", "{}"], ".log"),
    "runs remove --log": (["runs", "remove", "a", "--log", "{}"], ".log"),
    "runs export --log": (["runs", "export", "a", "{new}", "--log", "{}"], ".log"),
    "runs import --log": (["runs", "import", "{good}", "--log", "{}"], ".log"),
}
TO_WRITE = {
    *("train --output", "train --history", "filter --output", "runs export FILE.zip", "compare --svg"),
    *(name for name in OPTIONS if "--log" in name),
}


def every_parser(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """The parser of each command, and of the commands of a command, by its name."""
    yield name, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, one in action.choices.items():
                yield from every_parser(f"{name} {word}".strip(), one)


def test_every_option_that_takes_a_path_is_tried() -> None:
    options = set()
    for name, one in every_parser("", cli._parser()):
        for action in one._actions:
            if str(action.metavar).split(".")[0] in ("DIR", "FILE", "OUT", "MODEL", "IMAGE"):
                option = next((o for o in action.option_strings if o.startswith("--")), action.metavar)
                options.add(f"{name} {option}".strip())
    assert options == set(OPTIONS)


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "nul"])  # no command line can hold it
def test_an_option_with_a_bad_path_is_one_line(
    kind: str,
    option: str,
    picture: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words, suffix = OPTIONS[option]
    if (option in TO_WRITE and kind not in (*WRITE, "locked")) or (kind == "folder" and not suffix):
        pytest.skip("nothing is wrong with it")
    good = tmp_path / f"good{'.keras' if 'validate' in option else '.png'}"
    picture.rename(good)
    path = path_of(kind, tmp_path, suffix, monkeypatch)
    monkeypatch.setattr("tui.cli.opening.no_terminal", lambda: "")
    monkeypatch.setattr("tui.cnn_app.run", lambda **_given: pytest.fail("the app was opened"))
    monkeypatch.setattr("tui.cli.train.run", lambda *_given: pytest.fail("training began"))
    monkeypatch.setattr("tui.cli.validate.run", lambda *_given: pytest.fail("validation began"))
    with at_most(20):
        try:
            status = cli.main([word.format(path, good=good, new=tmp_path / "new.png") for word in words])
        except SystemExit as end:
            status = int(end.code or 0)
    said = capsys.readouterr()
    assert status in (1, 2) and said.out == ""
    assert said.err.startswith("cnn-tui: ") and said.err.count("\n") == 1 and is_clean(said.err)
    assert not (tmp_path / "new.png").exists()


def test_in_a_working_folder_that_is_gone(tmp_path: Path, picture: Path) -> None:
    gone = tmp_path / "gone"
    python = shlex.quote(sys.executable)
    command = f'cd {gone}; rmdir {gone}; exec {python} -P -m tui filter "$1" --kernel blur -o "$2"'
    for image, output, words in (
        (str(picture), str(tmp_path / "out.png"), None),
        ("x.png", str(tmp_path / "2.png"), "the working folder no longer exists"),
        (str(picture), "2.png", "the working folder no longer exists"),
    ):
        gone.mkdir()
        shell = ["sh", "-c", command, "sh", image, output]
        done = subprocess.run(shell, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode == 0) == (words is None), done.stderr
        assert words is None or words in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_somebody_elses_folder(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o700)
    save_picture(IMAGE, locked / "x.png")

    def nobody(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", *words], capture_output=True, text=True, timeout=60, check=False,
            user=65534, extra_groups=[], env={**os.environ, "HOME": "/nonexistent"},
        )  # fmt: skip

    try:
        assert nobody("-c", "import tui").returncode == 0
    except (PermissionError, AssertionError):
        pytest.skip("nobody else may run this Python")
    for words in (
        ["filter", f"{locked}/x.png", "--kernel", "blur", "-o", "/tmp/never.png"],
        ["validate", f"{locked}/x.keras"],
        ["train", "--plain", "--data", f"{locked}/data"],
        ["train", "--plain", "--output", f"{locked}/x.keras"],
    ):
        done = nobody("-m", "tui", *words)
        assert done.returncode == 2 and "Permission denied" in done.stderr, done.stderr
        assert done.stderr.count("\n") == 1
