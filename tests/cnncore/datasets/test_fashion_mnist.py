"""The sources of Fashion-MNIST, and the errors if it is missing."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from idx_files import idx_bytes, write_fashion_folder

from cnncore.datasets import fashion_mnist
from cnncore.datasets.fashion_mnist import FILES, keras_caches, load_fashion
from cnncore.datasets.garments import CLASSES
from cnncore.errors import CnnError


@pytest.fixture(autouse=True)
def nothing_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the folders of this machine, and draw only a few garments."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("CNN_TUI_DATA", raising=False)
    monkeypatch.setattr(fashion_mnist, "DRAWN_TRAIN", 40)
    monkeypatch.setattr(fashion_mnist, "DRAWN_TEST", 20)


@pytest.mark.parametrize("packed", [True, False])
def test_a_named_folder(tmp_path: Path, packed: bool) -> None:
    write_fashion_folder(tmp_path / "data", packed=packed)
    got = load_fashion(tmp_path / "data")
    assert (got.train_images.shape, got.test_images.shape) == ((30, 28, 28), (10, 28, 28))
    assert got.source == str(tmp_path / "data") and not got.substitute and got.reason == ""
    assert got.classes == CLASSES and len(CLASSES) == 10
    assert len(load_fashion(str(tmp_path / "data"), limit=7).train_labels) == 7


def test_a_named_folder_that_lacks_files_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_fashion_folder(tmp_path / "data")
    monkeypatch.setenv("CNN_TUI_DATA", str(tmp_path / "data"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(CnnError, match=r"lacks train-images-idx3-ubyte\.gz, train-labels.*t10k-labels"):
        load_fashion(tmp_path / "empty")
    with pytest.raises(CnnError, match="no such folder"):
        load_fashion(tmp_path / "none")
    (tmp_path / "data" / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(CnnError, match=r"lacks t10k-labels-idx1-ubyte\.gz \("):
        load_fashion(tmp_path / "data")


def test_a_named_folder_that_is_damaged_is_an_error(tmp_path: Path) -> None:
    write_fashion_folder(tmp_path / "data")
    path = tmp_path / "data" / FILES[0].name
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CnnError, match=r"train-images-idx3-ubyte\.gz is cut off"):
        load_fashion(tmp_path / "data")
    path.write_bytes(gzip.compress(idx_bytes(np.zeros((30, 32, 32), np.uint8))))
    with pytest.raises(CnnError, match="32x32; those of Fashion-MNIST are 28x28"):
        load_fashion(tmp_path / "data")


def test_the_order_of_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = keras_caches()[-1]
    assert cache == tmp_path / "keras" / "datasets" / "fashion-mnist"
    write_fashion_folder(cache)
    assert load_fashion().source == str(cache)
    write_fashion_folder(tmp_path / "environment")
    monkeypatch.setenv("CNN_TUI_DATA", str(tmp_path / "environment"))
    assert load_fashion("").source == str(tmp_path / "environment")
    write_fashion_folder(tmp_path / "named")
    assert load_fashion(tmp_path / "named").source == str(tmp_path / "named")


def test_a_wrong_environment_is_passed_over_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_TUI_DATA", str(tmp_path / "none"))
    write_fashion_folder(keras_caches()[-1])
    got = load_fashion()
    assert not got.substitute and "no such folder" in got.reason and got.values["folder"] == str(tmp_path / "none")


def test_garments_take_its_place_and_say_why(tmp_path: Path) -> None:
    units = []
    got = load_fashion(progress=lambda _done, _total, unit: units.append(unit))
    assert got.substitute and got.classes == CLASSES
    assert got.train_images.shape == (40, 28, 28) and got.test_images.shape == (20, 28, 28)
    assert str(tmp_path / "keras") in got.reason.format(**got.values) and "--data" in got.reason
    assert set(units) == {"images"}
    json.dumps(got.values)  # it travels as JSON
    limited = load_fashion(limit=12)
    assert np.array_equal(limited.train_images, got.train_images[:12]) and len(limited.test_images) == 12
    train = {image.tobytes() for image in got.train_images}
    assert not any(image.tobytes() in train for image in got.test_images)


def test_a_download_that_fails_is_told() -> None:
    def download(_folder: Path, progress: Callable[[int, int], object]) -> None:
        progress(0, 10)
        raise CnnError("Fashion-MNIST could not be downloaded: {reason}", reason="no network")

    told: list[tuple[object, ...]] = []
    got = load_fashion(download=download, progress=lambda *seen: told.append(seen))
    assert got.substitute and got.values == {"reason": "no network"} and told[0] == (0, 10, "bytes")


def test_a_download_is_used() -> None:
    got = load_fashion(download=lambda folder, _progress: write_fashion_folder(folder))
    assert not got.substitute and got.source == str(keras_caches()[-1])


def test_a_damaged_cache_without_a_download() -> None:
    write_fashion_folder(keras_caches()[-1])
    (keras_caches()[-1] / FILES[1].name).write_bytes(b"")
    got = load_fashion()
    assert got.substitute and "not an IDX file" in got.reason


def test_bad_limit() -> None:
    with pytest.raises(CnnError, match="limit"):
        load_fashion(limit=-1)


def test_load_data_is_keras_s_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_fashion_folder(tmp_path / "data")
    (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data(tmp_path / "data")
    assert [each.shape for each in (x_train, y_train, x_test, y_test)] == [(30, 28, 28), (30,), (10, 28, 28), (10,)]
    assert {each.dtype for each in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
    write_fashion_folder(tmp_path / "environment", train=20)
    write_fashion_folder(keras_caches()[-1], train=25)
    assert len(fashion_mnist.load_data()[0][0]) == 25
    monkeypatch.setenv("CNN_TUI_DATA", str(tmp_path / "environment"))
    assert len(fashion_mnist.load_data()[0][0]) == 20
    monkeypatch.setenv("CNN_TUI_DATA", str(tmp_path / "none"))
    with pytest.raises(CnnError, match=r"^CNN_TUI_DATA: .*no such folder"):
        fashion_mnist.load_data()
    with pytest.raises(CnnError, match="no such folder"):
        fashion_mnist.load_data(tmp_path / "none")
