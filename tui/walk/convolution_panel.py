"""The parts that only the convolution screen has; see `OperationPanel`."""

from __future__ import annotations

from functools import lru_cache

from rich.text import Text

from cnncore.errors import CnnError
from cnncore.lesson.contributions import conv_feeds
from cnncore.lesson.stepping import ConvStep, FilterStep
from tui.drawing.blocks import wrapped
from tui.drawing.matrix import Matrix
from tui.drawing.numbers import among
from tui.drawing.picture import Picture, scale_to_fit
from tui.drawing.theme import Palette
from tui.i18n import N_, _
from tui.walk.arithmetic import filter_strip, network_strip, terms_text
from tui.walk.feeds import feeds_text
from tui.walk.kernel_choice import KernelChoice
from tui.walk.kernel_maps import Tile
from tui.walk.layout import maps_height
from tui.walk.matrices import fed_cells, kernel_matrix, taps_of
from tui.walk.sizes import size_fact
from tui.walk.state import WalkState
from tui.walk.walks import ConvolutionWalk

Step = FilterStep | ConvStep
INTRODUCTION = N_(
    "A kernel lies on the picture. Each of its weights is multiplied by the pixel below it, and the products are "
    "added: the sum becomes one pixel of the output. Then the window moves on, until the whole output is there."
)
"""An introduction for beginners, shown if the panel has room."""

_wrapped = lru_cache(maxsize=8)(wrapped)


class ConvolutionPanel:
    """The kernel, the products, the stages after the sum, and the maps of several kernels."""

    def __init__(self, state: WalkState) -> None:
        self._state = state

    def title(self, walk: ConvolutionWalk) -> tuple[str, str]:
        workbench = self._state.bench
        if walk.kernel is None:
            filters = workbench.layer.filters if workbench.layer else 0
            return _("Network kernel"), among(workbench.filter, filters)
        return _(walk.kernel.title), among(workbench.kernel_index, len(workbench.kernels))

    def matrix(self, walk: ConvolutionWalk, step: Step) -> Matrix:
        if self._state.pixel.on:
            return self._used_weights(walk, step)
        done = self._state.cursor.term
        if not 0 < done < self._state.cursor.terms:
            return kernel_matrix(step, None)
        term = step.terms[done - 1]
        return kernel_matrix(step, (term.row, term.column))

    def _used_weights(self, walk: ConvolutionWalk, step: Step) -> Matrix:
        """Return the kernel with the weights through which the chosen input value reaches the output."""
        pixel, geometry = self._state.pixel, walk.steps.geometry
        cells = fed_cells(geometry, pixel.row, pixel.column)
        if cells is None:
            return kernel_matrix(step, None)
        fed_rows, fed_columns = cells[1]
        down, right = taps_of(geometry.rows, fed_rows, pixel.row), taps_of(geometry.columns, fed_columns, pixel.column)
        return kernel_matrix(step, None, (down[0], right[0], down[-1] + 1, right[-1] + 1), (down, right))

    def text(self, walk: ConvolutionWalk, step: Step, width: int, height: int, colours: Palette) -> Text:
        lines = max(1, height - 3)
        pixels = walk.kernel is not None
        text = Text("\n", no_wrap=True)
        text.append_text(terms_text(step.terms, self._state.cursor.term, width, colours, pixels=pixels, lines=lines))
        about = _(walk.kernel.description) if walk.kernel else _("Shown rounded; the sum uses the unrounded numbers.")
        room = height - text.plain.count("\n") - 1
        for paragraph in (about, _(INTRODUCTION)):
            lines_of = _wrapped(paragraph, width - 1)  # one cell narrower, like the title above
            if len(lines_of) > room:
                break
            text.append("\n" + "\n".join(lines_of) + "\n", colours.faint)
            room -= len(lines_of) + 1
        return text

    def feeds(self, walk: ConvolutionWalk, width: int, height: int, colours: Palette) -> Text:
        row, column = self._state.pixel.row, self._state.pixel.column
        text = Text("\n", no_wrap=True)
        text.append(_("It adds to the output:") + "\n", colours.faint)
        feeds = conv_feeds(walk.steps, walk.inputs, row, column)
        return text.append_text(feeds_text(walk.inputs[row, column].item(), feeds, width, height - 2, colours))

    def strip(self, walk: ConvolutionWalk, step: Step, width: int, colours: Palette) -> Text:
        done = self._state.cursor.term
        if isinstance(step, FilterStep):
            return Text(" ") + filter_strip(step, walk.scale, done, colours, width - 2)
        return Text(" ") + network_strip(step, done, colours)

    def facts(self, walk: ConvolutionWalk) -> tuple[tuple[str, str], tuple[str, str]]:
        workbench = self._state.bench
        refused = max(workbench.strides) > 1 and max(workbench.dilation) > 1
        size = size_fact(
            walk.steps.geometry,
            same=workbench.padding == "same",
            explicit=not isinstance(workbench.padding, str),
            more=_("Keras refuses stride and dilation together") if refused else "",
        )
        return size, _values_fact(walk)

    def warning(self, walk: ConvolutionWalk, step: Step) -> str:
        slip = walk.slip(step, self._state.cursor.term) if isinstance(step, FilterStep) else None
        if slip is None:
            return ""
        return _(
            "A common mistake: {weight} x {value} is {product}, not {value}. With {weight} + {value} the result would "
            "be {total} instead of {right}."
        ).format(
            weight=slip.term.weight,
            value=slip.term.value,
            product=slip.term.product,
            total=slip.total,
            right=slip.right,
        )

    def input_cell(self, step: Step) -> tuple[int, int] | None:
        done = self._state.cursor.term
        if not 0 < done < self._state.cursor.terms:  # a finished cell marks its whole window
            return None
        term = step.terms[done - 1]
        return term.input_row, term.input_column

    def tiles(self, width: int, height: int) -> tuple[list[Tile], int]:
        workbench = self._state.bench
        choices = workbench.shown_maps
        if not choices:
            return [], 0
        return [self._tile(choice, width, height) for choice in choices], choices.index(workbench.choice)

    def _tile(self, choice: KernelChoice, width: int, height: int) -> Tile:
        workbench = self._state.bench
        title = f"{choice.index}" if choice.network else _(workbench.kernels[choice.index].title)
        try:
            levels = workbench.map_levels(choice)
        except CnnError:  # this kernel is larger than the picture
            return Tile(title, None)
        rows, columns = levels.shape
        scale = scale_to_fit(rows, columns, maps_height(height) - 1, max(12, width // 4))
        return Tile(title, Picture(levels, scale))


def _values_fact(walk: ConvolutionWalk) -> tuple[str, str]:
    """Say how many values the clamp or ReLU changes, in a long and a short wording."""
    below, above = (f"{count:,}" for count in walk.outside)
    total = f"{walk.output.size:,}"
    if walk.kernel is None:
        return (
            _("Whole map: ReLU sets {below} of {total} values to 0").format(below=below, total=total),
            _("ReLU sets {below} of {total} to 0").format(below=below, total=total),
        )
    if walk.output.size == 1 and walk.outside == (0, 0):
        return "", ""  # a single value needs no count
    return (
        _("Whole map: of {total} values, {below} are clamped to 0 and {above} to 255").format(
            total=total, below=below, above=above
        ),
        _("of {total}: {below} clamped to 0, {above} to 255").format(total=total, below=below, above=above),
    )
