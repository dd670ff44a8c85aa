"""Training: the network as a table, a run in a child process, its charts and its figures, which stay when it is over.

The run is a `RunHistory` that events are folded into as they come; a clock draws from it a few times a second, so a
batch that is old by then is never drawn. At 80x24 one view is shown at a time, on a larger screen all of them.
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
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Static

from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig
from cnncore.training.events import Event, Failed, Finished, Model, Stage
from cnncore.training.plan import counted, planned
from cnncore.training.runs import new_run
from tui.app.screen import FrameScreen, current_palette
from tui.app.workers import start_worker
from tui.drawing.chart import ASCII, BLOCKS, BRAILLE, Glyphs, Line
from tui.drawing.fitting import first_fit
from tui.i18n import N_, _, error_text
from tui.training.chart import ChartStyles, Metric, training_chart
from tui.training.client import TrainingClient
from tui.training.history import RunHistory
from tui.training.panels import epochs_panel, network_panel, progress_panel, tabs_line, validation_style
from tui.training.words import config_line, data_lines, end_line, failed_lines, file_lines, gap_line, stage_line
from tui.widgets.lines import LinesView
from tui.widgets.title import Title

VIEWS = ("accuracy", "loss", "epochs", "network")
VIEW_TITLES = {"accuracy": N_("accuracy"), "loss": N_("loss"), "epochs": N_("epochs"), "network": N_("network")}
GLYPHS: tuple[Glyphs, ...] = (BLOCKS, BRAILLE, ASCII)
GLYPH_TITLES = (N_("blocks"), N_("dots"), N_("plain characters"))
FRAMES_PER_SECOND = 5
WIDE = (112, 30)
RUN = Binding.Group(N_("Run"))
SHOW = Binding.Group(N_("Show"))


class TrainingScreen(FrameScreen):
    """See the module."""

    HELP_TEXT = N_(
        "A network learns from images: after each batch its weights move a little. Training accuracy is measured on"
        " the images it learns from, validation accuracy on images it never learns from. Where the two part, the"
        " network overfits; dropout pulls them together again. Train once, set a dropout rate with o, train again"
        " and compare."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t,enter", "start", N_("Train"), group=RUN),
        Binding("s", "stop", N_("Stop"), group=RUN),
        Binding("o", "options", N_("Options"), group=RUN),
        Binding("v,right", "view(1)", N_("View"), group=SHOW),
        Binding("V,left", "view(-1)", N_("View before"), show=False, group=SHOW),
        Binding("z", "zoom", N_("Zoom"), group=SHOW),
        Binding("b", "glyphs", N_("Blocks, dots or plain characters"), show=False, group=SHOW),
    ]
    DEFAULT_CSS = """
    TrainingScreen #config { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    TrainingScreen #state { height: auto; max-height: 5; padding: 0 1; }
    TrainingScreen #bars { height: 2; margin: 0 1; }
    TrainingScreen #data { height: auto; max-height: 3; padding: 0 1; }
    TrainingScreen #tabs { height: 1; margin: 0 1; }
    TrainingScreen #main { height: 1fr; margin: 0 1; }
    TrainingScreen #charts { width: 1fr; }
    TrainingScreen #side { width: 58; margin-left: 2; }
    TrainingScreen #network { height: auto; }
    TrainingScreen #lesson { height: auto; max-height: 3; padding: 0 1; }
    TrainingScreen #said { height: auto; max-height: 2; padding: 0 1; display: none; }
    TrainingScreen.-wide #tabs { display: none; }
    TrainingScreen.-narrow Title { display: none; }
    TrainingScreen.-narrow #side { width: 1fr; margin-left: 0; }
    TrainingScreen.-narrow #network { height: 1fr; }
    TrainingScreen.-narrow .-hidden { display: none; }
    """

    command: ClassVar[Sequence[str] | None] = None
    """Takes the place of the real child's command, for tests."""

    def __init__(self) -> None:
        super().__init__()
        self.config: TrainConfig | None = None
        self.run: RunHistory | None = None
        self.earlier: RunHistory | None = None
        self.view = VIEWS.index("network")
        self.zoomed = True
        self.glyphs = 0
        self._client: TrainingClient | None = None
        self._clock: Timer | None = None
        self._stage_since = 0.0
        self._trouble = ""
        self._said = ""
        """What a key did, or why it did nothing; until the next key."""

    # Composition.

    def compose_body(self) -> ComposeResult:
        yield Static(id="config", markup=False)
        yield Static(id="state", markup=False)
        yield LinesView(lambda w, h: progress_panel(self.run, w, h, current_palette(self)), id="bars")
        yield Static(id="data", markup=False)
        yield LinesView(self._draw_tabs, id="tabs")
        with Horizontal(id="main"):
            with Vertical(id="charts"):
                yield LinesView(lambda w, h: self._draw_chart("accuracy", w, h), id="accuracy")
                yield LinesView(lambda w, h: self._draw_chart("loss", w, h), id="loss")
            with Vertical(id="side"):
                yield Title(id="network-title")
                yield LinesView(self._draw_network, id="network")
                yield Title(id="epochs-title")
                yield LinesView(self._draw_epochs, id="epochs")
        yield Static(id="lesson", markup=False)
        yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        options = self.cnn_app.options
        self.config = options.train or TrainConfig(data=options.data)
        self._clock = self.set_interval(1 / FRAMES_PER_SECOND, self._tick, pause=True)
        self.call_after_refresh(self.show)
        if options.train is not None:
            self.call_after_refresh(self.action_start)

    async def on_unmount(self) -> None:
        if self._client is not None:
            await self._client.close()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        wide = event.size.width >= WIDE[0] and event.size.height >= WIDE[1]
        self.set_class(wide, "-wide")
        self.set_class(not wide, "-narrow")
        self.refresh_bindings()
        self.call_after_refresh(self.show)

    def on_screen_resume(self) -> None:
        self.say("")

    def retranslate(self) -> None:
        self._say_cramped()
        self.refresh_frame()
        self.show()

    # The run.

    @property
    def running(self) -> bool:
        return self.run is not None and self.run.running

    def action_start(self) -> None:
        if self.running or self.config is None:
            self.say(_("A run is going on: s stops it."))
            return
        config = self.config
        self._trouble = self._said = ""
        try:
            # The command line may have named the files; otherwise the run has a folder of its own.
            if not config.output and not config.history:
                config = new_run(config).config
        except CnnError as error:
            self._trouble = error_text(error)
            self.show()
            return
        before = self.run
        if before is not None and before.epochs and before.config.network == config.network:
            # The same options again are the same run again: what it is held against stays.
            again = _options(before.config) == _options(config)
            self.earlier = self.earlier or before if again else before
        self.run = RunHistory(config)
        self._client = TrainingClient(config, command=self.command)
        self._stage_since = time.monotonic()
        if VIEWS[self.view] == "network":
            self.view = VIEWS.index("accuracy")
        start_worker(self, self._follow, self._client, self.run, failed=self._failed)
        if self._clock is not None:
            self._clock.resume()
        self.refresh_bindings()
        self.show()

    async def _follow(self, client: TrainingClient, run: RunHistory) -> None:
        try:
            async for event in client.events():
                self._told(run, event)
        finally:
            await client.close()

    def _failed(self, sentence: str) -> None:
        """The run ended by a fault of ours."""
        if self.run is not None and self.run.running:
            self._told(self.run, Failed(sentence))

    def _told(self, run: RunHistory, event: Event) -> None:
        run.apply(event)
        if isinstance(event, Stage):
            self._stage_since = time.monotonic()
        if isinstance(event, Finished | Failed):
            if self._clock is not None:
                self._clock.pause()
            self._said = ""
            if isinstance(event, Finished) and event.model_path:
                self.cnn_app.current_network.named = event.model_path
            # The next run goes into a folder of its own, or would write over this one's files.
            if self.config is not None:
                self.config = replace(self.config, output="", history="")
            self.refresh_bindings()
            self.show()

    def action_stop(self) -> None:
        if self._client is not None and self.running:
            self._client.stop()
            self.show()
        else:
            self.say(_("Nothing is running: t trains."))

    def offers(self, action: str) -> bool:
        if action in ("start", "options"):
            return not self.running
        if action == "stop":
            return self.running
        return not (action.startswith("view(") and self._wide)  # there all are in sight

    def refresh_bindings(self) -> None:
        super().refresh_bindings()
        self.refresh_frame()

    def action_options(self) -> None:
        from tui.training.options import TrainingOptions

        def chosen(config: TrainConfig | None) -> None:
            if config is not None:
                if self.config is not None and config.network != self.config.network:
                    self.view = VIEWS.index("network")
                    self.run = self.earlier = None
                self.config = config
            self.say("")

        if self.running:
            self.say(_("The options are for the next run: s stops this one."))
        elif self.config is not None:
            self.app.push_screen(TrainingOptions(self.config), chosen)

    # What is seen.

    def action_view(self, by: int) -> None:
        if self._wide:
            self.say(_("All views are in sight."))
            return
        self.view = (self.view + by) % len(VIEWS)
        self.say("")

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed
        self.say(
            _("The charts show the range of their values.") if self.zoomed else _("The charts show the whole range.")
        )

    def action_glyphs(self) -> None:
        self.glyphs = (self.glyphs + 1) % len(GLYPHS)
        self.say(_("The charts are drawn in {signs}.").format(signs=_(GLYPH_TITLES[self.glyphs])))

    def say(self, text: str) -> None:
        self._said = text
        self.show()

    def _tick(self) -> None:
        if self.is_current:
            self.show()

    def show(self) -> None:
        """Draws everything from the state."""
        if not self.is_attached or not self.query("#lesson") or self.config is None:
            return
        colours = current_palette(self)
        run = self.run
        say = self._say
        config = run.config if run is not None and run.running else self.config
        options = first_fit(self.size.width - 2, config_line(config), config_line(config, short=True))
        say("config", options, colours.faint)
        state, style = self._state()
        say("state", state, style)
        say("data", "\n".join(data_lines(run.data)) if run is not None and run.data is not None else "", colours.text)
        lesson = gap_line(run.epochs, run.config) if run is not None else ""
        if run is not None and isinstance(run.end, Finished) and self.size.height >= 28:
            lesson = "\n".join([lesson, *(file_lines(run.end)[:1])]).strip()
        if run is not None and isinstance(run.end, Failed):
            lesson = "\n".join(failed_lines(run.end))
        say("lesson", lesson, colours.strong)
        say("said", self._said, colours.notice)
        for name, text in (("network", _("Network")), ("epochs", _("Epochs"))):
            self.query_one(f"#{name}-title", Title).text = text
        self.query_one("#network", LinesView).styles.height = len(self._model().layers) + 3 if self._wide else "1fr"
        for index, name in enumerate(VIEWS):
            view = self.query_one(f"#{name}", LinesView)
            view.set_class(index != self.view, "-hidden")
            view.redraw()
        self.query_one("#charts").set_class(VIEWS[self.view] not in ("accuracy", "loss"), "-hidden")
        self.query_one("#side").set_class(VIEWS[self.view] in ("accuracy", "loss"), "-hidden")
        for name in ("bars", "tabs"):
            self.query_one(f"#{name}", LinesView).redraw()
        self.speak()

    def spoken(self) -> Sequence[str]:
        from tui.training.spoken import training_lines

        if self.config is None:
            return ()
        return [
            f"{self._said} {self._state()[0]}".strip(),
            config_line(self.config),
            *training_lines(self.run, self._model()),
        ]

    @property
    def _wide(self) -> bool:
        return self.has_class("-wide")

    def _say(self, name: str, text: str, style: Style) -> None:
        widget = self.query_one(f"#{name}", Static)
        widget.update(Text(text, style))
        widget.display = bool(text)

    def _state(self) -> tuple[str, Style]:
        """Where things stand, in one sentence."""
        colours = current_palette(self)
        run = self.run
        if self._trouble:
            return self._trouble, colours.negative
        if run is None:
            return _("Ready. t trains this network, o changes the options."), colours.notice
        if isinstance(run.end, Failed):
            ended = end_line(run.end, run.total_epochs).rstrip(".")
            return ended + ". " + _("o changes the options, t trains again."), colours.negative
        if run.end is not None:
            text = end_line(run.end, run.total_epochs)
            if run.end.model_path:
                text += ". " + _("3 looks into it, 5 holds it against Keras.")
            return text, colours.notice
        if self._client is not None and self._client.stopping:
            return _("Stopping, and saving what has been trained; s again ends at once"), colours.notice
        return stage_line(run, time.monotonic() - self._stage_since), colours.notice

    def _model(self) -> Model:
        run = self.run
        return run.model if run is not None and run.model is not None else planned(self.config or TrainConfig())

    def _draw_tabs(self, width: int, _height: int) -> list[Line]:
        return [tabs_line([_(VIEW_TITLES[name]) for name in VIEWS], self.view, width, current_palette(self))]

    def _draw_network(self, width: int, height: int) -> list[Line]:
        model = self._model()
        network = (self.config or TrainConfig()).network
        return network_panel(model, width, height, current_palette(self), counts=counted(model, network))

    def _draw_epochs(self, width: int, height: int) -> list[Line]:
        return epochs_panel(self.run.epochs if self.run is not None else [], width, height, current_palette(self))

    def _draw_chart(self, metric: Metric, width: int, height: int) -> list[Line]:
        colours = current_palette(self)
        return training_chart(
            self.run or RunHistory(self.config or TrainConfig()),
            metric,
            width,
            height,
            earlier=self.earlier,
            zoom=self.zoomed,
            glyphs=GLYPHS[self.glyphs],
            styles=ChartStyles(
                training=colours.window,
                validation=validation_style(colours),
                earlier=colours.faint,
                title=colours.title,
                axis=colours.faint,
                grid=colours.rule,
            ),
        )


def _options(config: TrainConfig) -> TrainConfig:
    """What makes a run, without where its files go."""
    return replace(config, output="", history="")
