"""The parts of a screen that depend on its operation: the panel beside the pictures, the strip, the facts, the current
input value."""

from __future__ import annotations

from typing import Any, Protocol

from rich.text import Text

from tui.drawing.matrix import Matrix
from tui.drawing.theme import Palette
from tui.walk.convolution_panel import ConvolutionPanel
from tui.walk.kernel_maps import Tile
from tui.walk.pooling_panel import PoolingPanel
from tui.walk.state import WalkState

Facts = tuple[tuple[str, str], tuple[str, str]]
"""The output's size and the effect on its values, each in a long and a short wording."""


class OperationPanel(Protocol):
    """`walk` is the current walk and `step` its step at the cursor; sizes are in terminal cells."""

    def title(self, walk: Any) -> tuple[str, str]:
        """Return the panel's title and a note."""

    def matrix(self, walk: Any, step: Any) -> Matrix | None:
        """Return the matrix above the panel's text: the kernel, or the pooled window."""

    def text(self, walk: Any, step: Any, width: int, height: int, colours: Palette) -> Text:
        """Return the panel's text."""

    def feeds(self, walk: Any, width: int, height: int, colours: Palette) -> Text:
        """Return the panel's text for a chosen input value: the outputs it feeds."""

    def strip(self, walk: Any, step: Any, width: int, colours: Palette) -> Text:
        """Return the line below the pictures: the stages after the sum, or the window's maximum."""

    def facts(self, walk: Any) -> Facts:
        """Return the facts about the whole map."""

    def warning(self, walk: Any, step: Any) -> str:
        """Return a warning about a common mistake at this step, or ""."""

    def input_cell(self, step: Any) -> tuple[int, int] | None:
        """Return the input value of the product shown last."""

    def tiles(self, width: int, height: int) -> tuple[list[Tile], int]:
        """Return the maps side by side for a terminal of that size, and the index of the selected kernel's."""


def panel_of(state: WalkState) -> OperationPanel:
    """Return the panel of the operation that a state walks."""
    return ConvolutionPanel(state) if state.operation.name == "convolution" else PoolingPanel(state)
