"""The command line, as a shell runs it: exit statuses, languages, no escape codes in a pipe, no file lost."""

from __future__ import annotations

import csv
import os
import pty
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from one_line import is_one_line
from rich.cells import cell_len
from screens_of import SUPPORT

from cnncore.datasets.garments import draw_garment
from cnncore.datasets.pictures import load_picture, save_picture
from cnncore.keras.validate_child import Request
from cnncore.lesson.filtering import count_clamped
from cnncore.lesson.kernels import KERNELS, SHARPEN
from cnncore.ops import filter2d
from cnncore.training.config import TrainConfig
from tui.cli import main as cli
from tui.cli import validate
from tui.cli.opening import no_terminal

FAKE_VALIDATION = [sys.executable, str(SUPPORT / "fake_validation.py")]


def cnn_tui(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tui", *arguments]
    env = {**os.environ, "LC_ALL": "C.UTF-8", **environment}
    return subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=False)


def test_the_version_needs_neither_numpy_nor_textual() -> None:
    code = (
        "import sys; from tui.cli.main import main\n"
        "try: main(['--version'])\n"
        "except SystemExit as end: assert not end.code\n"
        "assert not {'numpy', 'textual', 'PIL', 'rich'} & set(sys.modules), sorted(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("cnn-tui ")


@pytest.mark.parametrize("arguments", [[], ["train"], ["validate"], ["filter"], ["debug-info"]])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_help_in_both_languages_fits_a_terminal(arguments: list[str], language: str) -> None:
    done = cnn_tui(*arguments, "--help", "--lang", language, COLUMNS="80")
    assert done.returncode == 0
    assert ("사용법:" in done.stdout) == (language == "ko")
    assert ("exit status: 0" if language == "en" else "종료 상태: 0") in done.stdout
    # Examples, and a summary that argparse does not break, may be longer.
    options = [line for line in done.stdout.splitlines() if line.startswith("  ") and "cnn-tui" not in line]
    assert max(map(cell_len, options)) <= 80


def test_the_language_comes_from_the_locale() -> None:
    assert "사용법:" in cnn_tui("--help", LC_ALL="ko_KR.UTF-8").stdout
    assert "usage:" in cnn_tui("--help", "--lang=en", LC_ALL="ko_KR.UTF-8").stdout


def test_korean_on_a_terminal_without_it_is_no_traceback() -> None:
    done = cnn_tui(
        "--help", "--lang", "ko", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii"
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_the_help_names_every_preset() -> None:
    done = cnn_tui("filter", "--help", COLUMNS="300")
    for kernel in KERNELS:
        assert kernel.id in done.stdout or kernel.id == "custom"


@pytest.mark.parametrize("arguments", [[], ["--screen", "network"], ["--lang", "ko"]])
def test_without_a_terminal_one_sentence_says_so(arguments: list[str]) -> None:
    done = cnn_tui(*arguments, TERM="xterm")
    assert done.returncode == 1
    assert is_one_line(done.stderr), done.stderr
    assert done.stdout == ""
    needed = (
        "앱에는 터미널이 필요합니다" if "ko" in arguments else "the app needs a terminal: standard input is not one"
    )
    assert needed in done.stderr


@pytest.mark.parametrize(("elsewhere", "name"), [(0, "standard input"), (1, "standard output"), (2, "standard error")])
def test_the_stream_that_is_no_terminal_is_named_where_it_is_read(elsewhere: int, name: str) -> None:
    """With `2> log` the sentence comes to the terminal, not into the log."""
    main_end, terminal = pty.openpty()
    reading, pipe = os.pipe()
    streams = [terminal, terminal, terminal]
    streams[elsewhere] = pipe
    environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C"}
    command = [sys.executable, "-m", "tui"]
    done = subprocess.run(
        command, stdin=streams[0], stdout=streams[1], stderr=streams[2], env=environment, timeout=60, check=False
    )
    assert done.returncode == 1
    assert f"the app needs a terminal: {name} is not one" in os.read(main_end, 10_000).decode()
    os.close(pipe)
    assert os.read(reading, 10_000) == b""
    for each in (main_end, terminal, reading):
        os.close(each)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frobnicate"], "invalid choice"),
        (["train", "--epochs", "many"], "--epochs"),
        (["train", "--epochs", "0"], "--epochs must be at least 1, got 0"),
        (["train", "--batch-size", "0"], "--batch-size must be at least 1, got 0"),
        (["train", "--stop-at-accuracy", "2"], "--stop-at-accuracy must be from 0 to 1"),
        (["train", "--validation-split", "1"], "--validation-split must be at least 0 and below 1"),
        (["train", "--dropout", "nan"], "dropout"),
        (["train", "--network", "large"], "--network"),
        (["train", "--data", "/nowhere"], "/nowhere: there is no such folder"),
        (["train", "--output", "net.h5"], "must end in .keras"),
        (["train", "--output", "/nowhere/net.keras"], "no folder /nowhere"),
        (["train", "--resume", "nowhere"], "there is no run nowhere"),
        (["train", "--resume", ""], "there is no run"),
        (["train", "--resume", "x", "--dropout", "0", "--force"], "--dropout, --force cannot be given with it"),
        (["train", "--resume", "x", "--epochs", "0"], "--epochs must be at least 1"),
        (["validate"], "MODEL"),
        (["validate", "/nowhere/net.keras"], "there is no such file"),
        (["filter", "x.png"], "--kernel"),
        (["filter", "/nowhere/x.png", "--kernel", "blur", "-o", "y.png"], "there is no such file"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(arguments: list[str], words: str) -> None:
    done = cnn_tui(*arguments)
    assert done.returncode == 2, done.stderr
    assert is_one_line(done.stderr), done.stderr
    assert words in done.stderr
    assert done.stdout == ""


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "boot.png"
    save_picture(draw_garment(9, 60, 40), path)
    return path


def test_filter_writes_what_filter2d_computes(picture: Path, tmp_path: Path) -> None:
    out = tmp_path / "sharp.png"
    done = cnn_tui("filter", str(picture), "--kernel", "sharpen", "-o", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    image = load_picture(picture)
    weights = np.array(SHARPEN.weights)
    assert np.array_equal(load_picture(out), filter2d(image, weights))
    below, above = count_clamped(image, weights)
    assert f"{below:,} of {58 * 38:,} values were below 0 and {above:,} above 255" in done.stdout
    assert "60 x 40 -> " in done.stdout
    assert "58 x 38 (height x width)" in done.stdout


def test_filter_takes_the_worked_example_as_numbers(tmp_path: Path) -> None:
    numbers, out = tmp_path / "example.csv", tmp_path / "one.png"
    numbers.write_text("206 205 247\n244 161 137\n192 154 75\n")
    done = cnn_tui("filter", str(numbers), "--kernel", "sharpen", "-o", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    assert load_picture(out).tolist() == [[65]]


def test_filter_takes_a_matrix_a_scale_and_padding(picture: Path, tmp_path: Path) -> None:
    out = tmp_path / "blur.bmp"
    matrix = "1 2 1; 2 4 2; 1 2 1"
    arguments = ["--kernel", matrix, "--scale", "1/16", "--padding", "same", "--lang", "ko", "-o", str(out)]
    done = cnn_tui("filter", str(picture), *arguments)
    assert done.returncode == 0, done.stderr
    assert "배율 1/16" in done.stdout
    expected = filter2d(
        load_picture(picture), np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]), scale=1 / 16, padding="same"
    )
    assert np.array_equal(load_picture(out), expected)


def test_filter_keeps_colours_unless_told_otherwise(tmp_path: Path) -> None:
    path, out = tmp_path / "rgb.png", tmp_path / "out.png"
    grey = draw_garment(3, 30, 30)
    save_picture(np.stack([grey, 255 - grey, grey // 2], axis=-1), path)
    assert cnn_tui("filter", str(path), "--kernel", "identity", "-o", str(out)).returncode == 0
    assert np.array_equal(load_picture(out, "rgb"), load_picture(path, "rgb")[1:-1, 1:-1])
    assert cnn_tui("filter", str(path), "--kernel", "identity", "--grey", "-o", str(out), "--force").returncode == 0
    assert np.array_equal(load_picture(out), load_picture(path)[1:-1, 1:-1])


def test_filter_writes_over_nothing_unasked(picture: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.png"
    out.write_bytes(b"precious")
    done = cnn_tui("filter", str(picture), "--kernel", "blur", "-o", str(out))
    assert done.returncode == 1
    assert is_one_line(done.stderr)
    assert "--force" in done.stderr
    assert out.read_bytes() == b"precious"


@pytest.mark.parametrize("kernel", ["frob", "1 2; 3", "1 a", "custom", ""])
def test_a_wrong_kernel_is_wrong_usage(picture: Path, kernel: str) -> None:
    done = cnn_tui("filter", str(picture), "--kernel", kernel, "-o", "out.png")
    assert done.returncode == 2
    assert is_one_line(done.stderr)
    assert "kernel" in done.stderr or "weight" in done.stderr


def test_a_file_that_is_no_picture_fails_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "no.png"
    path.write_text("text")
    done = cnn_tui("filter", str(path), "--kernel", "blur", "-o", str(tmp_path / "out.png"))
    assert done.returncode == 1
    assert is_one_line(done.stderr)
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    ("mode", "status", "words"),
    [
        ("agree", 0, "give the same numbers"),
        ("disagree", 1, "Keras and the C core disagree, first in flatten: the difference is 1.00e-01"),
        ("unfused", 1, "predict, which runs them fused, does not: the difference is 4.00e-01"),
        ("nan", 0, "NaN first appears in dense, for 90 of 100 images"),
        ("fails", 1, "net.keras: there is no such file"),
        ("killed", 1, "signal 9"),
    ],
)
def test_validate_prints_its_table_and_verdict(
    mode: str, status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert validate.run(Request(model="net.keras"), command=[*FAKE_VALIDATION, mode]) == status
    out, err = capsys.readouterr()
    assert words in out + err
    if "agree" in mode:
        assert "max_pooling2d" in out
        assert "100 images run: drawn garments" in out
        assert err == ""


def test_a_terminal_gets_the_training_screen_with_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def run(**options: object) -> int:
        asked.update(options)
        return 0

    monkeypatch.setattr("tui.cnn_app.run", run)
    monkeypatch.setattr("tui.cli.opening.no_terminal", lambda: "")
    arguments = ["train", "--epochs", "2", "--dropout", "0.3", "--lang", "ko", "--output", "net.keras"]
    assert cli.main(["--theme", "light", "--screen-reader", *arguments]) == 0
    config = asked["train"]
    assert isinstance(config, TrainConfig)
    assert (config.epochs, config.dropout, config.output) == (2, 0.3, str(Path("net.keras").absolute()))
    assert (asked["language"], asked["start"]) == ("ko", "training")
    assert (asked["theme"], asked["screen_reader"]) == ("light", True)


@pytest.mark.parametrize(("term", "opens"), [("xterm-256color", True), ("dumb", False), ("", False)])
def test_only_a_terminal_that_can_draw_counts_as_one(term: str, opens: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    main_end, terminal = pty.openpty()
    monkeypatch.setenv("TERM", term)
    with os.fdopen(terminal, "r+b", buffering=0) as stream:
        for name in ("stdin", "stdout", "stderr"):
            monkeypatch.setattr(sys, name, stream)
        is_terminal = not no_terminal()
        monkeypatch.undo()
    os.close(main_end)
    assert is_terminal is opens


@pytest.mark.keras
@pytest.mark.slow
def test_the_real_thing_from_the_shell(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    model, history = tmp_path / "net.keras", tmp_path / "net.csv"
    done = cnn_tui(
        "train", "--plain", "--limit", "200", "--epochs", "2", "--output", str(model), "--history", str(history),
        CNN_TUI_DATA=str(idx_folder(tmp_path)),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    with history.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert set(rows[0]) == {"epoch", "accuracy", "loss", "val_accuracy", "val_loss"}
    checked = cnn_tui("validate", str(model), "--images", "10", CNN_TUI_DATA=str(tmp_path / "idx"))
    assert checked.returncode == 0, checked.stderr
    assert "give the same numbers" in checked.stdout


def idx_folder(tmp_path: Path) -> Path:
    """Drawn garments in the files of Fashion-MNIST."""
    from cnncore.datasets.garments import garments

    folder = tmp_path / "idx"
    folder.mkdir()
    for name, count in (("train", 200), ("t10k", 20)):
        images, labels = garments(count)
        header = (0x803).to_bytes(4, "big") + b"".join(n.to_bytes(4, "big") for n in images.shape)
        (folder / f"{name}-images-idx3-ubyte").write_bytes(header + images.tobytes())
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(
            (0x801).to_bytes(4, "big") + count.to_bytes(4, "big") + labels.tobytes()
        )
    return folder
