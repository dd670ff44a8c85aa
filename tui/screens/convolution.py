"""The screen that a newcomer meets first: a kernel walks over a real picture, one product at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text

from tui.frame import current_palette
from tui.i18n import N_, _
from tui.screens.walk import WalkScreen

if TYPE_CHECKING:
    from cnncore.stepping import ConvStep, FilterStep
    from tui.bench import Bench, Walk


class ConvolutionScreen(WalkScreen):
    """Input, kernel, products, sum, and what becomes of the sum; see `WalkScreen`."""

    HELP_TEXT: ClassVar[str] = N_(
        "A kernel of nine weights lies on the picture. Each weight is multiplied with the pixel below it, the nine "
        "products are added, and the sum becomes one pixel of the output. Then the window moves on by one. "
        "An image filter rounds the sum and clamps it to 0..255; a network adds a bias and applies ReLU instead."
    )

    def walk_of(self, bench: Bench) -> Walk:
        return bench.walk()

    def terms_of(self, walk: Walk) -> int:
        return len(walk.steps[0].terms)

    def input_cell(self, step: FilterStep | ConvStep) -> tuple[int, int] | None:
        if not 0 < self.cursor.term <= len(step.terms):
            return None
        term = step.terms[self.cursor.term - 1]
        # A finished cell is about its window; only on the way to it is one value at hand.
        return None if self.cursor.term == self.cursor.terms else (term.input_row, term.input_column)

    def panel_title(self, walk: Walk, step: FilterStep | ConvStep) -> tuple[str, str]:  # noqa: ARG002
        bench = self._bench
        assert bench is not None
        if walk.kernel is None:
            filters = bench.layer.filters if bench.layer else 0
            return _("Network kernel"), f"{bench.filter + 1}/{filters}"
        return _(walk.kernel.title), f"{bench.kernel_index + 1}/{len(bench.kernels)}"

    def panel_text(self, walk: Walk, step: FilterStep | ConvStep, width: int, height: int) -> Text:
        from tui.renderables.arithmetic import kernel_text, terms_text

        colours = current_palette(self)
        done = self.cursor.term
        at_hand = done if done < self.cursor.terms else 0
        text = kernel_text(step.terms, step.window.shape[1], at_hand, colours)
        text.append("\n")
        text.append_text(terms_text(step.terms, done, width, colours, pixels=walk.kernel is not None))
        about = _(walk.kernel.description) if walk.kernel else _("Shown rounded; the sum is of the unrounded numbers.")
        room = height - text.plain.count("\n") - 1
        lines = Text(about, colours.faint).wrap(self.app.console, width)
        if len(lines) <= room:
            text.append("\n")
            for line in lines:
                text.append_text(line).append("\n")
        return text

    def strip_text(self, walk: Walk, step: FilterStep | ConvStep) -> Text:
        from cnncore.stepping import FilterStep
        from tui.renderables.arithmetic import filter_strip, network_strip

        colours = current_palette(self)
        if isinstance(step, FilterStep):
            return Text(" ") + filter_strip(step, walk.scale, self.cursor.term, colours)
        return Text(" ") + network_strip(step, self.cursor.term, colours)

    def lesson(self, walk: Walk, step: FilterStep | ConvStep) -> str:
        from cnncore.stepping import FilterStep

        slip = walk.slip(step, self.cursor.term) if isinstance(step, FilterStep) else None
        if slip is None:
            return ""
        return _(
            "A slip to avoid: {weight} x {value} is {product}. "
            "Who writes {weight} + {value} ends at {total}, not {right}."
        ).format(
            weight=slip.term.weight,
            value=slip.term.value,
            product=slip.term.product,
            total=slip.total,
            right=slip.right,
        )
