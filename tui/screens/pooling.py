"""Maximum pooling: 2x2 windows, two apart, of which only the largest value goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from tui.frame import current_palette
from tui.i18n import N_, _
from tui.screens.walk import WalkScreen

if TYPE_CHECKING:
    from cnncore.stepping import PoolStep
    from tui.bench import Bench, PoolWalk

STEPS = {"step(1)": N_("Maximum"), "step(-1)": N_("One maximum back")}


class PoolingScreen(WalkScreen):
    """The output of the convolution screen, pooled; see `WalkScreen`."""

    HELP_TEXT: ClassVar[str] = N_(
        "The output of the convolution is the input here. A window of 2 x 2 moves two steps at a time, so no value is "
        "seen twice, and only the largest of the four goes on: half the height, half the width, a quarter of the "
        "values. A last row or column that fills no window is not used."
    )

    HINT: ClassVar[str] = N_("-> goes on by one window, Space plays, ? lists all keys")
    # Nothing is multiplied here: the same keys take a window's largest value.
    BINDINGS: ClassVar[list[BindingType]] = [
        replace(binding, description=STEPS[binding.action]) if binding.action in STEPS else binding
        for binding in WalkScreen.BINDINGS
        if isinstance(binding, Binding)
    ]

    def walk_of(self, bench: Bench) -> PoolWalk:
        return bench.pool()

    def terms_of(self, walk: PoolWalk) -> int:  # noqa: ARG002 - one look at the window is one step
        return 1

    def input_cell(self, step: PoolStep) -> tuple[int, int] | None:
        return step.winner_input if self.cursor.term else None

    def panel_title(self, walk: PoolWalk, step: PoolStep) -> tuple[str, str]:  # noqa: ARG002
        return _("Max pooling"), "2 x 2"

    def panel_text(self, walk: PoolWalk, step: PoolStep, width: int, height: int) -> Text:  # noqa: ARG002
        from tui.renderables.arithmetic import pool_text

        colours = current_palette(self)
        text = pool_text(step, colours, found=self.cursor.term > 0)
        rows, columns = walk.steps.geometry.rows, walk.steps.geometry.columns
        about = [
            "",
            _("The input is the output of: {kernel}").format(kernel=self._kernel_name()),
            "",
            _("Of each window only the largest value goes on."),
            "",
            f"{rows.size} x {columns.size} -> {rows.output} x {columns.output}",
        ]
        if rows.unused or columns.unused:
            about += [
                "",
                _("Not used, because no window reaches them: {rows} row(s) and {columns} column(s) at the end.").format(
                    rows=rows.unused, columns=columns.unused
                ),
            ]
        for paragraph in about:
            for line in Text(paragraph, colours.faint).wrap(self.app.console, width) or [Text()]:
                text.append_text(line).append("\n")
        return text

    def _kernel_name(self) -> str:
        bench = self._bench
        assert bench is not None
        return _("Network kernel") + f" {bench.filter + 1}" if bench.network else _(bench.kernel.title)

    def strip_text(self, walk: PoolWalk, step: PoolStep) -> Text:  # noqa: ARG002
        from tui.renderables.arithmetic import pool_formula

        if not self.cursor.term:
            return Text()
        return Text(" ") + pool_formula(step, current_palette(self))
