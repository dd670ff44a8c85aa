"""What a place may ask of the app that shows it. The app itself knows the places, so they must not import it."""

from __future__ import annotations

from typing import Any, Protocol

from tui.app.current_network import CurrentNetwork
from tui.widgets.words import WordsMode


class Given(Protocol):
    """What was asked for on the command line; "" where nothing was."""

    @property
    def data(self) -> str: ...
    @property
    def image(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def view(self) -> Any:
        """What the convolution and pooling screens begin with, in their own terms."""

    @property
    def network(self) -> Any:
        """What the network screen begins with, in its own terms."""

    @property
    def train(self) -> Any:
        """The run that the training screen begins with; None for none."""


class PlacesApp(Protocol):
    """The app as its places see it."""

    current_network: CurrentNetwork
    words: WordsMode
    workbench_loader: Any
    """What the convolution and pooling screens share; see `tui.walk.workbench_loader`."""

    @property
    def options(self) -> Given: ...
    @property
    def current_mode(self) -> str: ...
    def open_workbench(self) -> Any:
        """The workbench of the convolution and pooling screens."""

    def ask_picture(self) -> None:
        """Ask for a picture, and show it."""
