"""The app: the places, the language, the theme, the command palette. It knows no pixel and no weight.

`run` opens it. Screens find what the command line said in `app.options`.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import Screen
from textual.widgets import Input

from tui.frame import FrameScreen
from tui.garbage import Sweeper
from tui.i18n import LANGUAGES, N_, Language, _, error_text, language, set_language, system_language
from tui.keyboard import latin_letters
from tui.screens import SCREENS
from tui.theme import DARK_NAME, LIGHT_NAME, THEMES
from tui.view import NOTHING_SAID, View, apply_filter, apply_view
from tui.widgets.guess import GuessInput

if TYPE_CHECKING:
    from cnncore.keras.first_layer import FirstLayer
    from cnncore.training.config import TrainConfig
    from tui.bench import Bench, Sample

EVERYWHERE = Binding.Group(N_("Everywhere"))


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for at the start: a data folder, a picture, a trained network; "" where nothing was. With `train`
    the training screen begins with that run; `view` is what the walking screens begin with."""

    data: str = ""
    image: str = ""
    model: str = ""
    train: TrainConfig | None = None
    view: View = NOTHING_SAID


class CnnApp(App[None]):
    """Five screens, one at a time; each keeps its state while another is shown."""

    TITLE = "cnn-tui"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                f"{entry.key},f{entry.key}",
                f"show_screen('{entry.id}')",
                entry.title,
                show=False,
                group=EVERYWHERE,
            )
            for entry in SCREENS
        ),
        Binding("l,L", "switch_language", N_("Language"), show=False, group=EVERYWHERE),
        Binding("T", "switch_theme", N_("Theme"), show=False, group=EVERYWHERE),
        Binding("ctrl+p", "command_palette", N_("Commands"), show=False, group=EVERYWHERE),
        Binding("q", "quit", N_("Quit"), group=EVERYWHERE),
        Binding("ctrl+c,ctrl+q", "quit", N_("Quit"), show=False, priority=True),
        Binding("question_mark,h", "help", N_("Help"), group=EVERYWHERE),
    ]

    def __init__(self, options: Options = Options(), *, start: str = "convolution") -> None:
        # Read by App.__init__: the first screen is `start` itself, and no other is made for it.
        setattr(self, "DEFAULT_MODE", start)  # noqa: B010
        super().__init__()
        self.options = options
        self._bench: Bench | None = None
        self.model_path = ""
        self._sweeper: Sweeper | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK_NAME
        for entry in SCREENS:
            self.add_mode(entry.id, entry.load)

    def on_mount(self) -> None:
        # Ended from outside, or its terminal closed: leave as with q, so that no process and no odd terminal stays.
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self.exit, None, 128 + number)
        self._sweeper = sweeper = Sweeper(time.monotonic())
        self.set_interval(0.25, lambda: sweeper.look(time.monotonic()))

    def on_unmount(self) -> None:
        if self._sweeper is not None:
            self._sweeper.end()

    async def on_event(self, event: events.Event) -> None:
        """A key of a Korean keyboard in Hangul mode is the letter on it, but where text is typed."""
        if self._sweeper is not None and isinstance(event, (events.Key, events.MouseEvent)):
            self._sweeper.touched(time.monotonic())
        if isinstance(event, events.Key) and event.is_forwarded and self._late(event):
            return
        if isinstance(event, events.Key) and not event.is_forwarded and not self._types():
            letters = latin_letters(event.character or "")
            for letter in letters:
                await super().on_event(events.Key(letter, letter))
            if letters:
                return
        await super().on_event(event)

    def _late(self, event: events.Key) -> bool:
        """A digit typed so fast after v that the screen had it before the field was there: it is the field's."""
        field = self.focused if self.is_running and self._screen_stack else None
        if isinstance(field, GuessInput) and event.character and field.takes(event.character):
            field.insert_text_at_cursor(event.character)
            return True
        return False

    def _types(self) -> bool:
        """Whether letters are text, for a field that takes them."""
        return isinstance(self.focused, Input) and not isinstance(self.focused, GuessInput)

    # What the walking screens share. It brings numpy, so nothing of it is there before the first paint.

    def open_bench(self) -> Bench:
        """The workbench, made at the first call. It is empty until a thread has found the first pictures."""
        if self._bench is None:
            from tui.bench import Bench

            self._bench = Bench()
            self.run_worker(self._find_samples, thread=True, exit_on_error=False)
        return self._bench

    def _find_samples(self) -> None:
        """In a thread: the pictures to start with, and the one that was asked for."""
        from tui.samples import find_samples, open_sample

        samples, trouble = find_samples(self.options.data)
        if self.options.image:
            try:
                samples.insert(0, open_sample(self.options.image))
            except Exception as error:
                trouble = error
        self.call_from_thread(self._found_samples, samples, trouble)

    def _found_samples(self, samples: list[Sample], trouble: BaseException | None) -> None:
        bench = self.open_bench()
        bench.set_samples(samples)
        # What is there now stays, so no collection of garbage need look at it: of a hundred keys the slowest waited
        # 80 ms for its frame at 120x40, and waits 25 so.
        gc.freeze()
        try:
            apply_view(self.options.view, bench)
        except Exception as error:
            trouble = error
        self._show_bench("" if trouble is None else error_text(trouble))
        if self.options.model:
            self.load_layer()

    def _show_bench(self, notice: str = "") -> None:
        """Tells the screen in front that the bench changed; the others look when they are shown."""
        screen = self.get_screen_stack()[0]
        if isinstance(screen, FrameScreen):
            screen.bench_changed(notice)

    def ask_picture(self) -> None:
        """Asks for a picture's path, and shows the picture."""
        from tui.samples import open_sample
        from tui.screens.dialogs import AskLine

        def opened(sample: Sample | None) -> None:
            if sample is not None:
                self.open_bench().add_sample(sample)
                self._show_bench()

        self.push_screen(
            AskLine(_("Open a picture"), _("A PNG, JPEG, BMP or GIF picture, or a CSV of numbers"), open_sample),
            opened,
        )

    def load_layer(self) -> None:
        """Looks for a trained network's first layer, in a thread."""
        self.run_worker(self._find_layer, thread=True, exit_on_error=False, group="layer", exclusive=True)

    def _find_layer(self) -> None:
        from tui.samples import find_layer

        try:
            layer, path = find_layer(self.options.model)
        except Exception as error:
            self.call_from_thread(self._show_bench, error_text(error))
        else:
            self.call_from_thread(self._found_layer, layer, path)

    def _found_layer(self, layer: FirstLayer, path: str) -> None:
        self.model_path = path
        self.open_bench().set_layer(layer)
        try:
            apply_filter(self.options.view, self.open_bench())
        except Exception as error:
            self._show_bench(error_text(error))
        else:
            self._show_bench()

    def action_open_picture(self) -> None:
        """Where a screen has pictures of its own, a picture is opened there, from the palette as by its key."""
        screen = self.get_screen_stack()[0]
        if isinstance(screen, FrameScreen):
            screen.action_open_picture()

    def action_show_screen(self, name: str) -> None:
        self.switch_mode(name)

    def action_switch_language(self) -> None:
        names: list[Language] = list(LANGUAGES)
        set_language(names[(names.index(language()) + 1) % len(names)])
        self._redraw_screens()

    def action_switch_theme(self) -> None:
        self.theme = LIGHT_NAME if self.theme == DARK_NAME else DARK_NAME
        self._redraw_screens()

    def _redraw_screens(self) -> None:
        for entry in SCREENS:
            if entry.id in self._screen_stacks:
                for screen in self.get_screen_stack(entry.id):
                    if isinstance(screen, FrameScreen):
                        screen.retranslate()

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        if isinstance(self.screen, FrameScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_command_palette(self) -> None:
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=_("Find a command"), id="--command-palette"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        for entry in SCREENS:
            yield SystemCommand(
                _(entry.title), _("Go to this screen"), lambda name=entry.id: self.action_show_screen(name)
            )
        yield SystemCommand(_("Language"), "English / 한국어", self.action_switch_language)
        yield SystemCommand(_("Theme"), _("Dark or light"), self.action_switch_theme)
        yield SystemCommand(_("Help"), _("All keys of this screen"), self.action_help)
        yield SystemCommand(_("Open a picture"), _("Your own image or matrix"), self.action_open_picture)
        if isinstance(screen, FrameScreen):
            yield from screen.palette_commands()
        yield SystemCommand(_("Quit"), _("Back to the shell"), self.action_quit)


def run(
    *,
    language: str | None = None,
    data: str = "",
    image: str = "",
    model: str = "",
    start: str = "convolution",
    train: TrainConfig | None = None,
    view: View = NOTHING_SAID,
) -> int:
    """Opens the app and returns the exit status when it closes.

    `language` is "en" or "ko" (None: the locale's); `data` a folder of IDX files, `image` a picture and `model` a
    `.keras` file, "" for none; `start` the id of the first screen; `train` a run that its
    training screen begins with; `view` what the walking screens begin with.
    """
    set_language("ko" if language == "ko" else "en" if language == "en" else system_language())
    app = CnnApp(Options(data, image, model, train, view), start=start)
    app.run()
    return app.return_code or 0
