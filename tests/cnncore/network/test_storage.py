"""Networks written to a file and read again: every kind of layer, every damage."""

from __future__ import annotations

import io
import json
import random
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from cnncore import CnnError
from cnncore.activations import ACTIVATIONS
from cnncore.network import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    InputLayer,
    Layer,
    MaxPooling2D,
    Network,
    ReLU,
    Rescaling,
    Softmax,
    ZeroPadding2D,
)
from cnncore.network.storage import DESCRIPTION, KINDS, load, save, write_arrays
from cnncore.training.fresh import fresh_network

C = 2
MAPS = (6, 5, C)
NAMES = st.sampled_from(["conv2d", "a/b", "층 하나", 'say "x"', "", "../up", "nul\x00"])
NUMBERS = st.floats(width=32, allow_nan=False, allow_infinity=False)
PADDING = st.sampled_from(["valid", "same", 0, 2, ((1, 0), (2, 1))])
ONE_OR_TWO = st.integers(1, 2)
PAIRS = st.tuples(ONE_OR_TWO, ONE_OR_TWO)
FUNCTIONS = st.sampled_from(sorted(ACTIVATIONS))


@st.composite
def array(draw: DrawFn, *shape: int) -> np.ndarray:
    """Any float32 numbers, NaN, infinities and negative zeros among them."""
    bits = np.random.default_rng(draw(st.integers(0, 2**32))).integers(0, 2**32, shape, np.uint32)
    return bits.view(np.float32)


def maybe(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | strategy


def convolution(draw: DrawFn, kernel: tuple[int, ...], outputs: int) -> dict[str, Any]:
    return {
        "kernel": draw(array(*kernel)),
        "bias": draw(maybe(array(outputs))),
        "strides": draw(PAIRS | ONE_OR_TWO),
        "padding": draw(PADDING),
        "dilation_rate": draw(PAIRS),
        "activation": draw(FUNCTIONS),
    }


def pooling(draw: DrawFn) -> dict[str, Any]:
    return {
        "pool_size": draw(PAIRS),
        "strides": draw(maybe(PAIRS)),
        "padding": draw(st.sampled_from(["valid", "same"])),
    }


@st.composite
def a_layer(draw: DrawFn, kind: type[Layer]) -> Layer:
    fields: dict[str, Any] = {"name": draw(NAMES), "input_shape": MAPS}
    if kind is Conv2D:
        groups = draw(ONE_OR_TWO)
        kernel = (draw(st.integers(1, 3)), draw(st.integers(1, 3)), C // groups, 2 * groups)
        fields |= convolution(draw, kernel, 2 * groups) | {"groups": groups}
    elif kind is DepthwiseConv2D:
        many = draw(ONE_OR_TWO)
        fields |= convolution(draw, (draw(ONE_OR_TWO), draw(ONE_OR_TWO), C, many), C * many)
    elif kind in (MaxPooling2D, AveragePooling2D):
        fields |= pooling(draw)
    elif kind is GlobalAveragePooling2D:
        fields["keepdims"] = draw(st.booleans())
    elif kind is ReLU:
        size = st.floats(0, 1e30)
        fields |= {"max_value": draw(maybe(size)), "negative_slope": draw(size), "threshold": draw(size)}
    elif kind is Activation:
        fields["activation"] = draw(FUNCTIONS)
    elif kind is BatchNormalization:
        fields |= {"moving_mean": draw(array(C)), "moving_variance": draw(array(C)), "epsilon": draw(NUMBERS)}
        fields |= {"gamma": draw(maybe(array(C))), "beta": draw(maybe(array(C)))}
    elif kind is ZeroPadding2D:
        fields["padding"] = draw(st.sampled_from([1, ((0, 1), (2, 3))]))
    elif kind is Rescaling:
        real = st.floats(width=32)
        either = real | st.tuples(real, real)
        fields |= {"scale": draw(either), "offset": draw(either)}
    elif kind is Dropout:
        fields["rate"] = draw(st.floats(0, 1))
    elif kind is Dense:
        fields |= {"kernel": draw(array(C, 3)), "bias": draw(maybe(array(3))), "activation": draw(FUNCTIONS)}
    return kind(**fields)


def same(a: Network, b: Network) -> None:
    assert (a.input_shape, a.output_shape) == (b.input_shape, b.output_shape)
    assert len(a.layers) == len(b.layers)
    for one, two in zip(a.layers, b.layers, strict=True):
        assert type(one) is type(two)
        assert (one.name, one.input_shape, one.output_shape) == (two.name, two.input_shape, two.output_shape)
        assert repr(dict(one.config)) == repr(dict(two.config))  # NaN is NaN, a tuple is no list, 1.0 is not 1
        assert list(one.weights) == list(two.weights)
        for name, weights in one.weights.items():
            assert weights.tobytes() == two.weights[name].tobytes()
            assert weights.shape == two.weights[name].shape
            assert not two.weights[name].flags.writeable


def test_every_kind_can_be_written() -> None:
    from cnncore import network

    kinds = {name for name in network.__all__ if issubclass(getattr(network, name), Layer)} - {"Layer"}
    assert set(KINDS) == kinds


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_layer_comes_back_bit_for_bit(kind: type[Layer], data: st.DataObject, tmp_path: Path) -> None:
    network = Network([data.draw(a_layer(kind))], MAPS)
    save(network, tmp_path / "net.npz")
    same(network, load(tmp_path / "net.npz"))


def small() -> Network:
    random = np.random.default_rng(3)
    return Network(
        [
            InputLayer(name="in", input_shape=(6, 6, 1)),
            Conv2D(
                name="conv", input_shape=(6, 6, 1), kernel=random.normal(size=(3, 3, 1, 2)), bias=np.ones(2),
                strides=np.int64(1), activation="relu",
            ),
            MaxPooling2D(name="pool", input_shape=(4, 4, 2)),
            Flatten(name="flat", input_shape=(2, 2, 2)),
            Dense(name="dense", input_shape=(8,), kernel=random.normal(size=(8, 3))),
            Softmax(name="softmax", input_shape=(3,)),
        ],
        (6, 6, 1),
    )  # fmt: skip


def test_a_network_predicts_the_same_after(tmp_path: Path) -> None:
    network = fresh_network(seed=4, dropout=0.3)
    x = np.random.default_rng(0).random((3, 28, 28), np.float32)
    save(network, tmp_path / "net.npz")
    np.testing.assert_array_equal(load(tmp_path / "net.npz").predict(x), network.predict(x))


def test_numpy_opens_it_too(tmp_path: Path) -> None:
    save(small(), tmp_path / "net.npz")
    with np.load(tmp_path / "net.npz", allow_pickle=False) as archive:
        assert json.loads(archive[DESCRIPTION].tobytes())["version"] == 1
        np.testing.assert_array_equal(archive["1/kernel"], small().layers[1].weights["kernel"])


class Strange(Flatten):
    """A layer of the caller's own."""


def test_a_layer_of_ones_own_is_refused_and_nothing_written(tmp_path: Path) -> None:
    network = Network([Strange(name="mine", input_shape=(2, 2, 1))], (2, 2, 1))
    with pytest.raises(CnnError, match="layer 'mine' is a Strange, which cannot be saved"):
        save(network, tmp_path / "net.npz")
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.npz"
    save(small(), path)
    before = path.read_bytes()

    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", full)
    with pytest.raises(CnnError, match="No space left"):
        save(fresh_network(), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(CnnError, match="there is no such file"):
        load(tmp_path / "none.npz")
    with pytest.raises(CnnError, match="is a folder"):
        load(tmp_path)


def test_cut_off_anywhere_is_damaged(tmp_path: Path) -> None:
    save(small(), tmp_path / "net.npz")
    whole = (tmp_path / "net.npz").read_bytes()
    for length in range(0, len(whole), 61):
        (tmp_path / "cut.npz").write_bytes(whole[:length])
        with pytest.raises(CnnError, match=r"cut.npz is damaged: ."):
            load(tmp_path / "cut.npz")


def test_a_changed_byte_is_found_or_harmless(tmp_path: Path) -> None:
    """A date in the archive may change; a weight or a layer may not."""
    save(small(), tmp_path / "net.npz")
    whole = (tmp_path / "net.npz").read_bytes()
    found = 0
    for place in range(0, len(whole), 13):
        (tmp_path / "bad.npz").write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        try:
            read = load(tmp_path / "bad.npz")
        except CnnError as error:
            assert "bad.npz" in str(error)
            found += 1
        else:
            same(small(), read)
    assert found > len(whole) // 13 // 2


def rewritten(path: Path, change: Any) -> None:
    """The file with its description or its arrays changed by `change(description, arrays)`."""
    with np.load(path) as archive:
        arrays = dict(archive.items())
    description = json.loads(arrays.pop(DESCRIPTION).tobytes())
    change(description, arrays)
    text = np.frombuffer(json.dumps(description).encode(), np.uint8)
    with path.open("wb") as file:
        write_arrays(file, {DESCRIPTION: text, **arrays})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d, _a: d.update(version=2), "has version 2 of the format; this program reads version 1"),
        (lambda d, _a: d.update(format="other"), "is not a network saved by cnncore"),
        (lambda d, _a: d["layers"][1].update(kind="Lambda"), "no layer of the kind 'Lambda'"),
        (lambda d, _a: d["layers"][1].update(kind="_Pooling2D"), "no layer of the kind '_Pooling2D'"),
        (lambda d, _a: d["layers"][1]["config"].update(volume=3), "volume"),
        (lambda d, _a: d["layers"][1]["config"].update(padding="round"), "padding"),
        (lambda d, _a: d["layers"][4].update(input_shape=[9]), "kernel of layer 'dense'"),
        (lambda d, _a: d["layers"][2]["config"].update(strides=[1, 1]), "but its input has shape"),
        (lambda d, _a: d.pop("layers"), "layers is missing"),
        (lambda d, _a: d.update(layers=[]), "at least one layer"),
        (lambda _d, a: a.pop("1/kernel"), "1/kernel is missing"),
        (lambda _d, a: a.update({"1/kernel": a["1/kernel"].astype(np.float64)}), "float64 instead of float32"),
        (lambda _d, a: a.update({"1/bias": np.ones(5, np.float32)}), "bias"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, change: Any, words: str) -> None:
    path = tmp_path / "net.npz"
    save(small(), path)
    rewritten(path, change)
    with pytest.raises(CnnError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_text("no archive")
    np.savez(tmp_path / "b.npz", x=np.ones(3))
    np.savez(tmp_path / "c.npz", **{DESCRIPTION: np.frombuffer(b"[1]", np.uint8)})
    with zipfile.ZipFile(tmp_path / "d.npz", "w") as archive:
        archive.writestr(f"{DESCRIPTION}.npy", b"not an array")
    for name, words in (
        ("a", "damaged"),
        ("b", "is not a network saved by"),
        ("c", "is not a network saved by"),
        ("d", "damaged"),
    ):
        with pytest.raises(CnnError, match=words):
            load(tmp_path / f"{name}.npz")


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    save(small(), path)
    file = io.BytesIO()
    np.save(file, np.array([{"a": 1}], object), allow_pickle=True)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, file.getvalue() if name == "1/kernel.npy" else part)
    with pytest.raises(CnnError, match=r"damaged.*allow_pickle"):
        load(path)


def edits(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything that a description holds."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from edits(inner, (*path, key))


REPLACEMENTS: list[Any] = [
    None, True, "", "nonsense", "same", 0, -1, 1, 2**40, 2**70, 1.5, 1e300, -1e-3, float("nan"), float("inf"),
    [], {}, [1, 1], [2, 2, 2], [[1, 1], [1, 1]], ["kernel"], {"kernel": 1}, [None], [[[]]], "\ud800",
]  # fmt: skip


def one_of_each() -> Network:
    """A small network with a layer of each kind."""
    k = np.ones((2, 2, 2, 2), np.float32)
    layers: list[Layer] = []
    shape: tuple[int, ...] = (6, 6, 2)
    for kind, fields in (
        (InputLayer, {}),
        (Rescaling, {"scale": (0.5, 2.0)}),
        (ZeroPadding2D, {}),
        (Conv2D, {"kernel": k, "bias": np.ones(2), "padding": ((1, 0), (0, 1))}),
        (BatchNormalization, {"moving_mean": np.zeros(2), "moving_variance": np.ones(2)}),
        (ReLU, {"max_value": 6.0}),
        (DepthwiseConv2D, {"kernel": k[..., :1], "padding": "same"}),
        (MaxPooling2D, {"padding": "same"}),
        (AveragePooling2D, {}),
        (Dropout, {}),
        (Activation, {"activation": "tanh"}),
        (Dense, {"kernel": np.ones((2, 3))}),
        (GlobalAveragePooling2D, {"keepdims": True}),
        (Flatten, {}),
        (Softmax, {}),
    ):
        layers.append(kind(name=f"layer {len(layers)}", input_shape=shape, **fields))
        shape = layers[-1].output_shape
    return Network(layers, (6, 6, 2))


def test_an_edited_file_is_refused_when_opened_or_works(tmp_path: Path) -> None:
    """Every value of the description replaced by each of many, and left out."""
    whole = one_of_each()
    assert {type(layer).__name__ for layer in whole.layers} == set(KINDS)
    path = tmp_path / "net.npz"
    save(whole, path)
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    description = json.loads(arrays["description"].tobytes())
    ways = [way for way in edits(description) if way]
    assert len(ways) > 150
    choose, opened = random.Random(10), 0
    for way in ways:
        for replacement in choose.sample(REPLACEMENTS, 6):
            edited = json.loads(json.dumps(description))
            inner = edited
            for key in way[:-1]:
                inner = inner[key]
            inner[way[-1]] = replacement
            text = np.frombuffer(json.dumps(edited).encode(), np.uint8)
            with path.open("wb") as file:
                write_arrays(file, arrays | {"description": text})
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                try:
                    found = load(path)
                except CnnError as error:
                    assert str(path) in str(error)
                    continue
                opened += 1
                try:
                    found.predict(np.ones((2, *found.input_shape), np.float32))
                except CnnError as error:
                    assert "memory" in str(error), (way, replacement)
                assert isinstance(str(found.summary()), str)
                save(found, tmp_path / "again.npz")
    assert opened > 20
