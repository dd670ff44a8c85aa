"""Validation: a network, trained or with random weights, run by Keras and by the C core on the same images, and the two
compared layer by layer.

Keras works in a child process. The screen turns keys into changes of a `ValidationState`, and draws from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from cnncore.keras.validate_child import Message
from tui.app.child_client import ChildClient
from tui.app.screen import FrameScreen, current_palette
from tui.app.workers import start_worker
from tui.drawing.chart import Line
from tui.i18n import N_, _
from tui.validation.client import validation_client
from tui.validation.painter import validation_panel
from tui.validation.spoken import validation_lines
from tui.validation.state import ValidationState
from tui.validation.words import choice_line, inputs_line, request_line, status_line, verdict
from tui.widgets.lines import LinesView
from tui.widgets.note import Note

FRAMES_PER_SECOND = 5
OF_A_CHECK = ("start('trained')", "start('fresh')", "network", "images", "seed")
"""The actions that choose or begin a check."""
RUN = Binding.Group(N_("Run"))
CHOOSE = Binding.Group(N_("Choose"))


class ValidationScreen(FrameScreen):
    """The screen of the place; see the module."""

    HELP_TEXT = N_(
        "Every number in this app comes from its own C core. Here Keras and the C core run the same network on "
        "the same images. The outputs of every layer and of the whole network (predict) are compared: the "
        "largest difference, and that difference relative to the layer's largest value. float32 keeps about "
        "seven digits, so a few times 1e-07 is as close as two results can be."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t,enter", "start('trained')", N_("Trained network"), group=RUN),
        Binding("f", "start('fresh')", N_("Random weights"), group=RUN),
        Binding("s", "stop", N_("Stop"), group=RUN),
        Binding("n", "network", N_("Network"), group=CHOOSE),
        Binding("i", "images", N_("Images"), group=CHOOSE),
        Binding("r", "seed", N_("Other random weights"), show=False, group=CHOOSE),
    ]
    DEFAULT_CSS = """
    ValidationScreen Static { height: auto; max-height: 4; padding: 0 1; }
    ValidationScreen #verdict { max-height: 12; max-width: 100; }
    ValidationScreen #table { height: 0; margin: 1 1; }
    """

    command: ClassVar[Sequence[str] | None] = None
    """Replaces the real child's command, for tests."""

    def __init__(self) -> None:
        super().__init__()
        self.state = ValidationState()
        self.client: ChildClient[Message] | None = None
        self._clock: Timer | None = None

    def compose_body(self) -> ComposeResult:
        yield Note(id="next")
        yield Note(id="what")
        yield Note(id="state")
        yield LinesView(self._draw_table, id="table")
        yield Note(id="verdict")
        yield Note(id="said")

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES_PER_SECOND, self._tick, pause=True)
        self.call_after_refresh(self.show)

    async def on_unmount(self) -> None:
        if self.client is not None:
            await self.client.close()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self.show)

    def on_screen_resume(self) -> None:
        self.state.trained = self.cnn_app.current_network.trained
        self.state.clear()
        self.show()

    def retranslate(self) -> None:
        self._say_cramped()
        self.refresh_frame()
        self.show()

    # The check.

    def action_start(self, which: str) -> None:
        if self._refused():
            return
        trained = which == "trained"
        if trained:
            self.state.trained = self.cnn_app.current_network.trained
            if not self.state.trained:
                self.state.clear()
                self.say(_("Nothing has been trained yet: 4 trains a network, f checks one with random weights."))
                return
        request = self.state.begin(self.cnn_app.options.data, time.monotonic(), trained=trained)
        self.client = client = validation_client(request, command=self.command)
        start_worker(self, self._follow, client, failed=self._failed)
        self._check_changed(runs=True)

    async def _follow(self, client: ChildClient[Message]) -> None:
        try:
            async for message in client.messages():
                self.state.apply(message, time.monotonic())
        finally:
            await client.close()
            self.state.end()
            self._check_changed(runs=False)

    def _failed(self, sentence: str) -> None:
        """An error of the app itself has ended the check."""
        self.state.trouble = sentence
        self.show()

    def _check_changed(self, *, runs: bool) -> None:
        """Run the timer only during a check, and update the offered keys."""
        if self._clock is not None:
            (self._clock.resume if runs else self._clock.pause)()
        self.refresh_bindings()
        self.show()

    def action_stop(self) -> None:
        if self.client is not None and self.state.running:
            self.client.stop()
        else:
            self.say(_("Nothing is running: t or f checks a network."))

    def _refused(self) -> bool:
        """If a check is in progress, say so and return True: its settings cannot change."""
        if self.state.running:
            self.say(_("A check is in progress: s stops it."))
        return self.state.running

    # The choice.

    def action_network(self) -> None:
        self._choose(self.state.next_network)

    def action_images(self) -> None:
        self._choose(self.state.next_images)

    def action_seed(self) -> None:
        self._choose(self.state.next_seed)

    def _choose(self, change: Callable[[], None]) -> None:
        if not self._refused():
            self.state.clear()
            change()
            self.show()

    def offers(self, action: str) -> bool:
        return self.state.running if action == "stop" else not self.state.running or action not in OF_A_CHECK

    def refresh_bindings(self) -> None:
        super().refresh_bindings()
        self.refresh_frame()

    # Drawing.

    def say(self, text: str) -> None:
        self.state.notice = text
        self.show()

    def _tick(self) -> None:
        if self.is_current:
            self.show()

    def show(self) -> None:
        """Draw everything from the state."""
        if not self.is_attached or not self.query("#verdict"):
            return
        state, colours = self.state, current_palette(self)
        status, wrong = status_line(state, time.monotonic())
        verdict_text, verdict_style = self._verdict()
        notes = (
            ("next", "" if state.running else choice_line(state), colours.faint),
            ("what", request_line(state), colours.text),
            ("state", status, colours.negative if wrong else colours.notice),
            ("verdict", verdict_text, verdict_style),
            ("said", state.notice, colours.notice),
        )
        for name, text, style in notes:
            self.query_one(f"#{name}", Note).say(text, style)
        table = self.query_one("#table", LinesView)
        table.styles.height = len(state.checked.validation.checks) + 1 if state.checked is not None else 0
        table.redraw()
        self.speak()

    def _verdict(self) -> tuple[str, Style]:
        """The verdict of the latest check; before the first one the help."""
        state, colours = self.state, current_palette(self)
        if state.checked is None:
            return "" if state.running or state.result else _(self.HELP_TEXT), colours.text
        text = f"{verdict(state.checked.validation)}\n{inputs_line(state.checked)}"
        return text, colours.strong if state.checked.validation.ok else colours.negative

    def _draw_table(self, width: int, height: int) -> list[Line]:
        checked = self.state.checked
        return validation_panel(checked.validation if checked else None, width, height, current_palette(self))

    def spoken(self) -> Sequence[str]:
        return validation_lines(self.state, time.monotonic())
