"""The messages of the validating child, and the images it uses; the child itself runs if Keras is installed."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnncore.child.messages import Failed, Stage, to_json
from cnncore.keras.validate import LayerCheck, Validation
from cnncore.keras.validate_child import MESSAGES, Checked, Message, Request, images_for

VALIDATION = Validation((LayerCheck("dense", "Dense", (10,), math.inf, 0.5, False),), 7, 1e-4, 1e-5)


@pytest.mark.parametrize(
    "message",
    [
        Stage("compare"),
        Failed("{path} is empty", {"path": "x"}),
        Checked(VALIDATION, "drawn garments", "no {what}", {"what": "network"}),
        Checked(replace(VALIDATION, predict=LayerCheck("predict", "fused", (3,), 1.0, 1.0, False, 2)), "x"),
    ],
)
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    line = to_json(message)
    assert "\n" not in line
    assert MESSAGES.from_json(line) == message


@pytest.mark.parametrize("line", ["", "x", "[]", "{}", '{"kind": "Stage"}', '{"kind": "Other"}', '{"kind": "Checked"}'])
def test_what_is_no_message_is_a_value_error(line: str) -> None:
    with pytest.raises(ValueError, match="not a message"):
        MESSAGES.from_json(line)


def test_a_request_comes_back_as_it_was() -> None:
    request = Request("net.keras", "binary", 3, "data", 20)
    assert Request.from_json(request.to_json()) == request


def test_images_suit_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("CNN_TUI_DATA", raising=False)
    for shape, source in (((150, 105, 1), "drawn garments"), ((8, 8, 3), "random numbers"), ((5,), "random numbers")):
        images, about = images_for(shape, Request(images=3))
        assert images.shape == (3, *shape)
        assert images.dtype == np.float32
        assert 0 <= images.min() < images.max() <= 1
        assert about["source"] == source


@pytest.mark.keras
def test_the_child_checks_fresh_weights() -> None:
    pytest.importorskip("keras")
    request = Request(network="binary", images=2)
    command = [sys.executable, "-m", "cnncore.keras.validate_child", request.to_json()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    messages = [MESSAGES.from_json(line) for line in done.stdout.splitlines()]
    assert messages[:-1] == [Stage("import"), Stage("data"), Stage("compare")]
    last = messages[-1]
    assert isinstance(last, Checked)
    assert last.validation.ok
    assert [row.name for row in last.validation] == ["conv2d", "max_pooling2d", "flatten", "dense", "dense_1"]


def test_a_missing_model_is_told_before_keras_is_loaded() -> None:
    command = [sys.executable, "-m", "cnncore.keras.validate_child", Request("/nowhere/net.keras").to_json()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    last = MESSAGES.from_json(done.stdout.splitlines()[-1])
    assert isinstance(last, Failed)
    assert last.message.format(**last.values) == "/nowhere/net.keras: there is no such file"
