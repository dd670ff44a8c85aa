"""`cnn-tui train --plain`: a run as lines of text, stopped, left and failed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from idx_files import write_fashion_folder
from one_line import is_one_line
from screens_of import SUPPORT

from cnncore.training.config import TrainConfig
from cnncore.training.events import EVENTS
from cnncore.training.runs import list_runs
from tui.cli import train
from tui.cli.console import guarded, say_json
from tui.cli.main import main
from tui.i18n import set_language

FAKE = [sys.executable, str(SUPPORT / "fake_child.py")]


def test_a_plain_run_tells_everything_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert train.run(TrainConfig(epochs=3), command=[*FAKE, "good"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "\x1b" not in out
    assert "\r" not in out
    assert "Drawn garments replace Fashion-MNIST" in out
    assert "Total" in out
    assert "243,786" in out
    assert "epoch 3/3  loss 0.2500  accuracy 0.8250  val_loss 0.2250  val_accuracy 0.8467" in out
    assert "Best validation accuracy: 0.8467, after epoch 3" in out
    assert "Test accuracy: 0.8125, on 1,000 images not used in training" in out
    assert "Model: /runs/1/model.keras" in out
    chart = out[out.index("accuracy   :::") :]
    assert chart.isascii()
    assert chart.splitlines()[1].startswith("0.90+") or chart.splitlines()[1].startswith("0.9+")
    assert len(list_runs()) == 1


def test_a_plain_run_is_resumed_with_its_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CNN_TUI_DATA", str(tmp_path / "missing"))
    assert main(["train", "--plain", "--limit", "60", "--epochs", "1", "--batch-size", "15"]) == 0
    (first,) = epoch_lines(capsys.readouterr().out)
    with pytest.raises(SystemExit) as refused:
        main(["train", "--plain", "--resume", "latest"])
    assert refused.value.code == 2
    assert "finished after 1 epochs; a larger --epochs trains it further" in capsys.readouterr().err
    assert main(["train", "--plain", "--resume", "latest", "--epochs", "2"]) == 0
    out = capsys.readouterr().out
    assert "Resuming after epoch 1 of 2" in out
    lines = epoch_lines(out)
    assert [line[:9] for line in lines] == ["epoch 1/2", "epoch 2/2"]
    assert lines[0].replace("1/2", "1/1") == first
    (run,) = list_runs()
    assert (run.config.epochs, run.config.limit, run.config.batch_size) == (2, 60, 15)
    assert [epoch.epoch for epoch in run.history()] == [1, 2]


def epoch_lines(out: str) -> list[str]:
    return [line for line in out.splitlines() if line.startswith("epoch ")]


def test_a_plain_run_in_korean(capsys: pytest.CaptureFixture[str]) -> None:
    set_language("ko")
    assert train.run(TrainConfig(epochs=3), command=[*FAKE, "good"]) == 0
    out = capsys.readouterr().out
    assert "정확도   ::: 훈련 0.8250" in out
    assert "검증 정확도가 훈련 정확도보다 0.022 높습니다." in out


@pytest.mark.parametrize(
    ("mode", "words"), [("killed", "signal 9"), ("fails", "TensorFlow is not installed"), ("silent", "0")]
)
def test_a_plain_run_that_fails_is_status_1(mode: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert train.run(TrainConfig(), command=[*FAKE, mode]) == 1
    err = capsys.readouterr().err
    assert is_one_line(err)
    assert words in err


def test_keras_that_is_missing_is_told_before_anything_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    assert guarded(lambda: train.run(TrainConfig(engine="keras"), command=[*FAKE, "good"])) == 1
    out, err = capsys.readouterr()
    assert out == "" and is_one_line(err) and "TensorFlow" in err
    assert not list_runs()


def test_a_plain_run_of_the_core_is_silent_about_keras(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_fashion_folder(tmp_path / "data")
    config = TrainConfig(epochs=1, data=str(tmp_path / "data"), batch_size=20, output=str(tmp_path / "net.keras"))
    assert train.run(config) == 0
    out, err = capsys.readouterr()
    out = out.replace(str(tmp_path), "")
    assert "Finished: 1 of 1 epochs" in out and (tmp_path / "net.keras").stat().st_size > 243_786 * 4
    assert not re.search("tensorflow|keras", (out + err).replace("net.keras", ""), re.IGNORECASE)


def run_and_interrupt(*, signals: int) -> subprocess.CompletedProcess[str]:
    code = (
        "import sys; from tui.cli.train import run; from cnncore.training.config import TrainConfig\n"
        f"sys.exit(run(TrainConfig(), command={[*FAKE, 'stoppable']!r}))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        before = []
        for line in process.stdout:
            before.append(line)
            if line.startswith("epoch 1"):
                break
        for _ in range(signals):
            os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess([], process.returncode, "".join(before) + out, err)


@pytest.mark.parametrize("signals", [1, 2])
def test_ctrl_c_stops_saves_and_is_status_130(signals: int) -> None:
    done = run_and_interrupt(signals=signals)
    assert done.returncode == 130
    assert "Stopped after 1 of" in done.stdout
    assert "Model: /runs/1/model.keras" in done.stdout
    assert is_one_line(done.stderr)


def test_a_reader_that_leaves_ends_it_without_a_traceback() -> None:
    code = (
        "import sys; from tui.cli.console import guarded; from tui.cli.train import run\n"
        "from cnncore.training.config import TrainConfig\n"
        f"sys.exit(guarded(lambda: run(TrainConfig(), command={[*FAKE, 'slow']!r})))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=60) == 1
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()


def test_the_layers_of_a_file_are_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_fashion_folder(tmp_path / "data")
    network = tmp_path / "net.json"
    layers = '{"layer": "Flatten"}, {"layer": "Dense", "units": 10, "activation": "softmax"}'
    network.write_text(f'{{"name": "flat", "input_shape": [28, 28, 1], "layers": [{layers}]}}', "utf-8")
    options = ["--data", str(tmp_path / "data"), "--plain", "--epochs", "1", "--batch-size", "5"]
    saved = tmp_path / "net.keras"
    assert main(["train", "--network", str(network), *options, "--output", str(saved)]) == 0
    assert "7,850" in capsys.readouterr().out
    # The file that was trained can be trained again, from new weights.
    assert main(["train", "--network", str(saved), *options, "--output", str(tmp_path / "again.keras")]) == 0
    assert "7,850" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "net.json"),
        ('{"layers": []}', "a network must be an object with name, input_shape, layers"),
        (
            '{"name": "a", "input_shape": [28, 28, 1], "layers": [{"layer": "Dense", "units": 10}]}',
            "the network must end in probabilities",
        ),
    ],
)
def test_a_wrong_network_is_a_wrong_option(
    content: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.json"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["train", "--plain", "--network", str(path)])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert message in error
    assert is_one_line(error)


def test_the_program_of_a_run_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--network", "tiny", "--learning-rate", "0.01", "--print-code", "keras"]) == 0
    out = capsys.readouterr().out
    assert "from keras.models import Sequential\n" in out
    assert "optimizer=Adam(learning_rate=0.01)," in out
    compile(out, "script.py", "exec")


def test_every_event_is_a_line_of_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CNN_TUI_DATA", str(tmp_path / "missing"))
    options = ["--network", "tiny", "--limit", "60", "--epochs", "2", "--batch-size", "15"]
    assert main(["train", "--json", "--name", "in a pipe", *options]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    events = [EVENTS.from_json(line) for line in out.splitlines()]
    kinds = [type(event).__name__ for event in events]
    assert kinds[-4:] == ["Stage", "Stage", "Tested", "Finished"]
    assert kinds.count("Epoch") == 2
    (one,) = list_runs()
    assert (one.name, one.state()) == ("in a pipe", "finished")
    assert main(["train", "--json", "--resume", "in a pipe", "--epochs", "3", "--name", "longer"]) == 0
    (one,) = list_runs()
    assert (one.name, len(one.history())) == ("longer", 3)


def test_nan_becomes_null_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    say_json({"loss": float("nan"), "all": (1, float("inf"), "NaN")}, indent=None)
    assert capsys.readouterr().out == '{"loss": null, "all": [1, null, "NaN"]}\n'


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--plain", "--json"], "not allowed with argument"),
        (["--plain", "--name", "x" * 61], "--name is"),
        (["--plain", "--name", "x", "--history", "h.csv"], "--name is for a run in the folder of runs"),
    ],
)
def test_wrong_names_and_formats(options: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["train", *options])
    assert refused.value.code == 2
    assert words in capsys.readouterr().err
    assert not list_runs()
