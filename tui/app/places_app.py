"""The parts of the app that a place may use. The app imports the places, so they must not import it."""

from __future__ import annotations

from typing import Any, Protocol

from tui.app.current_network import CurrentNetwork
from tui.widgets.words import WordsMode


class Given(Protocol):
    """The requests of the command line; "" for none."""

    @property
    def data(self) -> str: ...
    @property
    def image(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def view(self) -> Any:
        """The start of the convolution and pooling screens, in their own type."""

    @property
    def network(self) -> Any:
        """The start of the network screen, in its own type."""

    @property
    def train(self) -> Any:
        """The run with which the training screen starts; None for none."""


class PlacesApp(Protocol):
    """The app as seen by its places."""

    current_network: CurrentNetwork
    words: WordsMode
    workbench_loader: Any
    """The loader that the convolution and pooling screens share; see `tui.walk.workbench_loader`."""

    @property
    def options(self) -> Given: ...
    @property
    def current_mode(self) -> str: ...
    def open_workbench(self) -> Any:
        """The workbench of the convolution and pooling screens."""

    def ask_picture(self) -> None:
        """Ask for a picture and show it."""
