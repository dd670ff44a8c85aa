"""Damaged or edited network files give a network or an error quickly, without a crash, a hang or code execution."""

from __future__ import annotations

import copy
import io
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from damaged import BYTES, damages, edits, entries, packed, text

from cnncore import CnnError, layers, models
from cnncore.keras import load as keras_load
from cnncore.keras_file.description import WEIGHTS as WEIGHTS_FILE
from cnncore.keras_file.file import MOST_BESIDE, KerasFile, network_from_file, read_keras_file
from cnncore.keras_file.sizes import check_sizes
from cnncore.network import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    Network,
    ReLU,
    ZeroPadding2D,
    limits,
    storage,
)

SECONDS = 10.0
"""More than any of them takes on a busy machine, less than one that builds what it should not."""
dice = np.random.default_rng(8)


def npz(folder: Path) -> bytes:
    """A network as `save` writes it."""
    made = Network(
        [
            ZeroPadding2D(name="pad", input_shape=(6, 6, 1)),
            Conv2D(name="conv", input_shape=(8, 8, 1), kernel=dice.random((3, 3, 1, 2)), bias=[0.5, 1]),
            BatchNormalization(name="norm", input_shape=(6, 6, 2), moving_mean=[0, 1], moving_variance=[1, 2]),
            MaxPooling2D(name="pool", input_shape=(6, 6, 2)),
            ReLU(name="relu", input_shape=(3, 3, 2), max_value=6.0),
            Dropout(name="drop", input_shape=(3, 3, 2)),
            Flatten(name="flat", input_shape=(3, 3, 2)),
            Dense(name="last", input_shape=(18,), kernel=dice.random((18, 3)), activation="softmax"),
        ],
        (6, 6, 1),
    )
    storage.save(made, folder / "good.npz")
    return (folder / "good.npz").read_bytes()


def with_description(data: bytes, description: Any) -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array(out, np.frombuffer(text(description), np.uint8))
    return packed({**entries(data), "description.npy": out.getvalue()})


def npz_files(folder: Path, count: int) -> Iterator[tuple[str, bytes]]:
    data = npz(folder)
    yield from damages(data, count)
    description = json.loads(np.load(io.BytesIO(entries(data)["description.npy"])).tobytes())
    for name, edited in edits(description, count):
        yield name, with_description(data, edited)


def timed(name: str, call: Callable[[], Any]) -> Any:
    began = time.monotonic()
    try:
        return call()
    except CnnError as error:
        return error
    except Exception as error:
        raise AssertionError(f"{name}: {type(error).__name__}: {error}") from error
    finally:
        took = time.monotonic() - began
        assert took < SECONDS, f"{name} took {took:.1f} s"


def test_npz_files(tmp_path: Path) -> None:
    path, opened, refused = tmp_path / "bad.npz", 0, 0
    for name, data in npz_files(tmp_path, 270):
        path.write_bytes(data)
        result = timed(name, lambda: storage.load(path))
        if isinstance(result, CnnError):
            assert str(path) in str(result), name
            refused += 1
        else:
            assert isinstance(result, Network), name
            opened += 1
    assert opened > 20  # an edited name, or an unused byte
    assert refused > 270


def test_npz_files_that_describe_too_much(tmp_path: Path) -> None:
    data = npz(tmp_path)
    description = json.loads(np.load(io.BytesIO(entries(data)["description.npy"])).tobytes())
    many, wide, long = (copy.deepcopy(description) for _ in range(3))
    many["layers"] *= 1000
    wide["layers"][0]["config"]["padding"] = [[0, 20_000], [0, 20_000]]
    long["layers"][0]["name"] = "x" * (limits.DESCRIPTION_BYTES + 1)
    for edited, words in ((many, "8,000 layers"), (wide, "20,006 x 20,006 x 1"), (long, "too long")):
        (tmp_path / "bad.npz").write_bytes(with_description(data, edited))
        assert words in str(timed(words, lambda: storage.load(tmp_path / "bad.npz")))
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (10**10, 3)})
    (tmp_path / "bad.npz").write_bytes(packed({**entries(data), "7/kernel.npy": header.getvalue()}))
    assert "is not 0 bytes long" in str(timed("header", lambda: storage.load(tmp_path / "bad.npz")))
    (tmp_path / "bad.npz").write_bytes(packed({**entries(data), "7/kernel.npy": header.getvalue()}, compressed=True))
    assert "is not 0 bytes long" in str(timed("header", lambda: storage.load(tmp_path / "bad.npz")))


def test_what_could_not_be_opened_is_not_written(tmp_path: Path) -> None:
    chain = [ReLU(name=str(number), input_shape=(2,)) for number in range(limits.LAYERS + 1)]
    with pytest.raises(CnnError, match="1,001 layers"):
        storage.save(Network(chain, (2,)), tmp_path / "net.npz")
    wide = ZeroPadding2D(name="pad", input_shape=(1, 1, 1), padding=20_000)
    with pytest.raises(CnnError, match="layer 'pad' has 40,001 x 40,001 x 1 numbers"):
        storage.save(Network([wide], (1, 1, 1)), tmp_path / "net.npz")
    assert list(tmp_path.iterdir()) == []


# `.keras` files: checks before Keras opens them, and Keras's own.


def layer(kind: str, shape: list[Any] | None = None, **config: Any) -> dict[str, Any]:
    config = {"name": kind.lower(), "trainable": True, "dtype": "float32", **config}
    result = {"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None}
    return result if shape is None else {**result, "build_config": {"input_shape": shape}}


def sequential(*layers: dict[str, Any], name: str = "net") -> dict[str, Any]:
    config = {"name": name, "trainable": True, "dtype": "float32", "layers": list(layers)}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}


PICTURE = layer("InputLayer", batch_shape=[None, 8, 8, 1], dtype="float32", sparse=False)
CONV = layer("Conv2D", [None, 8, 8, 1], filters=2, kernel_size=[3, 3], strides=[1, 1], padding="valid", groups=1)
DENSE = layer("Dense", units=3)
CHAIN = sequential(PICTURE, CONV, layer("BatchNormalization", axis=-1), layer("Flatten"), DENSE)
WEIGHTS = 3 * 3 * 2 + 2 + 4 * 2 + 6 * 6 * 2 * 3 + 3


def changed(at: int, **config: Any) -> dict[str, Any]:
    result = copy.deepcopy(CHAIN)
    result["config"]["layers"][at]["config"].update(config)
    return result


def test_weights_are_counted_as_keras_has_them() -> None:
    check_sizes(CHAIN, WEIGHTS)
    with pytest.raises(CnnError, match=f"need {WEIGHTS} weights, but the file holds {WEIGHTS - 1} bytes"):
        check_sizes(CHAIN, WEIGHTS - 1)


@pytest.mark.parametrize(
    ("description", "words"),
    [
        (changed(4, units=10**9), "numbers for one input"),
        (changed(4, units=10**7), "weights, but the file holds"),
        (changed(1, filters=10**9), "numbers for one input"),
        (changed(1, kernel_size=[8, 8], filters=10**6), "weights"),
        (changed(0, batch_shape=[None, 10**6, 10**6, 1]), "numbers for one input"),
        (changed(0, batch_shape=[None, 11000, 11000, 1]), "weights"),
        (changed(0, batch_shape=[None, None, None, 1]) | {"x": 0}, ""),
        (sequential(DENSE | {"config": {"units": 10**8}}), "weights"),
        (sequential(layer("Dense", [None, 10**8], units=10)), "weights"),
        (sequential(layer("BatchNormalization", [None, 10**4, 10**4, 1], axis=[1, 2])), "weights"),
        (sequential(layer("DepthwiseConv2D", [None, 8, 8, 10**6], kernel_size=3, depth_multiplier=9)), "weights"),
        (sequential(PICTURE, *[layer("Softmax")] * 100), "101 layers"),
        (sequential(PICTURE, *[sequential(layer("Softmax"))] * 50), "101 layers"),
        (sequential(PICTURE, sequential(layer("ZeroPadding2D", padding=[[0, 10**6], [0, 10**6]]))), "numbers"),
    ],
)
def test_sizes_are_judged_from_the_description(description: dict[str, Any], words: str) -> None:
    if not words:
        check_sizes(description, 10**6)
        return
    with pytest.raises(CnnError, match=words):
        check_sizes(description, 10**6)


def keras_file(description: Any = CHAIN, weights: bytes = b"\0" * 10**4) -> bytes:
    return packed({"metadata.json": b"{}", "config.json": text(description), "model.weights.h5": weights})


def test_keras_files_before_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused in a sentence, or handed on to Keras, which is not asked here."""

    class AskedError(CnnError): ...

    def asked() -> Any:
        raise AskedError("Keras is asked")

    monkeypatch.setattr(keras_load, "import_keras", asked)
    path, handed = tmp_path / "bad.keras", 0
    files = [*damages(keras_file(), 270), *((name, keras_file(edited)) for name, edited in edits(CHAIN, 540))]
    for name, data in files:
        path.write_bytes(data)
        result = timed(name, lambda: keras_load.load_model(path))
        assert isinstance(result, CnnError), name
        handed += isinstance(result, AskedError)
    assert 100 < handed < 700


def trained(folder: Path) -> bytes:
    """A file as `Sequential.save` writes it, with the optimizer's variables."""
    kinds = layers
    model = models.Sequential([kinds.Input((8, 8, 1)), kinds.Conv2D(2, 3), kinds.BatchNormalization()])
    model.add(kinds.Flatten())
    model.add(kinds.Dense(3))
    model.compile("adam", "mse")
    model.save(folder / "good.keras")
    return (folder / "good.keras").read_bytes()


def test_keras_files_without_keras(tmp_path: Path) -> None:
    data = trained(tmp_path)
    parts = entries(data)
    weights, description = parts[WEIGHTS_FILE], json.loads(parts["config.json"])
    files = [*damages(data, 270)]
    files += [(name, packed({**parts, "config.json": text(edited)})) for name, edited in edits(description, 540)]
    for number in range(540):
        damage = BYTES[number % len(BYTES)]
        damaged = damage(weights, random.Random(number))
        files.append((f"weights {damage.__name__} {number}", packed({**parts, WEIGHTS_FILE: damaged})))
    path, refused = tmp_path / "bad.keras", 0
    for name, bad in files:
        path.write_bytes(bad)
        for read in (network_from_file, read_keras_file):
            result = timed(name, partial(read, path))
            assert isinstance(result, (CnnError, Network, KerasFile)), name
            refused += isinstance(result, CnnError)
    assert refused > 500


def hdf5(weights: bytes, edit: Callable[[Any], object]) -> bytes:
    buffer = io.BytesIO(weights)
    with h5py.File(buffer, "r+") as file:
        edit(file)
    return buffer.getvalue()


KERNEL = "layers/conv2d/vars/0"


def replaced(create: Callable[[Any], object], at: str = KERNEL) -> Callable[[Any], None]:
    def edit(file: Any) -> None:
        if at in file:
            del file[at]
        create(file)

    return edit


@pytest.mark.parametrize("at", [KERNEL, "optimizer/vars/0"])
@pytest.mark.parametrize(
    ("create", "words"),
    [
        (lambda file, at: file.__setitem__(at, h5py.ExternalLink("secret.h5", "/secret")), "is a link"),
        (lambda file, at: file.__setitem__(at, h5py.SoftLink("/" + KERNEL[:-1] + "1")), "is a link"),
        (lambda file, at: file.create_dataset(at, (3, 3, 1, 2), "f4", external=[("secret.h5", 0, 72)]), "not plain"),
        (lambda file, at: file.create_virtual_dataset(at, virtual()), "not plain"),
        (lambda file, at: file.create_dataset(at, (7, 7), "f4"), "shape"),
        (lambda file, at: file.create_dataset(at, (10**6, 10**6), "f4", chunks=(100, 100)), "shape"),
        (lambda file, at: file.create_dataset(at, (3, 3, 1, 2), "S9"), "not plain"),
        (lambda file, at: file.create_group(at), "not plain"),
        (
            lambda file, at: file.create_dataset(
                at, (3, 3, 1, 2), "f4", chunks=(3, 3, 2**20, 2), maxshape=(None,) * 4, compression="gzip"
            ),
            "chunks larger",
        ),
    ],
)
def test_hdf5_that_leads_elsewhere_or_unpacks_to_too_much(
    create: Callable[[Any, str], object], words: str, at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with h5py.File("secret.h5", "w") as file:
        file["secret"] = np.ones((3, 3, 1, 2), np.float32)
    parts = entries(trained(tmp_path))
    parts[WEIGHTS_FILE] = hdf5(parts[WEIGHTS_FILE], replaced(lambda file: create(file, at), at))
    (tmp_path / "bad.keras").write_bytes(packed(parts))
    assert words in str(timed(words, lambda: read_keras_file(tmp_path / "bad.keras")))


def virtual() -> Any:
    layout = h5py.VirtualLayout((3, 3, 1, 2), "f4")
    layout[...] = h5py.VirtualSource("secret.h5", "secret", (3, 3, 1, 2))
    return layout


def test_compressed_bombs(tmp_path: Path) -> None:
    parts = entries(trained(tmp_path))
    for size, words in ((2 * 10**8, "would unpack to"), (1.2 * 10**8, "would unpack to")):
        bomb = packed({**parts, WEIGHTS_FILE: parts[WEIGHTS_FILE] + b"\0" * int(size)}, compressed=True)
        (tmp_path / "bad.keras").write_bytes(bomb)
        assert words in str(timed(words, lambda: read_keras_file(tmp_path / "bad.keras")))
    long = packed({**parts, WEIGHTS_FILE: parts[WEIGHTS_FILE] + b"\0" * (MOST_BESIDE + 10**5)})
    (tmp_path / "bad.keras").write_bytes(long)
    assert "bytes of weights" in str(timed("long", lambda: read_keras_file(tmp_path / "bad.keras")))


@pytest.mark.keras
def test_keras_files_with_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keras = pytest.importorskip("keras")
    # A module that would be imported if the description were trusted.
    (tmp_path / "planted.py").write_text("import os; os.environ['PLANTED'] = 'ran'")
    monkeypatch.syspath_prepend(str(tmp_path))
    layers = keras.layers
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.MaxPooling2D(), layers.Flatten()])
    model.add(layers.Dense(3, activation="softmax"))
    model.save(tmp_path / "good.keras")
    data = (tmp_path / "good.keras").read_bytes()
    description = json.loads(entries(data)["config.json"])
    timed("good", lambda: Network.from_keras(str(tmp_path / "good.keras")))
    files = list(damages(data, 36))
    planted = [
        edited
        for at in range(5)
        for key in ("module", "registered_name")
        if (edited := copy.deepcopy(description))["config"]["layers"][at].update({key: "planted"}) is None
    ]
    for name, edited in [*edits(description, 60, seed=1), *((f"planted {n}", one) for n, one in enumerate(planted))]:
        files.append((name, packed({**entries(data), "config.json": text(edited)})))
    path = tmp_path / "bad.keras"
    for name, bad in files:
        path.write_bytes(bad)
        result = timed(name, lambda: Network.from_keras(str(path)))
        assert isinstance(result, (CnnError, Network)), name
    assert "planted" not in sys.modules
    assert "PLANTED" not in os.environ
