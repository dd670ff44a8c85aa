"""What the convolution and the pooling screen share: a cursor that walks an output, and the views that follow it.

One `Cursor` is the whole state; `show()` draws everything from it and from the bench. A manual move pauses the clock.
Nothing here brings numpy before the first paint.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Static

from tui.cursor import Cursor
from tui.frame import FrameScreen, current_palette
from tui.i18n import N_, _, error_text
from tui.layout import Layout, arrange
from tui.screens.predict import Predict, PredictBar
from tui.widgets.matrix import MatrixView
from tui.widgets.picture import PictureView
from tui.widgets.title import Title

if TYPE_CHECKING:
    from cnncore.geometry import Geometry
    from tui.bench import Bench, PoolWalk, Walk
    from tui.renderables.matrix import Matrix

MOVE = Binding.Group(N_("Move"))
CLOCK = Binding.Group(N_("Play"))
CHOOSE = Binding.Group(N_("Choose"))
FRAMES_PER_SECOND = 30


class WalkScreen(FrameScreen):
    """The base of both; see the module. A subclass says what is walked and what the panel and the strip say."""

    HINT: ClassVar[str] = N_("-> goes on by one cell, . by one multiplication, Space plays, ? lists all keys")
    """What to press first, until something was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(0, -1)", N_("Cell back"), show=False, group=MOVE),
        Binding("right", "move(0, 1)", N_("Cell"), key_display="<- ->", group=MOVE),
        Binding("up", "move(-1, 0)", N_("Row up"), show=False, group=MOVE),
        Binding("down", "move(1, 0)", N_("Row down"), show=False, group=MOVE),
        Binding("comma,backspace", "step(-1)", N_("One multiplication back"), show=False, group=MOVE),
        Binding("full_stop,enter", "step(1)", N_("Multiply"), key_display=".", group=MOVE),
        Binding("home", "home", N_("To the beginning"), show=False, group=MOVE),
        Binding("end", "end", N_("To the end"), show=False, group=MOVE),
        Binding("g", "jump", N_("Jump to row, column"), show=False, group=MOVE),
        Binding("space", "play", N_("Play"), group=CLOCK),
        Binding("plus,equals_sign", "faster", N_("Faster"), show=False, group=CLOCK),
        Binding("minus,underscore", "slower", N_("Slower"), show=False, group=CLOCK),
        Binding("n,i", "sample(1)", N_("Picture"), group=CHOOSE),
        Binding("p,I,N", "sample(-1)", N_("Picture before"), show=False, group=CHOOSE),
        Binding("k", "kernel(1)", N_("Kernel"), group=CHOOSE),
        Binding("K", "kernel(-1)", N_("Kernel before"), show=False, group=CHOOSE),
        Binding("o", "app.open_picture", N_("Open"), group=CHOOSE),
        Binding("e", "edit_kernel", N_("Edit kernel"), group=CHOOSE),
        Binding("w", "network", N_("Network kernels on or off"), show=False, group=CHOOSE),
        Binding("x", "take_along", N_("Take along"), show=False, group=CHOOSE),
        Binding("v", "predict", N_("Predict, then reveal"), show=False, group=CHOOSE),
        Binding("z", "padding", N_("Padding with zeros on or off"), show=False, group=CHOOSE),
    ]
    DEFAULT_CSS = """
    WalkScreen #status { height: 1; padding: 0 1; }
    WalkScreen #main { height: 1fr; }
    WalkScreen #panel { padding-left: 1; }
    WalkScreen #panel-text { height: 1fr; }
    WalkScreen #strip { height: 1; }
    WalkScreen #message { height: auto; max-height: 2; display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.cursor = Cursor()
        self.predict = Predict(self.cursor)
        self._bench: Bench | None = None
        self._seen = -1
        self._trouble = ""
        self._notice = ""
        self._touched = False
        self._clock: Timer | None = None
        self._last_tick = 0.0

    # The subclass's part.

    def walk_of(self, bench: Bench) -> Walk | PoolWalk:
        """What is walked. May raise `CnnError`, whose sentence is then shown."""
        raise NotImplementedError

    def terms_of(self, walk: Any) -> int:
        """How many steps a cell has."""
        raise NotImplementedError

    def panel_title(self, walk: Any, step: Any) -> tuple[str, str]:
        raise NotImplementedError

    def panel_text(self, walk: Any, step: Any, width: int, height: int) -> Text:
        raise NotImplementedError

    def strip_text(self, walk: Any, step: Any) -> Text:
        raise NotImplementedError

    def lesson(self, walk: Any, step: Any) -> str:  # noqa: ARG002
        """A sentence that belongs to this very step; "" for none."""
        return ""

    def input_cell(self, step: Any) -> tuple[int, int] | None:
        """The input value at hand."""
        raise NotImplementedError

    # Composition and start.

    def compose_body(self) -> ComposeResult:
        yield Static(id="status", markup=False)
        with Horizontal(id="main"):
            with Vertical(id="left"):
                yield Title(id="input-title")
                yield PictureView(id="input-picture")
                yield MatrixView(id="input-matrix")
            with Vertical(id="right"):
                yield Title(id="output-title")
                yield PictureView(id="output-picture")
                yield MatrixView(id="output-matrix")
            with Vertical(id="panel"):
                yield Title(id="panel-title")
                yield Static(id="panel-text", markup=False)
        yield Static(id="strip", markup=False)
        yield PredictBar()
        yield Static(id="message", markup=False)

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES_PER_SECOND, self._tick, pause=True)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """After the first paint: what brings numpy."""
        self._bench = self.cnn_app.open_bench()
        self.show()

    def on_screen_resume(self) -> None:
        self.show()

    def on_screen_suspend(self) -> None:
        self.cursor.pause()
        self._set_clock()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self.show)

    def retranslate(self) -> None:
        self._say_cramped()
        self.refresh_frame()
        for widget in self.query("Title, MatrixView, PictureView"):
            widget.refresh()
        self.show()

    @property
    def _ready(self) -> bool:
        """Whether there is something to walk."""
        return self._bench is not None and bool(self._bench.samples) and not self._trouble

    # Drawing.

    def show(self) -> None:
        """Draws everything from the cursor and the bench."""
        bench = self._bench
        if bench is None or not bench.samples or not self.is_mounted:
            return
        from cnncore.errors import CnnError

        try:
            walk = self.walk_of(bench)
        except CnnError as error:
            self._trouble = error_text(error)
            self._show_nothing(bench)
            return
        self._trouble = ""
        if self._seen != bench.version:
            first, self._seen = self._seen < 0, bench.version
            self.cursor.fit(walk.steps.rows, walk.steps.columns, self.terms_of(walk))
            if first:
                # In the middle, where a picture has something to see, and with a part of the output there to read.
                at = self.cnn_app.options.view.at
                self.cursor.jump(*(at or (self.cursor.rows // 2 - 1, self.cursor.columns // 2)))
            self._set_clock()
        self.predict.hold(bench.version)
        self._show_walk(bench, walk)

    def _show_nothing(self, bench: Bench) -> None:
        self.cursor.pause()
        self._set_clock()
        for name in ("#input-matrix", "#output-matrix"):
            self.query_one(name, MatrixView).show(None)
        for name in ("#input-picture", "#output-picture"):
            self.query_one(name, PictureView).show(None)
        for name in ("#panel-text", "#strip"):
            self.query_one(name, Static).update("")
        self.query_one("#status", Static).update(self._status_text(bench))
        self._show_message("")

    def _show_walk(self, bench: Bench, walk: Walk | PoolWalk) -> None:
        from tui.renderables.picture import Picture

        cursor = self.cursor
        step = walk.steps[cursor.index]
        geometry = walk.steps.geometry
        self.query_one(PredictBar).show(self.predict, cursor.row, cursor.column)
        self._show_message(self.predict.verdict or ("" if self.predict.on else self.lesson(walk, step)))
        layout = self._arrange(walk)
        window = (step.top, step.left, step.top + geometry.rows.extent, step.left + geometry.columns.extent)
        here = (cursor.row, cursor.column)
        revealed = cursor.finished
        self.query_one("#input-picture", PictureView).show(
            Picture(walk.input_levels, layout.input_scale, window=window)
        )
        self.query_one("#output-picture", PictureView).show(
            Picture(walk.output_levels, layout.output_scale, cell=here, revealed=revealed)
        )
        self.query_one("#input-matrix", MatrixView).show(
            _matrix(walk.inputs, geometry, window=window, cell=self.input_cell(step))
        )
        self.query_one("#output-matrix", MatrixView).show(
            _matrix(walk.output, cell=here, revealed=revealed, asked=self.predict.asking)
        )
        self._show_titles(walk, step, window, layout)
        panel = self.query_one("#panel-text", Static)
        # Its size is the layout's to come, not the one it had at the last paint.
        height = layout.picture_lines + layout.matrix_lines
        # Their sizes do not depend on what they say, so nothing has to be arranged anew.
        panel.update(self.panel_text(walk, step, layout.panel_width - 1, height), layout=False)
        self.query_one("#strip", Static).update(self.strip_text(walk, step), layout=False)
        self.query_one("#status", Static).update(self._status_text(bench), layout=False)

    def _show_titles(self, walk: Walk | PoolWalk, step: Any, window: tuple[int, int, int, int], layout: Layout) -> None:
        rows, columns = walk.inputs.shape
        title = self.query_one("#input-title", Title)
        title.text = _("Input")
        # Of a window that takes too many digits, where it begins.
        title.note = _first_fit(
            layout.input_width - cell_len(title.text) - 2,
            f"{rows} x {columns} [{window[0]}-{window[2] - 1}, {window[1]}-{window[3] - 1}]",
            f"{rows} x {columns} [{window[0]}, {window[1]}]",
            f"[{window[0]}, {window[1]}]",
        )
        title = self.query_one("#output-title", Title)
        title.text = _("Output")
        place = f"[{self.cursor.row}, {self.cursor.column}]"
        title.note = _first_fit(
            layout.output_width - cell_len(title.text) - 2, f"{walk.steps.rows} x {walk.steps.columns} {place}", place
        )
        title = self.query_one("#panel-title", Title)
        title.text, title.note = self.panel_title(walk, step)

    def _arrange(self, walk: Walk | PoolWalk) -> Layout:
        lines = 1 + (1 if self.query_one("#message").display else 0) + self.predict.on
        height = self.size.height - 2 - 1 - lines
        rows, columns = walk.inputs.shape
        layout = arrange(self.size.width, height, (rows, columns), (walk.steps.rows, walk.steps.columns))
        left = self.query_one("#left")
        left.styles.width = layout.margin + layout.input_width
        left.styles.padding = (0, 0, 0, layout.margin)
        self.query_one("#right").styles.width = layout.output_width
        self.query_one("#panel").styles.width = layout.panel_width
        for name in ("#input-picture", "#output-picture"):
            self.query_one(name).styles.height = layout.picture_lines
        return layout

    def _status_text(self, bench: Bench) -> Text:
        colours = current_palette(self)
        sample = bench.sample
        left = Text(_(sample.title), colours.strong, no_wrap=True, overflow="ellipsis")
        left.append(f"  {bench.sample_index + 1}/{len(bench.samples)}", colours.faint)
        if sample.source:
            left.append(f"  {_(sample.source)}", colours.faint)
        state = Text(no_wrap=True)
        if self.cursor.playing:
            state.append(_("> playing"), colours.output)
        else:
            state.append(_("|| paused"), colours.notice)
        state.append("  " + _("{speed} cells/s").format(speed=self.cursor.speed), colours.text)
        width = max(0, self.size.width - 2)
        left.truncate(max(0, width - state.cell_len - 2), overflow="ellipsis")
        left.append(" " * (width - left.cell_len - state.cell_len))
        return left + state

    def _show_message(self, lesson: str) -> None:
        """The one line below the strip: what went wrong, else what was just done, else the lesson, else the hint."""
        colours = current_palette(self)
        text = self._trouble or self._notice or lesson or ("" if self._touched else _(self.HINT))
        style = colours.negative if self._trouble else colours.notice if self._notice or lesson else colours.faint
        message = self.query_one("#message", Static)
        message.display = bool(text)
        said = Text(f" {text}", style)
        if said != message.content:  # which may need another line
            message.update(said)

    def bench_changed(self, notice: str) -> None:
        self._notice = notice
        self.show()

    # The clock.

    def _set_clock(self) -> None:
        if self._clock is None:
            return
        if self.cursor.playing:
            self._last_tick = time.monotonic()
            self._clock.resume()
        else:
            self._clock.pause()

    def _tick(self) -> None:
        now = time.monotonic()
        moved = self.cursor.tick(now - self._last_tick)
        self._last_tick = now
        if moved:
            self.show()
        if not self.cursor.playing:
            self._set_clock()

    # What keys do.

    def _done(self) -> None:
        self._touched, self._notice = True, ""
        self._set_clock()
        self.show()

    def action_move(self, rows: int, columns: int) -> None:
        self.cursor.move(rows, columns)
        self._done()

    def action_step(self, terms: int) -> None:
        self.cursor.step(terms)
        self._done()

    def action_home(self) -> None:
        self.cursor.home()
        self._done()

    def action_end(self) -> None:
        self.cursor.end()
        self._done()

    def action_play(self) -> None:
        if self._ready:
            self.cursor.toggle()
        self._done()

    def action_faster(self) -> None:
        self.cursor.faster()
        self._done()

    def action_slower(self) -> None:
        self.cursor.slower()
        self._done()

    def action_sample(self, by: int) -> None:
        if self._bench is not None and self._bench.samples:
            self._bench.next_sample(by)
        self._done()

    def action_kernel(self, by: int) -> None:
        if self._bench is not None:
            self._bench.next_kernel(by)
        self._done()

    def action_padding(self) -> None:
        if self._bench is not None:
            self._bench.toggle_padding()
        self._done()

    def action_network(self) -> None:
        if self._bench is None:
            return
        self._done()
        if self._bench.layer is None:
            self.cnn_app.load_layer()
        else:
            self._bench.toggle_network()
            self.show()

    @property
    def walked_bench(self) -> Bench | None:
        """The bench, where there is something to walk."""
        return self._bench if self._ready else None

    def action_take_along(self) -> None:
        from tui.take_along import open_menu

        open_menu(self)

    def palette_commands(self) -> Iterable[SystemCommand]:
        from tui.take_along import palette_commands

        yield SystemCommand(_("Predict, then reveal"), _("Type the value before it is shown"), self.action_predict)
        yield from palette_commands(self)

    def action_predict(self) -> None:
        if self._ready:
            self.predict.toggle()
            self.query_one(PredictBar).clear()
            if not self.predict.on:
                self.set_focus(None)
        self._done()

    def on_predict_bar_answered(self, event: PredictBar.Answered) -> None:
        if self._bench is not None and self._ready:
            self.predict.answer(event.text, self.walk_of(self._bench))
            event.bar.clear()
        self._done()

    def action_jump(self) -> None:
        from tui.screens.dialogs import AskLine, jump_target

        if not self._ready:
            return
        rows, columns = self.cursor.rows, self.cursor.columns

        def arrived(target: tuple[int, int] | None) -> None:
            if target is not None:
                self.cursor.jump(*target)
                self._done()

        self.app.push_screen(
            AskLine(
                _("Jump to row, column"),
                _("Rows 0 to {row}, columns 0 to {column}, for example: 3, 5").format(row=rows - 1, column=columns - 1),
                lambda text: jump_target(text, rows, columns),
            ),
            arrived,
        )

    def action_edit_kernel(self) -> None:
        from tui.screens.dialogs import KernelDialog

        bench = self._bench
        if bench is None:
            return

        def edited(kernel: Any) -> None:
            if kernel is not None:
                bench.set_custom(kernel)
                self._done()

        self.app.push_screen(KernelDialog(bench.kernel), edited)

    # Clicks.

    def on_matrix_view_picked(self, event: MatrixView.Picked) -> None:
        self._picked(event.view.id == "output-matrix", event.row, event.column)

    def on_picture_view_picked(self, event: PictureView.Picked) -> None:
        self._picked(event.view.id == "output-picture", event.row, event.column)

    def _picked(self, output: bool, row: int, column: int) -> None:
        """An output cell is gone to; for an input cell, the middle one of the outputs that it feeds."""
        if self._bench is None or not self._ready:
            return
        if not output:
            geometry = self.walk_of(self._bench).steps.geometry
            rows, columns = geometry.rows.feeds(row), geometry.columns.feeds(column)
            if not rows or not columns:
                return
            row, column = rows[len(rows) // 2], columns[len(columns) // 2]
        self.cursor.jump(row, column)
        self._done()


def _first_fit(width: int, *texts: str) -> str:
    """The first of `texts` that fits `width` cells, else the last."""
    return next((text for text in texts if cell_len(text) <= width), texts[-1])


def _matrix(
    values: Any,
    geometry: Geometry | None = None,
    *,
    window: tuple[int, int, int, int] | None = None,
    cell: tuple[int, int] | None = None,
    revealed: int | None = None,
    asked: bool = False,
) -> Matrix:
    """A `Matrix` over an array (H, W): with a geometry its input, padding included, without one an output."""
    from tui.renderables.matrix import Matrix
    from tui.renderables.numbers import NETWORK_DECIMALS, is_whole

    whole = is_whole(values)
    rows, columns = values.shape
    return Matrix(
        rows,
        columns,
        lambda row, column: values[row, column].item(),
        digits=3 if whole else NETWORK_DECIMALS + 3,
        decimals=0 if whole else NETWORK_DECIMALS,
        before=(0, 0) if geometry is None else (geometry.rows.before, geometry.columns.before),
        after=(0, 0) if geometry is None else (geometry.rows.after, geometry.columns.after),
        window=window,
        cell=cell,
        revealed=revealed,
        output=geometry is None,
        asked=asked,
        source=values,
    )
