"""Maximum pooling: of each window only the largest value goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from cnncore.errors import CnnError
from tui.app.screen import current_palette
from tui.drawing.fitting import first_fit
from tui.i18n import N_, _
from tui.walk.screen import WINDOW, WalkScreen

if TYPE_CHECKING:
    from cnncore.lesson.highlights import Highlight
    from cnncore.lesson.stepping import PoolStep
    from tui.drawing.matrix import Matrix
    from tui.walk.padding import Padding
    from tui.walk.workbench import Pair, PoolingWalk, Workbench

STEPS = {
    "step(1)": N_("Maximum"),
    "step(-1)": N_("One maximum back"),
    "enter": N_("Maximum, or from the input to an output cell"),
    "padding": N_("Padding: valid or same"),
}
PLACES = {
    "largest": N_("The largest result of the whole map: {value}"),
    "widest": N_("The window whose values differ most, by {value}: most is lost here"),
}


class PoolingScreen(WalkScreen):
    """The output of the convolution screen, pooled; see `WalkScreen`."""

    HELP_TEXT: ClassVar[str] = N_(
        "The output of the convolution is the input here. A window of 2 x 2 moves two steps at a time, so no value is "
        "seen twice, and only the largest of the four goes on: half the height, half the width, a quarter of the "
        "values. A last row or column that fills no window is not used. Size and stride of the window can be changed."
    )

    padding_counts = False
    HINT: ClassVar[str] = N_("-> next window, Space plays, Tab: the input, ? explains this and has all keys")
    # Nothing is multiplied here: the same keys take a window's largest value.
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            replace(binding, description=STEPS[binding.action]) if binding.action in STEPS else binding
            for binding in WalkScreen.BINDINGS
            if isinstance(binding, Binding)
        ),
        Binding("Z", "ask_padding", N_("Padding, typed"), show=False, group=WINDOW),
        Binding("d", "pool_size", N_("Window size"), group=WINDOW),
        Binding("D", "ask_pool_size", N_("Window size, typed"), show=False, group=WINDOW),
    ]

    def walk_of(self, workbench: Workbench) -> PoolingWalk:
        return workbench.pool()

    def inputs_alone(self, workbench: Workbench) -> tuple[Any, Any] | None:
        try:
            walk = workbench.walk()
        except CnnError:  # the kernel is larger than the picture
            return None
        return walk.output, walk.output_levels

    def terms_of(self, walk: PoolingWalk) -> int:  # noqa: ARG002 - one look at the window is one step
        return 1

    def input_cell(self, step: PoolStep) -> tuple[int, int] | None:
        return step.winner_input if self.cursor.term else None

    def panel_title(self, walk: PoolingWalk, step: PoolStep) -> tuple[str, str]:  # noqa: ARG002
        rows, columns = walk.steps.geometry.rows, walk.steps.geometry.columns
        return _("Max pooling"), f"{rows.window} x {columns.window}"

    def kernel_matrix(self, walk: PoolingWalk, step: PoolStep) -> Matrix | None:  # noqa: ARG002
        from tui.walk.matrices import pool_matrix

        return None if self.pixel.on else pool_matrix(step, found=self.cursor.term > 0)

    def panel_text(self, walk: PoolingWalk, step: PoolStep, width: int, height: int) -> Text:  # noqa: ARG002
        colours = current_palette(self)
        text = Text(no_wrap=True)
        rows, columns = walk.steps.geometry.rows, walk.steps.geometry.columns
        about = [
            _("The input is the output of: {kernel}").format(kernel=self._kernel_name()),
            _("Of each window only the largest value goes on."),
            f"{rows.size} x {columns.size} -> {rows.output} x {columns.output}",
        ]
        if rows.unused or columns.unused:
            about.append(
                _("Not used, because no window reaches them: {rows} row(s) and {columns} column(s) at the end.").format(
                    rows=rows.unused, columns=columns.unused
                )
            )
        assert self._workbench is not None
        if not isinstance(self._workbench.pool_padding, str):
            about.append(_("Padding in numbers: Keras's own pooling has valid and same only."))
        for paragraph in about:
            text.append("\n")
            for line in Text(paragraph, colours.faint).wrap(self.app.console, width) or [Text()]:
                text.append_text(line).append("\n")
        return text

    def feeds_panel(self, walk: PoolingWalk, width: int, height: int) -> Text:
        from cnncore.lesson.contributions import pool_feeds
        from tui.walk.kernel_panel import pool_feeds_text

        colours = current_palette(self)
        heading = first_fit(width, _("The largest of its windows:"), _("Largest of its windows:"))
        text = Text(f"\n{heading}\n", colours.faint, no_wrap=True)
        feeds = pool_feeds(walk.steps, self.pixel.row, self.pixel.column)
        return text.append_text(pool_feeds_text(feeds, width, height - 2, colours))

    def _kernel_name(self) -> str:
        workbench = self._workbench
        assert workbench is not None
        return _("Network kernel") + f" {workbench.filter}" if workbench.network else _(workbench.kernel.title)

    def strip_text(self, walk: PoolingWalk, step: PoolStep) -> Text:  # noqa: ARG002
        from tui.walk.arithmetic import pool_formula

        if not self.cursor.term:
            return Text()
        return Text(" ") + pool_formula(step, current_palette(self), self.size.width - 1)

    def facts(self, walk: PoolingWalk) -> tuple[tuple[str, str], tuple[str, str]]:
        from tui.walk.sizes import size_fact

        workbench, geometry = self._workbench, walk.steps.geometry
        assert workbench is not None
        inputs, outputs = f"{walk.inputs.size:,}", f"{walk.output.size:,}"
        values = _("{inputs} values in, {outputs} out").format(inputs=inputs, outputs=outputs)
        return size_fact(geometry, same=workbench.pool_padding == "same"), (values, values)

    def place_text(self, place: Highlight) -> str:
        from tui.drawing.numbers import number

        return _(PLACES[place.kind]).format(value=number(place.value))

    # How the window moves.

    def action_padding(self) -> None:
        if self._workbench is not None:
            self._take_padding("same" if self._workbench.pool_padding == "valid" else "valid")

    def action_ask_padding(self) -> None:
        from tui.app.dialogs import AskLine
        from tui.walk.padding import padding_text, typed_padding

        workbench = self._workbench
        if workbench is None:
            return

        def check(text: str) -> Padding:
            padding = typed_padding(text)
            workbench.check_pool_padding(padding)
            return padding

        def answered(padding: Padding | None) -> None:
            if padding is not None:
                self._take_padding(padding)

        prompt = _("valid, same, or how far outside: on all sides;\nrows, columns; or top, bottom, left, right")
        self.app.push_screen(AskLine(_("Padding"), prompt, check, padding_text(workbench.pool_padding)), answered)

    def _take_padding(self, padding: Padding) -> None:
        from tui.walk.padding import pool_padding_words

        if self._workbench is None:
            return
        self._workbench.set_pool_padding(padding)
        self.moved_window()
        words = pool_padding_words(padding)
        self._notice = f"{words}. {self._notice}" if self._notice else words
        self.show()

    def action_stride(self, by: int) -> None:
        """1, 2, .. and after the last as far as the window is large, which is where it begins."""
        from tui.walk.workbench import MOST_STRIDE

        if self._workbench is not None:
            now = self._workbench.pool_strides
            stride = by if now is None else max(now) + by
            self._workbench.set_pool(self._workbench.pool_size, None if stride > MOST_STRIDE else (stride, stride))
        self.moved_window()

    def action_pool_size(self) -> None:
        from tui.walk.workbench import MOST_POOL

        if self._workbench is not None:
            size = max(self._workbench.pool_size) % MOST_POOL + 1
            self._workbench.set_pool((size, size), self._workbench.pool_strides)
        self.moved_window()

    def action_ask_stride(self) -> None:
        if self._workbench is not None:
            self.ask_pair(_("Stride"), self._workbench.pool_strides or self._workbench.pool_size, self._take_strides)

    def _take_strides(self, strides: Pair) -> None:
        if self._workbench is not None:
            self._workbench.set_pool(self._workbench.pool_size, strides)
        self.moved_window()

    def action_ask_pool_size(self) -> None:
        if self._workbench is not None:
            self.ask_pair(_("Window size"), self._workbench.pool_size, self._take_size)

    def _take_size(self, size: Pair) -> None:
        if self._workbench is not None:
            self._workbench.set_pool(size, self._workbench.pool_strides)
        self.moved_window()
