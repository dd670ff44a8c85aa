"""The parts that only the pooling screen has; see `OperationPanel`."""

from __future__ import annotations

from rich.text import Text

from cnncore.lesson.contributions import pool_feeds
from cnncore.lesson.stepping import PoolStep
from tui.drawing.blocks import wrapped
from tui.drawing.fitting import first_fit
from tui.drawing.matrix import Matrix
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.walk.arithmetic import pool_formula
from tui.walk.feeds import pool_feeds_text
from tui.walk.kernel_maps import Tile
from tui.walk.matrices import pool_matrix
from tui.walk.sizes import size_fact
from tui.walk.state import WalkState
from tui.walk.walks import PoolingWalk


class PoolingPanel:
    """The pooled window, its maximum, and the unused rows and columns."""

    def __init__(self, state: WalkState) -> None:
        self._state = state

    def title(self, walk: PoolingWalk) -> tuple[str, str]:
        rows, columns = walk.steps.geometry.rows, walk.steps.geometry.columns
        return _("Max pooling"), f"{rows.window} x {columns.window}"

    def matrix(self, walk: PoolingWalk, step: PoolStep) -> Matrix | None:  # noqa: ARG002
        return None if self._state.pixel.on else pool_matrix(step, maximum_shown=self._state.cursor.term > 0)

    def text(self, walk: PoolingWalk, step: PoolStep, width: int, height: int, colours: Palette) -> Text:  # noqa: ARG002
        text = Text(no_wrap=True)
        for paragraph in self._paragraphs(walk):
            text.append("\n" + "".join(f"{line}\n" for line in wrapped(paragraph, width)), colours.faint)
        return text

    def _paragraphs(self, walk: PoolingWalk) -> list[str]:
        rows, columns = walk.steps.geometry.rows, walk.steps.geometry.columns
        paragraphs = [
            _("The input is the output of: {kernel}").format(kernel=self._kernel_name()),
            _("Only the largest value of each window is kept."),
            f"{rows.size} x {columns.size} -> {rows.output} x {columns.output}",
        ]
        if rows.unused or columns.unused:
            paragraphs.append(
                _("Not used, because no window reaches them: {rows} row(s) and {columns} column(s) at the end.").format(
                    rows=rows.unused, columns=columns.unused
                )
            )
        if not isinstance(self._state.bench.pool_padding, str):
            paragraphs.append(_("Padding given in numbers: Keras's own pooling has only valid and same."))
        return paragraphs

    def _kernel_name(self) -> str:
        workbench = self._state.bench
        return _("Network kernel") + f" {workbench.filter}" if workbench.network else _(workbench.kernel.title)

    def feeds(self, walk: PoolingWalk, width: int, height: int, colours: Palette) -> Text:
        heading = first_fit(width, _("The maxima of its windows:"), _("Maxima of its windows:"))
        text = Text(f"\n{heading}\n", colours.faint, no_wrap=True)
        feeds = pool_feeds(walk.steps, self._state.pixel.row, self._state.pixel.column)
        return text.append_text(pool_feeds_text(feeds, width, height - 2, colours))

    def strip(self, walk: PoolingWalk, step: PoolStep, width: int, colours: Palette) -> Text:  # noqa: ARG002
        if not self._state.cursor.term:
            return Text()
        return Text(" ") + pool_formula(step, colours, width - 1)

    def facts(self, walk: PoolingWalk) -> tuple[tuple[str, str], tuple[str, str]]:
        inputs, outputs = f"{walk.inputs.size:,}", f"{walk.output.size:,}"
        values = _("{inputs} values in, {outputs} out").format(inputs=inputs, outputs=outputs)
        return size_fact(walk.steps.geometry, same=self._state.bench.pool_padding == "same"), (values, values)

    def warning(self, walk: PoolingWalk, step: PoolStep) -> str:  # noqa: ARG002
        return ""

    def input_cell(self, step: PoolStep) -> tuple[int, int] | None:
        return step.winner_input if self._state.cursor.term else None

    def tiles(self, width: int, height: int) -> tuple[list[Tile], int]:  # noqa: ARG002
        return [], 0
