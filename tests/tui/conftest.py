"""Shared by the app's tests: English at the start, no Fashion-MNIST, no runs of this machine."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from network_screens import some_pictures
from screens_of import SUPPORT
from settled import Settled

from tui.i18n import set_language
from tui.network.screen import NetworkScreen
from tui.training.screen import TrainingScreen
from tui.validation.screen import ValidationScreen


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hide this machine's data folders, and reset the language after each test. All tests share one cache of their
    own, so that garments are drawn only once."""
    monkeypatch.delenv("CNN_TUI_DATA", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    # As in a terminal with all colours, whatever terminal runs the tests.
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    Settled().watch(monkeypatch)
    set_language("en")
    yield
    set_language("en")


@pytest.fixture(scope="module", autouse=True)
def _swept() -> Iterator[None]:
    """Collect the reference cycles of a module's apps before the next module. They grew to 1.5 GB, and Python's own
    collection took seconds in some random test."""
    yield
    if "tensorflow" not in sys.modules:  # TensorFlow's objects would be scanned too, and no apps follow
        gc.collect()


@pytest.fixture
def no_keras_and_few_pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """End Keras's child at once, and do not draw two thousand garments."""
    monkeypatch.setattr(NetworkScreen, "keras_command", [sys.executable, str(SUPPORT / "ending_child.py")])
    monkeypatch.setattr(
        "cnncore.datasets.network_images.find_pictures", lambda network, _data="": some_pictures(network)
    )
    yield


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Chooses how the children of training and validation behave: see `fake_child` and `fake_validation`."""

    def choose(mode: str) -> None:
        monkeypatch.setattr(TrainingScreen, "command", [sys.executable, str(SUPPORT / "fake_child.py"), mode])
        monkeypatch.setattr(ValidationScreen, "command", [sys.executable, str(SUPPORT / "fake_validation.py"), mode])

    return choose
