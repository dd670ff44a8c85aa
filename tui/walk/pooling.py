"""Max pooling as the operation of a walking screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from cnncore.errors import CnnError
from tui.drawing.numbers import number
from tui.i18n import N_, _
from tui.walk.operation import LARGEST_STRIDE, Pair
from tui.walk.padding import Padding, pool_padding_words, typed_padding

if TYPE_CHECKING:
    from cnncore.lesson.highlights import Highlight
    from tui.walk.walks import PoolingWalk
    from tui.walk.workbench import Workbench

LARGEST_WINDOW = 4
"""The last window size that one key reaches; a typed one may be larger."""
HIGHLIGHTS = {
    "largest": N_("The largest result of the whole map: {value}"),
    "widest": N_("The window with the widest range of values ({value}): pooling loses most here"),
}


class Pooling:
    """Max pooling of the convolution's output; see `Operation`."""

    name: Literal["pooling"] = "pooling"
    help = N_(
        "The output of the convolution is the input here. A 2 x 2 window moves two steps at a time, so no value is "
        "used twice, and only the largest of the four is kept: half the height, half the width, a quarter of the "
        "values. A last row or column that does not fill a window is not used. You can change the window's size and "
        "stride."
    )
    hint = N_("-> next window, Space plays, Tab: the input, ? help and all keys")
    padding_counts = False
    padding_prompt = N_("valid, same, or a number of cells: on all sides;\nrows, columns; or top, bottom, left, right")

    def walk(self, workbench: Workbench) -> PoolingWalk:
        return workbench.pooling()

    def input_alone(self, workbench: Workbench) -> tuple[Any, Any] | None:
        try:
            walk = workbench.convolution()
        except CnnError:  # the kernel is larger than the picture
            return None
        return walk.output, walk.output_levels

    def highlight_text(self, workbench: Workbench, highlight: Highlight) -> str:  # noqa: ARG002
        return _(HIGHLIGHTS[highlight.kind]).format(value=number(highlight.value))

    def kernel_description(self, workbench: Workbench) -> str:  # noqa: ARG002
        return ""

    def strides(self, workbench: Workbench) -> Pair:
        return workbench.pool_strides or workbench.pool_size

    def set_strides(self, workbench: Workbench, strides: Pair) -> None:
        workbench.set_pool(workbench.pool_size, strides)

    def next_stride(self, workbench: Workbench, by: int) -> None:
        """1, 2, ... and after the last the window's size, where the cycle begins."""
        now = workbench.pool_strides
        stride = by if now is None else max(now) + by
        workbench.set_pool(workbench.pool_size, None if stride > LARGEST_STRIDE else (stride, stride))

    def padding(self, workbench: Workbench) -> Padding:
        return workbench.pool_padding

    def set_padding(self, workbench: Workbench, padding: Padding) -> None:
        workbench.set_pool_padding(padding)

    def padding_words(self, padding: Padding) -> str:
        return pool_padding_words(padding)

    def next_padding(self, workbench: Workbench) -> Padding:
        return "same" if workbench.pool_padding == "valid" else "valid"

    def parse_padding(self, workbench: Workbench, text: str) -> Padding:
        padding = typed_padding(text)
        workbench.check_pool_padding(padding)
        return padding


def set_size(workbench: Workbench, size: Pair) -> None:
    """Set the window's size."""
    workbench.set_pool(size, workbench.pool_strides)


def next_size(workbench: Workbench) -> None:
    """Set the next window size of the cycle."""
    size = max(workbench.pool_size) % LARGEST_WINDOW + 1
    set_size(workbench, (size, size))
