"""A run as a program: both libraries run it, and it trains the network it was written from."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from idx_files import idx_bytes

from cnncore.errors import CnnError
from cnncore.training.architecture import check, preset
from cnncore.training.architecture.script import LIBRARIES, STYLES, Library, Style, script, script_text
from cnncore.training.config import TrainConfig

PLOT = "def __getattr__(name):\n    return lambda *args, **kwargs: print('plt', name, *kwargs.values())\n"


def run_script(text: str, folder: Path) -> str:
    """Run the program with a few images in the place of Fashion-MNIST, and with a plot that prints what it draws."""
    random = np.random.default_rng(0)
    data = folder / "keras" / "datasets" / "fashion-mnist"
    data.mkdir(parents=True)
    for name, count in (("train", 80), ("t10k", 20)):
        images = random.integers(0, 256, (count, 28, 28)).astype(np.uint8)
        labels = (np.arange(count) % 10).astype(np.uint8)
        (data / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx_bytes(images)))
        (data / f"{name}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx_bytes(labels)))
    (folder / "matplotlib").mkdir()
    (folder / "matplotlib" / "__init__.py").write_text("", "utf-8")
    (folder / "matplotlib" / "pyplot.py").write_text(PLOT, "utf-8")
    (folder / "script.py").write_text(text, "utf-8")
    environment = {**os.environ, "KERAS_HOME": str(folder / "keras"), "CNN_TUI_DATA": "", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def config(**options: object) -> TrainConfig:
    return TrainConfig(network="tiny", epochs=2, batch_size=20, stop_at_accuracy=0.99, dropout=0.25, **options)  # type: ignore[arg-type]


def checked(output: str) -> None:
    assert "13,610" in output
    assert re.search(r"test accuracy: [01]\.\d+", output)
    assert [line for line in output.splitlines() if line.startswith("plt plot")] == [
        "plt plot accuracy",
        "plt plot val_accuracy",
    ]


@pytest.mark.parametrize("style", STYLES)
def test_cnncore_runs_it(style: Style, tmp_path: Path) -> None:
    checked(run_script(script_text(config(), style=style, library="cnncore"), tmp_path))


@pytest.mark.keras
@pytest.mark.parametrize("style", STYLES)
def test_keras_runs_it(style: Style, tmp_path: Path) -> None:
    pytest.importorskip("keras")
    checked(run_script(script_text(config(learning_rate=0.01), style=style, library="keras"), tmp_path))


def test_the_pictures_of_the_binary_network(tmp_path: Path) -> None:
    text = script_text(TrainConfig(network="binary", limit=20, epochs=1, batch_size=10), library="cnncore")
    assert "test accuracy: " in run_script(text.replace("Dense(512", "Dense(4"), tmp_path)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["fashion", "binary", "lenet5", "tiny", "softmax"])
def test_each_layer_has_its_line(name: str, style: Style, library: Library) -> None:
    options = TrainConfig(network=name, dropout=0.3)  # type: ignore[arg-type]
    lines = script(options, style=style, library=library)
    rows = check(options.design)
    assert [line.layer for line in lines if line.layer is not None] == list(range(len(rows)))
    for line in lines:
        if line.layer is not None:
            assert f"{rows[line.layer].spec.kind}(" in line.text
    compile("\n".join(line.text for line in lines), "script.py", "exec")
    other = {"keras": "cnncore", "cnncore": "keras"}[library]
    assert not any(f"from {other}." in line.text for line in lines if "load_binary" not in line.text)


@pytest.mark.parametrize(("units", "loads"), [(2, "load_binary("), (10, "fashion_mnist."), (12, "fashion_mnist.")])
def test_it_loads_what_the_run_loads(units: int, loads: str) -> None:
    design = preset("softmax").changed(1, "units", units)
    assert loads in script_text(TrainConfig(architecture=design))


def test_what_is_chosen_is_written() -> None:
    text = script_text(
        TrainConfig(optimizer="sgd", learning_rate=0.5, normalize=False, limit=1000, validation_split=0.0)
    )
    assert "optimizer=SGD(learning_rate=0.5)," in text
    assert "255" not in text
    assert "x_train[:1000]" in text
    assert "validation_split" not in text
    assert "val_accuracy" not in text
    assert "callbacks" not in text
    assert 'optimizer="rmsprop",' in script_text(TrainConfig(optimizer="rmsprop"))
    with pytest.raises(CnnError, match="style is 'both'; it must be one of add, list"):
        script(TrainConfig(), style="both")  # type: ignore[arg-type]
