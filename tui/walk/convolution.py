"""Convolution as the operation of a walking screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from tui.drawing.numbers import number
from tui.i18n import N_, _
from tui.walk.operation import LARGEST_STRIDE, Pair
from tui.walk.padding import Padding, next_padding, padding_words, typed_padding

if TYPE_CHECKING:
    from cnncore.lesson.highlights import Highlight
    from tui.walk.walks import ConvolutionWalk
    from tui.walk.workbench import Workbench

LARGEST_DILATION = 3
"""The last dilation that one key reaches; a typed one may be larger."""
HIGHLIGHTS = {
    "negative": N_("First sum below 0: {value}. The clamp makes it 0, black"),
    "rectified": N_("First sum with bias below 0: {value}. ReLU makes it 0"),
    "high": N_("First sum above 255: {value}. The clamp makes it 255, white"),
    "largest": N_("The largest result of the whole map: {value}"),
    "edge": N_("The strongest edge: the picture changes most in the middle of this window ({value} by Sobel)"),
}


class Convolution:
    """A kernel over a picture; see `Operation`."""

    name: Literal["convolution"] = "convolution"
    help = N_(
        "The kernel, here nine weights, lies on the picture. Each weight is multiplied by the pixel below it, "
        "the products are added, and the sum becomes one pixel of the output. Then the window moves on by one. "
        "An image filter rounds the sum and clamps it to 0..255; a network adds a bias and applies ReLU instead. "
        "Click an output pixel to go there, an input pixel to see which output pixels it feeds, a weight to go "
        "to its product."
    )
    hint = N_("-> next cell, . next product, Space plays, ? help and all keys")
    padding_counts = True
    padding_prompt = N_("valid, same, or a number of zeros: on all sides;\nrows, columns; or top, bottom, left, right")

    def walk(self, workbench: Workbench) -> ConvolutionWalk:
        return workbench.convolution()

    def input_alone(self, workbench: Workbench) -> tuple[Any, Any] | None:
        return workbench.sample.pixels, workbench.sample.pixels

    def highlight_text(self, workbench: Workbench, highlight: Highlight) -> str:
        network = workbench.network
        kind = "rectified" if network and highlight.kind == "negative" else highlight.kind
        decimals = 0 if highlight.kind == "edge" and not network else 3
        return _(HIGHLIGHTS[kind]).format(value=number(highlight.value, decimals))

    def kernel_description(self, workbench: Workbench) -> str:
        return "" if workbench.network else _(workbench.kernel.description)

    def strides(self, workbench: Workbench) -> Pair:
        return workbench.strides

    def set_strides(self, workbench: Workbench, strides: Pair) -> None:
        workbench.set_strides(strides)

    def next_stride(self, workbench: Workbench, by: int) -> None:
        stride = max(workbench.strides) % LARGEST_STRIDE + by
        workbench.set_strides((stride, stride))

    def padding(self, workbench: Workbench) -> Padding:
        return workbench.padding

    def set_padding(self, workbench: Workbench, padding: Padding) -> None:
        workbench.set_padding(padding)

    def padding_words(self, padding: Padding) -> str:
        return padding_words(padding)

    def next_padding(self, workbench: Workbench) -> Padding:
        return next_padding(workbench.padding)

    def parse_padding(self, workbench: Workbench, text: str) -> Padding:  # noqa: ARG002
        return typed_padding(text)


def next_dilation(workbench: Workbench) -> None:
    """Set the next dilation of the cycle."""
    dilation = max(workbench.dilation) % LARGEST_DILATION + 1
    workbench.set_dilation((dilation, dilation))
