"""Models that are converted, models that are refused, and files that must not run code."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore.errors import CnnError, MissingExtraError
from cnncore.network import Network

pytestmark = pytest.mark.keras
X = np.random.default_rng(0).random((3, 8, 8, 1), np.float32)


def chain(keras: Any) -> list[Any]:
    layers = keras.layers
    return [
        layers.Conv2D(3, 3, activation=layers.ReLU()),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(4, activation="softmax"),
    ]


def sequential(keras: Any, *layers: Any) -> Any:
    return keras.Sequential([keras.Input((8, 8, 1)), *(layers or chain(keras))])


def same(model: Any, network: Network) -> None:
    np.testing.assert_allclose(network.predict(X), model.predict(X, verbose=0), rtol=1e-4, atol=1e-5)


def test_a_sequential(keras: Any) -> None:
    model = sequential(keras)
    network = Network.from_keras(model)
    assert [layer.name for layer in network.layers] == [layer.name for layer in model.layers]
    assert network.parameters == model.count_params()
    same(model, network)


def test_a_functional_chain(keras: Any) -> None:
    x = inputs = keras.Input((8, 8, 1))
    for layer in chain(keras):
        x = layer(x)
    model = keras.Model(inputs, x)
    network = Network.from_keras(model)
    assert [layer.kind for layer in network.layers][:2] == ["InputLayer", "Conv2D"]
    same(model, network)


def test_models_inside_a_model_are_taken_apart(keras: Any) -> None:
    def features(name: str) -> Any:
        return keras.Sequential(
            [keras.Input((8, 8, 1)), keras.layers.Conv2D(1, 3, padding="same", name="conv")], name=name
        )

    inner_in = keras.Input((8, 8, 1))
    inner = keras.Model(inner_in, keras.layers.ReLU(name="relu")(inner_in), name="inner")
    model = sequential(keras, features("one"), features("two"), inner, keras.layers.Flatten(name="flat"))
    network = Network.from_keras(model)
    assert [layer.name for layer in network.layers] == ["one/conv", "two/conv", "inner/relu", "flat"]
    same(model, network)


def test_a_layer_used_twice_gets_two_names(keras: Any) -> None:
    relu = keras.layers.ReLU(name="r")
    inputs = keras.Input((8, 8, 1))
    network = Network.from_keras(keras.Model(inputs, relu(relu(inputs))))
    assert [layer.name for layer in network.layers][1:] == ["r", "r_2"]


def test_a_file(keras: Any, tmp_path: Path) -> None:
    model = sequential(keras)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.save(tmp_path / "m.keras")
    same(model, Network.from_keras(tmp_path / "m.keras"))
    same(model, Network.from_keras(str(tmp_path / "m.keras")))


def refused(model_or_path: Any, words: str) -> None:
    with pytest.raises(CnnError, match=words):
        Network.from_keras(model_or_path)


def test_other_layers_are_named_with_what_is_supported(keras: Any) -> None:
    refused(sequential(keras, keras.layers.Conv2DTranspose(1, 3, name="up")), "'up' is a Conv2DTranspose.*Conv2D, D")
    refused(sequential(keras, keras.layers.Lambda(lambda x: x, name="odd")), "'odd' is a Lambda")

    class Conv2D(keras.layers.Conv2D):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            return super().call(inputs) * 2

    refused(sequential(keras, Conv2D(1, 3, name="mine")), "'mine' is a Conv2D")


def test_branches_are_refused(keras: Any) -> None:
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(1, 3, padding="same")(inputs)
    joined = keras.layers.Add(name="sum")([inputs, x])
    refused(keras.Model(inputs, joined), r"'sum' \(Add\) has 2 input layers")
    refused(keras.Model(inputs, [x, joined]), r"1 input\(s\) and 2 output\(s\)")
    refused(keras.Model([inputs, keras.Input((2,))], x), r"2 input\(s\)")
    refused(keras.Model(inputs, x * 2), "Multiply")


def test_classes_of_models_of_their_own_are_refused(keras: Any) -> None:
    class Mine(keras.Model):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            return inputs

    class MySequential(keras.Sequential):  # type: ignore[misc]
        pass

    refused(Mine(name="m"), "'m' is of the class Mine")
    refused(MySequential([keras.Input((8, 8, 1)), keras.layers.Flatten()]), "MySequential")
    refused(object(), "got object")
    refused(None, "got NoneType")


def test_what_cannot_be_computed_the_same_is_refused(keras: Any) -> None:
    layers = keras.layers
    refused(sequential(keras, layers.Conv2D(1, 3, dtype="mixed_bfloat16")), "dtype policy 'mixed_bfloat16'")
    refused(sequential(keras, layers.Flatten(dtype="float64")), "float64")
    first = keras.Sequential([keras.Input((1, 8, 8)), layers.MaxPooling2D(data_format="channels_first", name="p")])
    refused(first, "'p' has data_format 'channels_first'")
    refused(sequential(keras, layers.Conv2D(1, 3, activation="gelu")), "activation gelu")
    refused(
        sequential(keras, layers.Conv2D(1, 3, activation=layers.ReLU(max_value=6))), r"activation ReLU\(max_value=6\)"
    )
    refused(sequential(keras, layers.Activation(lambda x: x)), "lambda")
    refused(sequential(keras, layers.Softmax(axis=1)), "axis 1")
    refused(sequential(keras, layers.BatchNormalization(axis=1)), "axis 1")
    inputs = keras.Input((8, 8, 1))
    refused(keras.Model(inputs, layers.Dropout(0.5, name="d")(inputs, training=True)), "'d'.*training=True")


def test_open_shapes_are_refused(keras: Any) -> None:
    refused(keras.Sequential([keras.layers.Flatten()]), "no input shape yet")
    refused(
        keras.Sequential([keras.Input((None, None, 1)), keras.layers.GlobalAveragePooling2D()]),
        "all sizes must be fixed",
    )


def test_files_that_are_none(tmp_path: Path) -> None:
    refused(tmp_path / "missing.keras", "there is no such file")
    (tmp_path / "m.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    refused(tmp_path / "m.h5", "not a .keras file")
    (tmp_path / "folder.keras").mkdir()
    refused(tmp_path / "folder.keras", "folder.keras is a folder; a file is needed here")
    for content in (b"", b"nonsense", b"PK\x03\x04" + b"x" * 100):
        (tmp_path / "bad.keras").write_bytes(content)
        refused(tmp_path / "bad.keras", "bad.keras cannot be read as a Keras model")


def archive(path: Path, config: Any, weights: bytes = b"") -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("metadata.json", json.dumps({"keras_version": "3.5.0"}))
        file.writestr("config.json", config if isinstance(config, (str, bytes)) else json.dumps(config))
        file.writestr("model.weights.h5", weights)
    return path


@pytest.mark.parametrize("config", ["", "{", "[]", "{}", '{"config": 3}', b"\xff\xff", "[" * 100_000])
def test_damaged_descriptions(config: Any, tmp_path: Path) -> None:
    refused(archive(tmp_path / "bad.keras", config), "cannot be read as a Keras model")


def test_every_truncation_of_a_file_is_an_error_and_not_a_crash(keras: Any, tmp_path: Path) -> None:
    sequential(keras).save(tmp_path / "m.keras")
    whole = (tmp_path / "m.keras").read_bytes()
    for part in (1, 2, 3, 5, 9):
        (tmp_path / "cut.keras").write_bytes(whole[: len(whole) * part // 10])
        refused(tmp_path / "cut.keras", "cut.keras cannot be read")
    with zipfile.ZipFile(tmp_path / "m.keras") as file:
        config = file.read("config.json")
    refused(archive(tmp_path / "weightless.keras", config, b"garbage"), "weightless.keras cannot be read")


def test_a_lambda_in_a_file_is_not_run(keras: Any, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    code = f"lambda x: [__import__('pathlib').Path({str(mark)!r}).touch(), x][1]"
    model = sequential(keras, keras.layers.Lambda(eval(code), output_shape=(8, 8, 1), name="evil"))
    mark.unlink(missing_ok=True)
    model.save(tmp_path / "m.keras")
    mark.unlink(missing_ok=True)
    refused(tmp_path / "m.keras", "'evil' is a Lambda")
    assert not mark.exists()


def test_nothing_a_file_names_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "ran"
    (tmp_path / "evil_module.py").write_text(f"open({str(mark)!r}, 'w').close()\n")
    monkeypatch.syspath_prepend(tmp_path)

    def described(item: dict[str, Any]) -> dict[str, Any]:
        layers = [{"module": "keras.layers", "class_name": "Flatten", "config": {"name": "f", "inside": item}}]
        return {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": layers}}

    for item, words in (
        ({"module": "evil_module", "class_name": "Evil", "config": {}}, "Evil"),
        ({"module": "evil_module", "class_name": "function", "config": "evil"}, "needs the custom function"),
        ({"module": "keras.utils", "class_name": "function", "config": "get_file"}, "needs the custom function"),
        ({"module": "keras.layers", "class_name": "TorchModuleWrapper", "config": {}}, "TorchModuleWrapper"),
        ({"class_name": "__lambda__", "config": {"value": "x"}}, "__lambda__"),
        ({"module": "evil_module", "class_name": "Conv2D", "config": {}}, "Conv2D"),
    ):
        refused(archive(tmp_path / "evil.keras", described(item)), words)
    assert not mark.exists()
    assert "evil_module" not in sys.modules


def test_without_keras_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(MissingExtraError) as caught:
        Network.from_keras(object())
    assert 'pip install "cnn-tui[train]"' in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_old_keras_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace(__version__="2.15.0"))
    refused(object(), "Keras 2.15.0 is too old")
