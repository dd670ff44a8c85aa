"""The messages of the child that computes with Keras, and the child itself if Keras is installed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore._files import content_digest
from cnncore.child.messages import Failed, Stage, to_json
from cnncore.errors import CnnError
from cnncore.keras.network_child import (
    MESSAGES,
    Computed,
    Converted,
    Message,
    Question,
    Ready,
    Request,
    activations,
    answer,
    set_weights,
)
from cnncore.network import storage
from cnncore.training.fresh import fresh_network

X = np.random.default_rng(1).random((28, 28, 1), np.float32)


@pytest.mark.parametrize(
    "message",
    [
        Stage("convert"),
        Converted("a b.npz"),
        Ready(),
        Computed(7, "x.npz", 3),
        Failed("{path} is empty", {"path": "x"}),
    ],
)
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    line = to_json(message)
    assert "\n" not in line
    assert MESSAGES.from_json(line) == message


@pytest.mark.parametrize("line", ["", "x", "[]", "3", "{}", '{"kind": "Stage"}', '{"kind": "Other"}', '{"kind": []}'])
def test_what_is_no_message_is_a_value_error(line: str) -> None:
    with pytest.raises(ValueError, match="not a message"):
        MESSAGES.from_json(line)


def test_requests_and_questions_come_back_as_they_were() -> None:
    request = Request("folder", "net.keras", "abc", False, True, "binary", "w.npz")
    assert Request.from_json(request.to_json()) == request
    question = Question(3, "x.npy")
    assert Question(**json.loads(question.to_json())) == question


class Child:
    """The real process, used as by its client."""

    def __init__(self, request: Request, tmp_path: Path, *program: str) -> None:
        self.folder = tmp_path
        self.process = subprocess.Popen(
            [sys.executable, *(program or ("-m", "cnncore.keras.network_child")), request.to_json()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def messages(self) -> list[Message]:
        """Read messages up to the first that is not a stage."""
        assert self.process.stdout is not None
        found: list[Message] = []
        for line in self.process.stdout:
            found.append(MESSAGES.from_json(line))
            if not isinstance(found[-1], Stage):
                break
        return found

    def ask(self, number: int, x: np.ndarray) -> tuple[np.ndarray | None, ...]:
        assert self.process.stdin is not None
        path = self.folder / f"{number}.npy"
        np.save(path, x)
        self.process.stdin.write(Question(number, str(path)).to_json() + "\n")
        self.process.stdin.flush()
        (message,) = self.messages()
        assert isinstance(message, Computed)
        assert message.id == number
        with np.load(message.path) as archive:
            return tuple(archive.get(str(i)) for i in range(message.layers))

    def end(self) -> int:
        """Closes its input and waits; what it wrote on the error stream must be nothing."""
        _out, errors = self.process.communicate(timeout=30)
        assert errors == ""
        return self.process.returncode


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory, keras: Any) -> Path:
    layers = keras.layers
    net = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(0.5, offset=0.1),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    path = tmp_path_factory.mktemp("model") / "net.keras"
    net.save(path)
    return path


@pytest.mark.keras
def test_a_file_becomes_a_network_and_answers(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    content = content_digest(model)
    child = Child(Request(str(folder), str(model), content), folder)
    stage, converted = child.messages()
    assert stage == Stage("convert")
    assert isinstance(converted, Converted)
    network = storage.load(converted.path)
    assert child.messages() == [Stage("import"), Stage("load"), Ready()]
    for number, x in enumerate((X, np.stack([X, 1 - X]), X[::-1])):
        ours, theirs = network.activations(x), child.ask(number, x)
        for one, other in zip(ours, theirs, strict=True):
            assert other is not None
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    assert child.end() == 0
    assert not folder.exists()


@pytest.mark.keras
def test_fresh_weights_are_given_to_keras(tmp_path: Path, keras: Any) -> None:
    assert keras
    network = fresh_network(seed=3, dropout=0.2)
    folder = tmp_path / "folder"
    folder.mkdir()
    storage.save(network, tmp_path / "weights.npz")
    child = Child(Request(str(folder), convert=False, weights=str(tmp_path / "weights.npz")), folder)
    assert child.messages() == [Stage("import"), Stage("load"), Ready()]
    for one, other in zip(network.activations(X), child.ask(1, X), strict=True):
        assert other is not None
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    assert child.end() == 0


@pytest.mark.keras
@pytest.mark.parametrize("convert", [True, False])
def test_a_file_that_changed_is_not_taken_for_the_old_one(model: Path, tmp_path: Path, convert: bool) -> None:
    child = Child(Request(str(tmp_path / "none"), str(model), "another digest", convert=convert), tmp_path)
    last = child.messages()[-1]
    assert isinstance(last, Failed)
    assert "changed while it was being read" in last.message
    assert child.process.wait(30) == 1
    child.end()


def test_what_is_no_model_is_told_before_keras_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "net.keras").write_text("no model")
    for path, words in ((tmp_path / "net.keras", "cannot be read as a Keras model"), (tmp_path / "x", "not a .keras")):
        child = Child(Request(str(tmp_path / "none"), str(path), "abc"), tmp_path)
        last = child.messages()[-1]
        assert isinstance(last, Failed)
        assert words in last.message
        assert child.process.wait(30) == 1
        child.end()


def test_without_keras_the_sentence_says_what_to_install(tmp_path: Path) -> None:
    storage.save(fresh_network(), tmp_path / "w.npz")
    request = Request(str(tmp_path / "none"), convert=False, weights=str(tmp_path / "w.npz"))
    code = "import sys; sys.modules['keras'] = None; from cnncore.keras.network_child import main; main(sys.argv[1:])"
    child = Child(request, tmp_path, "-c", code)
    *stages, last = child.messages()
    assert stages == [Stage("import")]
    assert isinstance(last, Failed)
    assert "pip install" in last.message
    child.end()


@pytest.mark.keras
def test_an_input_layer_has_no_values(keras: Any, tmp_path: Path) -> None:
    flat = keras.layers.Flatten()
    np.save(tmp_path / "x.npy", X)
    found = answer(Question(5, str(tmp_path / "x.npy")), keras, [_input(keras), flat], (28, 28, 1), str(tmp_path))
    with np.load(found.path) as archive:
        assert list(archive) == ["1"]
        np.testing.assert_array_equal(archive["1"], X.reshape(-1))
    assert not (tmp_path / "x.npy").exists()
    assert activations(keras, [_input(keras)], X[None]) == [None]


def _input(keras: Any) -> Any:
    return keras.layers.InputLayer(shape=(28, 28, 1))


@pytest.mark.keras
def test_weights_of_another_network_are_refused(keras: Any) -> None:
    from cnncore.keras.build import build
    from cnncore.keras.convert import convert
    from cnncore.training.config import TrainConfig

    assert keras
    network, layers = convert(build(TrainConfig()))
    other = fresh_network(dropout=0.5)
    with pytest.raises(CnnError, match="other layers than this network"):
        set_weights(network, layers, other)
    right = fresh_network(seed=8)
    set_weights(network, layers, right)
    for layer, ours in zip(layers, right.layers, strict=True):
        for given, expected in zip(layer.get_weights(), ours.weights.values(), strict=True):
            np.testing.assert_array_equal(given, expected)
