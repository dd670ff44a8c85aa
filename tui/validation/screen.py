"""Validation: the trained network, or one with fresh weights, run by Keras and by the C core on the same images, and
the two compared layer by layer.

Keras works in a child process; this screen only waits for its messages.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Static

from cnncore.keras.validate_child import Checked, Failed, Request, Stage
from cnncore.training.config import NETWORKS, NetworkName
from tui.app.current_network import model_name
from tui.app.screen import FrameScreen, current_palette
from tui.app.workers import start_worker
from tui.drawing.chart import Line
from tui.i18n import N_, _
from tui.i18n.words import duration
from tui.validation.client import ValidationClient
from tui.validation.panel import validation_panel
from tui.validation.words import failure, inputs_line, stage_line, verdict
from tui.widgets.lines import LinesView

IMAGES = (10, 100, 1000)
FRAMES_PER_SECOND = 5
OF_A_CHECK = ("start('trained')", "start('fresh')", "network", "images", "seed")
"""The actions that choose a check or begin one."""
RUN = Binding.Group(N_("Run"))
CHOOSE = Binding.Group(N_("Choose"))


class ValidationScreen(FrameScreen):
    """See the module."""

    HELP_TEXT = N_(
        "This app computes every number with a C core of its own. Here Keras and the C core run the same network on"
        " the same images, and the outputs of every layer and of the whole network (predict) are compared: the largest"
        " difference, and that as a part of the layer's largest value. float32 keeps about seven digits, so a few times"
        " 1e-07 is as equal as can be."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t,enter", "start('trained')", N_("Trained network"), group=RUN),
        Binding("f", "start('fresh')", N_("Fresh weights"), group=RUN),
        Binding("s", "stop", N_("Stop"), group=RUN),
        Binding("n", "network", N_("Network"), group=CHOOSE),
        Binding("i", "images", N_("Images"), group=CHOOSE),
        Binding("r", "seed", N_("Other fresh weights"), show=False, group=CHOOSE),
    ]
    DEFAULT_CSS = """
    ValidationScreen Static { height: auto; max-height: 4; padding: 0 1; }
    ValidationScreen #verdict { max-height: 12; max-width: 100; }
    ValidationScreen #table { height: 0; margin: 1 1; }
    """

    command: ClassVar[Sequence[str] | None] = None
    """Takes the place of the real child's command, for tests."""

    def __init__(self) -> None:
        super().__init__()
        self.network: NetworkName = NETWORKS[0]
        self.seed = 0
        self.images = 1
        self.request: Request | None = None
        """What was last asked for."""
        self.result: Checked | Failed | None = None
        self._stage: Stage | None = None
        self._since = 0.0
        self._client: ValidationClient | None = None
        self._clock: Timer | None = None
        self._trouble = self._said = ""
        self._trained = ""

    def compose_body(self) -> ComposeResult:
        yield Static(id="next", markup=False)
        yield Static(id="what", markup=False)
        yield Static(id="state", markup=False)
        yield LinesView(self._draw_table, id="table")
        yield Static(id="verdict", markup=False)
        yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES_PER_SECOND, self._tick, pause=True)
        self.call_after_refresh(self.show)

    async def on_unmount(self) -> None:
        if self._client is not None:
            await self._client.close()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self.show)

    def on_screen_resume(self) -> None:
        self._find_trained()
        self._trouble = self._said = ""
        self.show()

    def retranslate(self) -> None:
        self._say_cramped()
        self.refresh_frame()
        self.show()

    # The run.

    def _find_trained(self) -> None:
        self._trained = self.cnn_app.current_network.trained

    @property
    def running(self) -> bool:
        return self._client is not None

    def action_start(self, what: str) -> None:
        if self._refused():
            return
        self._trouble = self._said = ""
        data = self.cnn_app.options.data
        request = Request(network=self.network, seed=self.seed, data=data, images=IMAGES[self.images])
        if what == "trained":
            self._find_trained()
            if not self._trained:
                self._trouble = _("Nothing has been trained yet: 4 trains a network, f checks one with fresh weights.")
                self.show()
                return
            request = replace(request, model=self._trained)
        self.request, self.result, self._stage = request, None, None
        self._since = time.monotonic()
        self._client = ValidationClient(request, command=self.command)
        start_worker(self, self._follow, self._client, failed=self._failed)
        if self._clock is not None:
            self._clock.resume()
        self.refresh_bindings()
        self.show()

    async def _follow(self, client: ValidationClient) -> None:
        try:
            async for message in client.messages():
                if isinstance(message, Stage):
                    self._stage, self._since = message, time.monotonic()
                else:
                    self.result = message
        finally:
            await client.close()
            self._client = None
            if self._clock is not None:
                self._clock.pause()
            self.refresh_bindings()
            self.show()

    def _failed(self, sentence: str) -> None:
        """The check ended by a fault of ours."""
        self._trouble = sentence
        self.show()

    def action_stop(self) -> None:
        if self._client is not None:
            self._client.stop()
        else:
            self.say(_("Nothing is running: t or f checks a network."))

    def _refused(self) -> bool:
        """Whether a check is going on, which is then said: what is chosen would be for another."""
        if self.running:
            self.say(_("A check is going on: s stops it."))
        return self.running

    def say(self, text: str) -> None:
        self._said = text
        self.show()

    def action_network(self) -> None:
        if self._refused():
            return
        self._trouble = self._said = ""
        self.network = NETWORKS[(NETWORKS.index(self.network) + 1) % len(NETWORKS)]
        self.show()

    def action_images(self) -> None:
        if self._refused():
            return
        self._trouble = self._said = ""
        self.images = (self.images + 1) % len(IMAGES)
        self.show()

    def action_seed(self) -> None:
        if self._refused():
            return
        self._trouble = self._said = ""
        self.seed += 1
        self.show()

    def offers(self, action: str) -> bool:
        return self.running if action == "stop" else not self.running or action not in OF_A_CHECK

    def refresh_bindings(self) -> None:
        super().refresh_bindings()
        self.refresh_frame()

    # What is seen.

    def _tick(self) -> None:
        if self.is_current:
            self.show()

    def show(self) -> None:
        """Draws everything from the state."""
        if not self.is_attached or not self.query("#verdict"):
            return
        colours = current_palette(self)
        self._say("next", "" if self.running else self._next(), colours.faint)
        self._say("what", self._what(), colours.text)
        self._say("state", *self._state())
        self._say("said", self._said, colours.notice)
        if isinstance(self.result, Checked):
            ok = self.result.validation.ok
            text = f"{verdict(self.result.validation)}\n{inputs_line(self.result)}"
            self._say("verdict", text, colours.strong if ok else colours.negative)
        else:
            self._say("verdict", "" if self.running or self.result else _(self.HELP_TEXT), colours.text)
        table = self.query_one("#table", LinesView)
        table.styles.height = len(self.result.validation.checks) + 1 if isinstance(self.result, Checked) else 0
        table.redraw()
        self.speak()

    def spoken(self) -> Sequence[str]:
        from tui.validation.spoken import validation_lines

        lines = [self._said, self._state()[0], self._what(), "" if self.running else self._next()]
        return [*filter(None, lines), *validation_lines(self.result)]

    def _say(self, name: str, text: str, style: Style) -> None:
        widget = self.query_one(f"#{name}", Static)
        widget.update(Text(text, style))
        widget.display = bool(text)

    def _next(self) -> str:
        """What the keys would check."""
        return _("t: {model}   f: {network}, seed {seed}   on {images} images").format(
            model=model_name(self._trained) if self._trained else _("nothing trained yet"),
            network=self.network,
            seed=self.seed,
            images=f"{IMAGES[self.images]:,}",
        )

    def _what(self) -> str:
        """What is being or was checked."""
        request = self.request
        if request is None:
            return ""
        if request.model:
            return _("Trained network {name}, {images} images").format(
                name=model_name(request.model), images=f"{request.images:,}"
            )
        return _("Network {network} with fresh weights, seed {seed}, {images} images").format(
            network=request.network, seed=request.seed, images=f"{request.images:,}"
        )

    def _state(self) -> tuple[str, Style]:
        colours = current_palette(self)
        if self._trouble:
            return self._trouble, colours.negative
        if self.running:
            line = stage_line(self._stage.stage) if self._stage is not None else _("Starting the process")
            return f"{line}: {duration(time.monotonic() - self._since)}", colours.notice
        if isinstance(self.result, Failed):
            return failure(self.result), colours.negative
        if isinstance(self.result, Checked):
            if self.result.validation.ok:
                return _("All layers agree"), colours.notice
            return _("They disagree"), colours.negative
        return _("Ready. t checks the network trained last, f one with fresh weights."), colours.notice

    def _draw_table(self, width: int, height: int) -> list[Line]:
        checked = self.result if isinstance(self.result, Checked) else None
        return validation_panel(checked.validation if checked else None, width, height, current_palette(self))
