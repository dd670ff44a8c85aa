"""Training: the network as a table, a run in a child process, and its charts and figures, which stay after the run.

The screen turns keys into changes of a `TrainingState` and folds events into it as they come. A timer draws it a few
times a second, so outdated batches are never drawn. A small terminal shows one view at a time, a large one all of
them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, TypeAlias

from textual import events
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig
from cnncore.training.events import Event, Failed, Finished
from cnncore.training.resume import last_unfinished, unfinished
from cnncore.training.runs import new_run
from tui.app.screen import FrameScreen, current_palette
from tui.app.workers import start_worker
from tui.drawing.chart import Line
from tui.drawing.fitting import first_fit
from tui.drawing.theme import Palette
from tui.i18n import N_, _, error_text
from tui.training import painter
from tui.training.builder.screen import BuilderScreen
from tui.training.builder.state import BuilderState
from tui.training.chart import Metric
from tui.training.client import TrainingClient
from tui.training.options import TrainingOptions
from tui.training.spoken import training_lines
from tui.training.state import CHARTS, VIEWS, TrainingState
from tui.training.words import bits_line, config_line, data_lines, lesson_lines, status_line
from tui.widgets.lines import LinesView
from tui.widgets.note import Note
from tui.widgets.title import Title

Paint: TypeAlias = Callable[[TrainingState, int, int, Palette], list[Line]]

GLYPH_TITLES = (N_("blocks"), N_("dots"), N_("plain characters"))
FRAMES_PER_SECOND = 5
WIDE = (112, 30)
"""The columns and lines from which all views are shown."""
ROOMY = 28
"""The lines from which the file of the model is named too."""
RUN = Binding.Group(N_("Run"))
SHOW = Binding.Group(N_("Show"))


class TrainingScreen(FrameScreen):
    """The screen of the place; see the module."""

    HELP_TEXT = N_(
        "A network learns from images: after each batch its weights change a little. Training accuracy is "
        "measured on the images it learns from, validation accuracy on images it never learns from. When the two "
        "curves diverge, the network overfits; dropout narrows the gap. Train once, set a dropout rate with o, "
        "then train again and compare."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t,enter", "start", N_("Train"), group=RUN),
        Binding("s", "stop", N_("Stop"), group=RUN),
        Binding("r", "resume", N_("Resume"), group=RUN),
        Binding("n", "network", N_("Network"), group=RUN),
        Binding("o", "options", N_("Options"), group=RUN),
        Binding("v,right", "view(1)", N_("View"), group=SHOW),
        Binding("V,left", "view(-1)", N_("Previous view"), show=False, group=SHOW),
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
    """Replaces the real child's command, for tests."""

    def __init__(self) -> None:
        super().__init__()
        self.state = TrainingState()
        self.client: TrainingClient | None = None
        self._draft: BuilderState | None = None
        """The network being edited; kept when the builder is left."""
        self._clock: Timer | None = None

    # Composition.

    def compose_body(self) -> ComposeResult:
        yield Note(id="config")
        yield Note(id="state")
        yield self._view("bars", painter.bars)
        yield Note(id="data")
        yield self._view("tabs", lambda state, width, _height, colours: painter.tabs(state, width, colours))
        with Horizontal(id="main"):
            with Vertical(id="charts"):
                yield self._view("accuracy", partial(_chart, "accuracy"))
                yield self._view("loss", partial(_chart, "loss"))
            with Vertical(id="side"):
                yield Title(id="network-title")
                yield self._view("network", painter.network)
                yield Title(id="epochs-title")
                yield self._view("epochs", painter.epochs)
        yield Note(id="lesson")
        yield Note(id="said")

    def _view(self, name: str, paint: Paint) -> LinesView:
        return LinesView(lambda width, height: paint(self.state, width, height, current_palette(self)), id=name)

    def on_mount(self) -> None:
        options = self.cnn_app.options
        self.state.config = options.train or TrainConfig(data=options.data)
        self.state.unfinished = last_unfinished()
        self._clock = self.set_interval(1 / FRAMES_PER_SECOND, self._tick, pause=True)
        self.call_after_refresh(self.show)
        if options.train is not None:
            self.call_after_refresh(self.action_start)

    async def on_unmount(self) -> None:
        if self.client is not None:
            await self.client.close()

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

    def action_start(self) -> None:
        if self.state.running:
            self.say(_("A run is in progress: s stops it."))
            return
        config = self.state.config
        try:
            # The command line may have named the files; otherwise the run has a folder of its own.
            if not config.output and not config.history:
                config = new_run(config).config
        except CnnError as error:
            self.state.trouble, self.state.notice = error_text(error), ""
            self.show()
            return
        self._begin(config)

    def action_resume(self) -> None:
        """Go on with the run that ended early."""
        if self.state.running or self.state.unfinished is None:
            self.say(
                _("A run is in progress: s stops it.")
                if self.state.running
                else _("There is no stopped run to resume: t trains.")
            )
            return
        config = self.state.unfinished.config
        mine = self.state.config
        if (config.network, config.architecture) != (mine.network, mine.architecture):
            self.state.choose(replace(config, output="", history="", resume=False))
        self._begin(config)

    def _begin(self, config: TrainConfig) -> None:
        self.state.begin(config, time.monotonic())
        self.client = client = TrainingClient(config, command=self.command)
        start_worker(self, self._follow, client, failed=self._failed)
        self._run_changed(runs=True)

    async def _follow(self, client: TrainingClient) -> None:
        try:
            async for event in client.events():
                self.apply(event)
        finally:
            await client.close()

    def _failed(self, sentence: str) -> None:
        """An error of the app itself has ended the run."""
        if self.state.running:
            self.apply(Failed(sentence))

    def apply(self, event: Event) -> None:
        """Take the next event of the run."""
        self.state.apply(event, time.monotonic())
        if isinstance(event, Finished) and event.model_path:
            self.cnn_app.current_network.named = event.model_path
        if isinstance(event, Finished | Failed):
            early = isinstance(event, Failed) or event.stopped
            if early and self.state.run is not None:
                self.state.unfinished = unfinished(self.state.run.config)
            self._run_changed(runs=False)

    def _run_changed(self, *, runs: bool) -> None:
        """Run the timer only during a run, and update the offered keys."""
        if self._clock is not None:
            (self._clock.resume if runs else self._clock.pause)()
        self.refresh_bindings()
        self.show()

    def action_stop(self) -> None:
        if self.client is not None and self.state.running:
            self.client.stop()
            self.state.stopping = True
            self.show()
        else:
            self.say(_("Nothing is running: t trains."))

    def offers(self, action: str) -> bool:
        if action in ("start", "options", "network"):
            return not self.state.running
        if action == "resume":
            return not self.state.running and self.state.unfinished is not None
        if action == "stop":
            return self.state.running
        return not (action.startswith("view(") and self._wide)  # all views are visible then

    def refresh_bindings(self) -> None:
        super().refresh_bindings()
        self.refresh_frame()

    def action_options(self) -> None:
        if self.state.running:
            self.say(_("The options are for the next run: s stops this one."))
            return

        def chosen(config: TrainConfig | None) -> None:
            if config is not None:
                self.state.choose(config)
            self.say("")

        self.app.push_screen(TrainingOptions(self.state.config), chosen)

    def action_network(self) -> None:
        """Edit the network before it is trained."""
        if self.state.running:
            self.say(_("The network is for the next run: s stops this one."))
            return
        if self._draft is None:
            self._draft = BuilderState(self.state.config)
        self._draft.open(self.state.config)
        self.app.push_screen(BuilderScreen(self._draft, self.state.choose), self._edited)

    def _edited(self, _nothing: None) -> None:
        kept = self._draft is not None and self._draft.edited
        if kept:  # after the screen has been resumed, which clears what was said
            self.call_after_refresh(self.say, _("The edited network is kept, but not taken: n goes on with it."))

    def palette_commands(self) -> Iterable[SystemCommand]:
        yield SystemCommand(_("Edit the network"), _("Layers and their options, and the program"), self.action_network)

    # The views.

    @property
    def _wide(self) -> bool:
        return self.has_class("-wide")

    def action_view(self, by: int) -> None:
        if self._wide:
            self.say(_("All views are already visible."))
            return
        self.state.turn_view(by)
        self.say("")

    def action_zoom(self) -> None:
        self.state.zoomed = zoomed = not self.state.zoomed
        self.say(_("The charts are zoomed to their values.") if zoomed else _("The charts show the full range."))

    def action_glyphs(self) -> None:
        self.state.glyphs = (self.state.glyphs + 1) % len(painter.GLYPHS)
        self.say(_("The charts are drawn with {signs}.").format(signs=_(GLYPH_TITLES[self.state.glyphs])))

    def say(self, text: str) -> None:
        self.state.notice = text
        self.show()

    def _tick(self) -> None:
        if self.is_current:
            self.show()

    def show(self) -> None:
        """Draw everything from the state."""
        if not self.is_attached or not self.query("#lesson"):
            return
        self._show_notes()
        self._show_views()
        self.speak()

    def _show_notes(self) -> None:
        state, colours = self.state, current_palette(self)
        config = state.shown_config
        line = first_fit(self.size.width - 2, config_line(config), config_line(config, short=True))
        status, wrong = status_line(state, time.monotonic())
        data = data_lines(state.run.data) if state.run is not None and state.run.data is not None else []
        if state.run is not None and (bits := bits_line(state.run.plan)):
            data.append(bits)
        notes = (
            ("config", line, colours.faint),
            ("state", status, colours.negative if wrong else colours.notice),
            ("data", "\n".join(data), colours.text),
            ("lesson", "\n".join(lesson_lines(state.run, roomy=self.size.height >= ROOMY)), colours.strong),
            ("said", state.notice, colours.notice),
        )
        for name, text, style in notes:
            self.query_one(f"#{name}", Note).say(text, style)

    def _show_views(self) -> None:
        for name, text in (("network", _("Network")), ("epochs", _("Epochs"))):
            self.query_one(f"#{name}-title", Title).text = text
        network = self.query_one("#network", LinesView)
        network.styles.height = len(self.state.model.layers) + 3 if self._wide else "1fr"
        for name in VIEWS:
            view = self.query_one(f"#{name}", LinesView)
            view.set_class(name != self.state.view, "-hidden")
            view.redraw()
        self.query_one("#charts").set_class(self.state.view not in CHARTS, "-hidden")
        self.query_one("#side").set_class(self.state.view in CHARTS, "-hidden")
        for name in ("bars", "tabs"):
            self.query_one(f"#{name}", LinesView).redraw()

    def spoken(self) -> Sequence[str]:
        return training_lines(self.state, time.monotonic())


def _chart(metric: Metric, state: TrainingState, width: int, height: int, colours: Palette) -> list[Line]:
    return painter.chart(state, metric, width, height, colours)
