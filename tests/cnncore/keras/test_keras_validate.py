"""Validation of the built-in networks, and detection of differences."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore import ops
from cnncore.errors import CnnError, MissingExtraError
from cnncore.keras.build import build
from cnncore.keras.validate import _compare, validate
from cnncore.network import Network
from cnncore.network.plans import Chain
from cnncore.training.config import TrainConfig

pytestmark = pytest.mark.keras
random = np.random.default_rng(1)
IMAGES = random.random((40, 28, 28), np.float32)


@pytest.fixture(scope="module")
def fashion(keras: Any) -> Any:  # noqa: ARG001 - skips without it
    return build(TrainConfig())


def test_the_fashion_network(fashion: Any) -> None:
    assert fashion.count_params() == 243_786
    assert [tuple(layer.output.shape[1:]) for layer in fashion.layers] == [
        (26, 26, 64), (13, 13, 64), (11, 11, 64), (5, 5, 64), (1600,), (128,), (10,),
    ]  # fmt: skip
    np.testing.assert_allclose(
        Network.from_keras(fashion).predict(IMAGES), fashion.predict(IMAGES, verbose=0), rtol=1e-4, atol=1e-5
    )


@pytest.mark.usefixtures("keras")
def test_the_binary_network_at_its_real_size() -> None:
    model = build(TrainConfig(network="binary"))
    assert model.count_params() == 30_917_793
    validation = validate(model, random.random((2, 150, 105), np.float32))
    assert validation.ok, str(validation)
    assert [row.shape for row in validation][-4:] == [(74, 51, 16), (60384,), (512,), (1,)]


def test_dropout_stands_in_the_textbook_places_and_changes_no_weight(fashion: Any) -> None:
    model = build(TrainConfig(dropout=0.4))
    kinds = " ".join(type(layer).__name__ for layer in model.layers)
    assert kinds == ("Conv2D MaxPooling2D Dropout Conv2D MaxPooling2D Dropout Flatten Dense Dropout Dense")
    for a, b in zip(model.get_weights(), fashion.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert validate(model, IMAGES[:2]).ok


def test_a_seed_repeats_and_another_differs(fashion: Any) -> None:
    kernel = fashion.get_weights()[0]
    np.testing.assert_array_equal(build(TrainConfig()).get_weights()[0], kernel)
    assert np.abs(build(TrainConfig(seed=2**40)).get_weights()[0] - kernel).max() > 0.01


def test_validate_agrees_and_says_so(fashion: Any, tmp_path: Path) -> None:
    validation = validate(fashion, IMAGES)
    assert validation.ok
    assert validation
    assert validation.first_disagreement is None
    assert [row.name for row in validation] == [layer.name for layer in fashion.layers]
    assert all(0 <= row.max_absolute < 1e-4 for row in validation)
    assert validation.rows[0].max_absolute > 0  # really two computations
    assert "All layers agree (40 inputs" in str(validation)
    fashion.save(tmp_path / "m.keras")
    assert validate(tmp_path / "m.keras", IMAGES) == validation


def test_pixels_0_to_255_agree_too(fashion: Any) -> None:
    assert validate(fashion, random.integers(0, 256, (5, 28, 28), np.uint8)).ok


def test_a_functional_chain_and_models_inside_models(keras: Any) -> None:
    inner = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(2, 3, name="conv")], name="inner")
    inputs = keras.Input((28, 28, 1), name="picture")
    model = keras.Model(inputs, keras.layers.Flatten(name="flat")(inner(inputs)))
    validation = validate(model, IMAGES[:2])
    assert validation.ok
    assert [(row.name, row.kind) for row in validation] == [
        ("picture", "InputLayer"),
        ("inner/conv", "Conv2D"),
        ("flat", "Flatten"),
    ]


def test_one_image_will_do_and_none_will_not(fashion: Any) -> None:
    assert validate(fashion, IMAGES[0]).inputs == 1
    with pytest.raises(CnnError, match="empty"):
        validate(fashion, IMAGES[:0])
    with pytest.raises(CnnError, match="rtol"):
        validate(fashion, IMAGES, rtol=-1)
    with pytest.raises(CnnError, match="takes"):
        validate(fashion, IMAGES[:, 1:])


def test_the_first_to_disagree_is_found(fashion: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    right, calls = ops.max_pool2d, []

    def wrong(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        result = right(*args, **kwargs)
        if len(calls) % 2 == 0:  # the second pooling of the chain, one value of one image
            result[1, 2, 3, 4] += 0.01
        return result

    monkeypatch.setattr(ops, "max_pool2d", wrong)
    validation = validate(fashion, IMAGES[:3])
    assert not validation.ok
    assert not validation
    first = validation.first_disagreement
    assert first is not None
    assert first.name == "max_pooling2d_1"
    assert first.max_absolute == pytest.approx(0.01, rel=1e-3)
    assert "First to disagree: max_pooling2d_1" in str(validation)
    assert max(map(len, str(validation).splitlines())) <= 80


@pytest.mark.parametrize("when", ["always", "single", "batch", "last"])
def test_a_fused_predict_that_is_wrong_is_found(fashion: Any, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    right = Chain.__call__

    def wrong(self: Chain, x: Any, out: Any = None) -> Any:
        result = right(self, x, out)
        if {"always": True, "single": len(x) == 1, "batch": len(x) == 32, "last": len(x) == 8}[when]:
            result *= np.float32(1.4)
        return result

    monkeypatch.setattr(Chain, "__call__", wrong)
    validation = validate(fashion, IMAGES)
    assert all(row.ok for row in validation)
    assert not validation.ok
    assert validation.first_disagreement is validation.predict
    assert validation.predict is not None
    assert validation.predict.max_relative == pytest.approx(0.4, rel=1e-3)
    assert "First to disagree: predict" in str(validation)


def test_nan_is_mentioned_with_the_layer_it_comes_from(fashion: Any, keras: Any) -> None:
    model = keras.models.clone_model(fashion)
    weights = fashion.get_weights()
    weights[4] = np.full_like(weights[4], np.nan)
    model.set_weights(weights)
    validation = validate(model, IMAGES)
    assert validation.ok, str(validation)  # Keras gives NaN too
    assert validation.first_nan is not None
    assert (validation.first_nan.name, validation.first_nan.nan) == ("dense", 40)
    assert [row.nan for row in validation] == [0, 0, 0, 0, 0, 40, 40]
    assert validation.predict is not None
    assert validation.predict.nan == 40
    assert "NaN comes from dense, for 40 of 40 inputs" in str(validation)
    one = IMAGES.copy()
    one[3, 5, 5] = np.nan
    assert [row.nan for row in validate(fashion, one)] == [1] * 7


def test_a_wide_table_stays_within_80_columns(keras: Any) -> None:
    name = "a_name_that_is_longer_than_any_name_ought_to_be_in_a_table"
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.GlobalAveragePooling2D(name=name)])
    text = str(validate(model, IMAGES[:1]))
    assert max(map(len, text.splitlines())) <= 80
    assert ".." in text


def test_what_is_not_finite() -> None:
    a = np.array([[1, np.nan, np.inf, 2]], np.float32)
    assert _compare(a, a.copy(), 1e-4, 1e-5) == pytest.approx((0, 0, -1e-5 - 2e-4))
    assert _compare(a, np.array([[1, 5, np.inf, 2]], np.float32), 1e-4, 1e-5)[0] == np.inf
    assert _compare(a, np.array([[1, np.nan, -np.inf, 2]], np.float32), 1e-4, 1e-5)[0] == np.inf


def test_without_keras_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(MissingExtraError, match=r'pip install "cnn-tui\[train\]"'):
        validate("m.keras", IMAGES)
