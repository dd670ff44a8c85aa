"""The convolution and the pooling screen: one class, given the operation that it walks and its keys.

The screen turns keys and clicks into changes of its `WalkState`, and has the `Painter` draw that; the `Clock` plays it,
`WindowSettings` asks for stride and padding, and the `Exporter` writes files.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType

from tui.app.dialogs import ask_position
from tui.app.screen import FrameScreen
from tui.app.workers import start_worker
from tui.i18n import _
from tui.walk import pooling
from tui.walk.clock import Clock
from tui.walk.convolution import Convolution
from tui.walk.exporter import Exporter
from tui.walk.kernel_edit import begin_edit, edit_key, pick_weight
from tui.walk.keys import CONVOLUTION_KEYS, POOLING_KEYS
from tui.walk.maps_view import MapsView
from tui.walk.operation import Operation, Pair
from tui.walk.predict_bar import PredictBar
from tui.walk.state import WalkState
from tui.walk.window_settings import WindowSettings
from tui.widgets.matrix import MatrixView
from tui.widgets.message import MessageLine
from tui.widgets.picture import PictureView
from tui.widgets.rows import Box, TextRows
from tui.widgets.textual_private import bind_keys, own_actions
from tui.widgets.title import Title

if TYPE_CHECKING:
    from tui.walk.painter import Painter
    from tui.walk.walks import Walk

PANEL_DESCRIBES = 36
"""The lines of a terminal in which the panel has room for the kernel's description."""


class WalkScreen(FrameScreen):
    """See the module."""

    DEFAULT_CSS = """
    WalkScreen #status { height: 1; }
    WalkScreen #main { layout: horizontal; }
    WalkScreen #panel { padding-left: 1; }
    WalkScreen #panel-text { height: 1fr; }
    WalkScreen #kernel { height: 3; }
    WalkScreen #maps { display: none; }
    WalkScreen #facts { height: 1; }
    WalkScreen #strip { height: 1; }
    """

    def __init__(self, operation: Operation, keys: Sequence[Binding]) -> None:
        super().__init__()
        self.state = WalkState(operation)
        self._keys = keys
        bind_keys(self, keys)
        self._exporter = Exporter(self, self.state)
        self._window = WindowSettings(self, self.state, self._size_news)
        self._painter: Painter | None = None
        self._clock: Clock | None = None
        self._offered = (False, False, False)
        """No walk, predicting, editing: the last drawn values. The keys in the footer depend on them."""

    @property
    def help_text(self) -> str:
        return self.state.operation.help

    @property
    def help_keys(self) -> Sequence[BindingType]:
        return self._keys

    def compose_body(self) -> ComposeResult:
        yield TextRows(id="status", indent=1)
        with Box(id="main"):
            with Box(id="left"):
                yield Title(id="input-title")
                yield PictureView(id="input-picture")
                yield MatrixView(id="input-matrix")
            with Box(id="right"):
                yield Title(id="output-title")
                yield PictureView(id="output-picture")
                yield MatrixView(id="output-matrix")
            with Box(id="panel"):
                yield Title(id="panel-title")
                yield MatrixView(id="kernel", labels=False)
                yield TextRows(id="panel-text")
        yield MapsView(id="maps")
        yield TextRows(id="facts", indent=1)
        yield TextRows(id="strip")
        yield PredictBar()
        yield MessageLine(id="message", indent=1)

    # Coming and going.

    def on_mount(self) -> None:
        self._clock = Clock(self, self.state.cursor, self.show)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        workbench = self.cnn_app.open_workbench()
        here = self.state.operation.name == self.app.DEFAULT_MODE
        self.state.begin(workbench, self.cnn_app.options.view, here=here)
        # Late: it loads numpy, which the first paint must not wait for.
        from tui.walk.painter import Painter

        self._painter = Painter(self, self.state)
        self.show()

    def on_screen_resume(self) -> None:
        self.show()
        workbench = self.state.workbench
        if workbench is not None and workbench.network and self.cnn_app.workbench_loader.layer_is_old():
            self.cnn_app.workbench_loader.load_layer()

    def on_screen_suspend(self) -> None:
        self.state.end_edit()
        self.state.cursor.pause()
        self._follow_cursor()

    def on_resize(self, event: events.Resize) -> None:
        # Textual calls the base class's handler as well.
        self.state.describe_kernels = event.size.height < PANEL_DESCRIBES
        self.call_after_refresh(self.show)

    def retranslate(self) -> None:
        self._say_cramped()
        self.refresh_frame()
        for widget in self.query("Title, MatrixView, PictureView, MapsView"):
            widget.refresh()
        self.show()

    def workbench_changed(self, notice: str) -> None:
        self.state.notice = notice
        self.show()

    # Drawing.

    def show(self) -> None:
        """Draw the state, and the footer if the useful keys have changed."""
        self._paint()
        state = self.state
        offered = (bool(state.obstacle), state.prediction.on, state.editor.on)
        if offered != self._offered:
            self._offered = offered
            self.refresh_frame()

    def _paint(self) -> None:
        workbench = self.state.workbench
        if workbench is None or not workbench.samples or self._painter is None or not self.is_mounted:
            return
        walk = self.state.follow_workbench()
        self._follow_cursor()
        self._painter.paint(walk)
        self.speak()

    def _follow_cursor(self) -> None:
        if self._clock is not None:
            self._clock.follow_cursor()

    def say(self, text: str) -> None:
        self.state.say(text)
        self.show()

    def offers(self, action: str) -> bool:
        """Offer no keys that can do nothing now: the kernel editor has the arrows and the point for itself."""
        state = self.state
        if state.editor.on and action.startswith(("move(", "step(", "edit_kernel")):
            return False
        if action == "play":
            return not state.obstacle and not state.prediction.on
        return not state.obstacle or not action.startswith(("move(", "step("))

    def spoken(self) -> Sequence[str]:
        # Late: it loads numpy, which the first paint must not wait for.
        from tui.walk.spoken import spoken

        return spoken(self.state)

    # Keys.

    def on_key(self, event: events.Key) -> None:
        """Keep the keys pressed before the first pictures are there; pass the kernel editor its keys."""
        if self._keep_early(event) or self._edit(event):
            event.stop()
            event.prevent_default()

    def _keep_early(self, event: events.Key) -> bool:
        early = self.cnn_app.workbench_loader.early_keys
        own = any(not action.startswith("app.") for action in own_actions(self, event.key))
        if early is None or event.key == "q" or not (early or own):
            return False
        early.append(event)
        return True

    def _edit(self, event: events.Key) -> bool:
        if not self.state.editor.on or not edit_key(self.state, event.key, event.character):
            return False
        self.show()
        return True

    def _do(self, act: Callable[..., object], *arguments: Any) -> None:
        """Change the state and redraw."""
        act(*arguments)
        self.show()

    def action_move(self, rows: int, columns: int) -> None:
        self._do(self.state.move, rows, columns)

    def action_step(self, terms: int) -> None:
        self._do(self.state.step, terms)

    def action_enter(self) -> None:
        self._do(self.state.enter)

    def action_finish_row(self, by: int) -> None:
        self._do(self.state.finish_row, by)

    def action_home(self) -> None:
        self._do(self.state.home)

    def action_end(self) -> None:
        self._do(self.state.end)

    def action_jump(self) -> None:
        if not self.state.ready:
            self.say("")
            return

        def answered(target: Pair | None) -> None:
            if target is not None:
                self._do(self.state.jump, *target)

        moving = self.state.moving
        self.app.push_screen(ask_position(moving.rows, moving.columns), answered)

    def action_toggle_input(self) -> None:
        self._do(self.state.toggle_input)

    def action_to_output(self) -> None:
        self._do(self.state.to_output)

    def action_play(self) -> None:
        self._do(self.state.play)

    def action_faster(self) -> None:
        self._do(self.state.faster)

    def action_slower(self) -> None:
        self._do(self.state.slower)

    def action_next_highlight(self, by: int) -> None:
        walk = self.state.next_highlight(by)
        self.show()
        if walk is not None:
            start_worker(self, self._search_highlights, walk, group="highlights", failed=self.say, answers=True)

    async def _search_highlights(self, walk: Walk) -> None:
        await asyncio.to_thread(lambda: walk.highlights)  # a second for a large photograph
        if self.state.highlights_found(walk, in_front=self.app.screen is self):
            self.show()

    def action_predict(self) -> None:
        self._do(self.state.toggle_prediction)

    def on_predict_bar_answered(self, event: PredictBar.Answered) -> None:
        event.bar.clear()
        self._do(self.state.answer, event.text)

    # Pictures, kernels and maps.

    def action_sample(self, by: int) -> None:
        self._do(self.state.next_sample, by)
        if self.state.ready and self.state.cursor.cells == 1:  # a single cell must not start out finished
            self.state.cursor.home()
            self.say("")

    def action_channel(self, by: int) -> None:
        self._do(self.state.next_channel, by)

    def action_kernel(self, by: int) -> None:
        self._do(self.state.next_kernel, by)

    def action_network(self) -> None:
        workbench = self.state.workbench
        if workbench is None:
            return
        self.state.end_edit()
        self.say("")
        if workbench.layer is None or self.cnn_app.workbench_loader.layer_is_old():
            self.say(_("Reading the network's kernels"))
            self.cnn_app.workbench_loader.load_layer()
        else:
            self._do(workbench.toggle_network)

    def action_edit_kernel(self) -> None:
        self._do(begin_edit, self.state)

    def action_toggle_map(self) -> None:
        self._do(self.state.toggle_map)

    def action_all_maps(self) -> None:
        self._do(self.state.toggle_all_maps)

    def action_next_map(self, by: int) -> None:
        self._do(self.state.next_map, by)

    def on_maps_view_picked(self, event: MapsView.Picked) -> None:
        self._do(self.state.choose_map, event.index)

    def on_matrix_view_picked(self, event: MatrixView.Picked) -> None:
        if event.view.id != "kernel":
            self._pick(event.view.id == "output-matrix", event.row, event.column)
        elif self.state.operation.name == "convolution":
            self._do(pick_weight, self.state, event.row, event.column)

    def on_picture_view_picked(self, event: PictureView.Picked) -> None:
        self._pick(event.view.id == "output-picture", event.row, event.column)

    def _pick(self, output: bool, row: int, column: int) -> None:
        self.state.pick(row, column, output=output)
        self.show()

    # The window.

    def _size_news(self) -> str:
        return self._painter.size_news(self.state.walk()) if self.state.ready and self._painter is not None else ""

    def action_stride(self, by: int) -> None:
        self._window.next_stride(by)

    def action_ask_stride(self) -> None:
        self._window.ask_stride()

    def action_padding(self) -> None:
        self._window.next_padding()

    def action_ask_padding(self) -> None:
        self._window.ask_padding()

    def action_dilation(self) -> None:
        self._window.next_dilation()

    def action_ask_dilation(self) -> None:
        self._window.ask_dilation()

    def action_pool_size(self) -> None:
        self._window.next_pool_size()

    def action_ask_pool_size(self) -> None:
        self._window.ask_pool_size()

    # Exporting.

    def action_export(self) -> None:
        self._exporter.open_menu()

    def palette_commands(self) -> Iterable[SystemCommand]:
        yield SystemCommand(_("Predict, then reveal"), _("Type the value before it is shown"), self.action_predict)
        yield from self._exporter.palette_commands()


def convolution_screen() -> WalkScreen:
    """Make the screen of the convolution."""
    return WalkScreen(Convolution(), CONVOLUTION_KEYS)


def pooling_screen() -> WalkScreen:
    """Make the screen of max pooling."""
    return WalkScreen(pooling.Pooling(), POOLING_KEYS)
