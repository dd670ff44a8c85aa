"""The app: the places, the language, the theme, the command palette. It knows no pixel and no weight.

`run` opens it. Screens find what the command line said in `app.options`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import RenderableType
from textual import events
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import Screen
from textual.widgets import Input

from tui.app import child_process, settings
from tui.app.answers import answers_to_come
from tui.app.current_network import CurrentNetwork
from tui.app.failures import log_failure
from tui.app.garbage import Sweeper
from tui.app.paths import PICTURES
from tui.app.places import SCREENS
from tui.app.screen import FrameScreen
from tui.app.workers import log_stray_failures
from tui.drawing.theme import THEMES, colour_depth, theme_name
from tui.i18n import LANGUAGES, N_, Language, _, language, set_language, system_language
from tui.network.start import ANYWHERE, Start
from tui.overlay import Protocol, own_cell_size
from tui.terminal.app_terminal import AppTerminal
from tui.terminal.closing import closes_once
from tui.terminal.ending import Children
from tui.terminal.keyboard import ENDING, latin_letters
from tui.walk.guess_input import GuessInput
from tui.walk.view import NOTHING_SAID, View
from tui.walk.workbench_loader import WorkbenchLoader
from tui.widgets.textual_private import OpenApp, driver_of, has_screens, page_once_laid_out
from tui.widgets.words import Words, WordsMode

if TYPE_CHECKING:
    from cnncore.training.config import TrainConfig
    from tui.overlay.pictures import TerminalPictures
    from tui.walk.walks import Sample
    from tui.walk.workbench import Workbench

EVERYWHERE = Binding.Group(N_("Everywhere"))
page_once_laid_out()


@dataclass(frozen=True, slots=True)
class Options:
    """The requests at the start: a data folder, a picture, a trained network; "" for none. With `train` the training
    screen starts that run; `view` is the start of the walking screens, `network` that of the network screen; `theme`
    is "dark" or "light"; with `screen_reader` the screen is described in words."""

    data: str = ""
    image: str = ""
    model: str = ""
    train: TrainConfig | None = None
    view: View = NOTHING_SAID
    theme: str = "dark"
    screen_reader: bool = False
    graphics: Protocol = "blocks"
    network: Start = ANYWHERE


class CnnApp(OpenApp):
    """Five screens, one at a time; each keeps its state while another is shown."""

    TITLE = "cnn-tui"
    CSS = """
    /* Dim, it cannot be read in 16 colours. */
    CommandPalette > .command-palette--help-text { text-style: not bold; }
    /* Its magnifying glass is an emoji: few terminal fonts have it. */
    CommandPalette SearchIcon { display: none; }
    CnnApp:nocolor OptionList > .option-list--option-highlighted { text-style: bold underline; }
    """
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(f"{each.key},f{each.key}", f"show_screen('{each.id}')", each.title, show=False, group=EVERYWHERE)
            for each in SCREENS
        ),
        Binding("l,L", "switch_language", N_("Language"), show=False, group=EVERYWHERE),
        Binding("T", "switch_theme", N_("Theme"), show=False, group=EVERYWHERE),
        Binding("a", "words('line')", N_("Describe this position in words, or stop"), show=False, group=EVERYWHERE),
        Binding(
            "A", "words('all')", N_("Describe the whole screen, for a screen reader"), show=False, group=EVERYWHERE
        ),
        Binding("ctrl+down", "scroll_words(1)", N_("Scroll the description down, up"), show=False, group=EVERYWHERE),
        Binding("ctrl+up", "scroll_words(-1)", N_("Scroll the description down, up"), show=False, group=EVERYWHERE),
        Binding("ctrl+p", "command_palette", N_("Commands"), show=False, group=EVERYWHERE),
        Binding("q", "quit", N_("Quit"), group=EVERYWHERE),
        Binding("ctrl+z", "stop", N_("Suspend; fg in the shell resumes"), show=False, priority=True, group=EVERYWHERE),
        Binding(",".join(ENDING), "quit", N_("Quit"), show=False, priority=True, group=EVERYWHERE),
        Binding("question_mark,h", "help", N_("Help"), group=EVERYWHERE),
    ]

    def __init__(self, options: Options = Options(), *, start: str = "convolution") -> None:
        # Read by App.__init__: the first screen is `start` itself, and no other is made for it.
        setattr(self, "DEFAULT_MODE", start)  # noqa: B010
        # Without colour (see no-color.org) no colour code is sent, not even for a grey. Textual's filter does that if
        # the terminal's own colours are used.
        no_color = bool(os.environ.get("NO_COLOR"))
        if not no_color:
            os.environ.pop("NO_COLOR", None)  # an empty value means nothing
        super().__init__(ansi_color=True if no_color else None)
        self.options = options
        self.terminal = AppTerminal(self)
        self.child_processes = Children(child_process.running, child_process.kill_all, child_process.GRACE)
        self.answers_to_come = partial(answers_to_come, self)
        self.current_network = CurrentNetwork(options.model)
        self.workbench_loader = WorkbenchLoader(
            self,
            self.current_network,
            data=options.data,
            image=options.image,
            view=options.view,
            changed=self._show_workbench,
        )
        self.terminal_pictures: TerminalPictures | None = None
        """The drawer of pictures in the terminal's own pixels; None if they are in half blocks."""
        if options.graphics != "blocks":
            from tui.overlay.pictures import TerminalPictures

            self.terminal_pictures = TerminalPictures(options.graphics, self.terminal.write, own_cell_size)
        self._sweeper: Sweeper | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.words: WordsMode = "all" if options.screen_reader else "off"
        if options.screen_reader:
            self.animation_level = "none"
        self.light = options.theme == "light"
        self.theme = theme_name(light=self.light, depth=colour_depth(self))
        for entry in SCREENS:
            self.add_mode(entry.id, entry.load)

    def on_load(self) -> None:
        # From Python 3.12 on, Textual starts tasks before they are awaited: a screen's children then mount before the
        # screen is on the stack, and code that asks for the current screen ends the app (as an Input does) or gets the
        # one before. Without that, the order is the same on every Python, and the one that Textual's pilot tests.
        asyncio.get_running_loop().set_task_factory(None)

    def on_mount(self) -> None:
        if self.words != "off":
            self.terminal.show_cursor(True)
        loop = asyncio.get_running_loop()
        log_stray_failures(loop)
        # Suspending: Textual's own handler writes to the terminal in the middle of another write, which can deadlock,
        # and paints nothing when the app resumes.
        loop.add_signal_handler(signal.SIGTSTP, self._stop)
        signal.signal(signal.SIGCONT, signal.SIG_DFL)
        self._sweeper = sweeper = Sweeper(time.monotonic())
        self.set_interval(0.25, lambda: sweeper.look(time.monotonic()))

    def on_unmount(self) -> None:
        if self._sweeper is not None:
            self._sweeper.end()

    # Pictures in the terminal's own pixels.

    def post_display_hook(self) -> None:
        if self.terminal_pictures is not None and self.is_running:
            self.terminal_pictures.paint()

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        if self.terminal_pictures is not None:
            self.terminal_pictures.close()  # while their screen is still there
        self.terminal.end_process(return_code)
        super().exit(result, return_code, message)

    def on_fatal_error(self, error: Exception) -> None:
        log_failure(error, "the app")
        self.terminal.end_process(1)

    def action_stop(self) -> None:
        """Suspend like other programs at Ctrl+Z, if a shell can resume the app with `fg`."""
        if self.terminal.can_stop:
            self._stop()
        else:
            self.say(_("This app was not started from a shell that could resume it."))

    def _stop(self) -> None:
        if self.terminal_pictures is not None:
            self.terminal_pictures.forget()
        self.terminal.stop()
        if self.words != "off":
            self.terminal.show_cursor(True)

    async def on_event(self, event: events.Event) -> None:
        """Translate keys of a Korean keyboard in Hangul mode to the letters on them, except where text is typed."""
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
        """Return true for a digit typed right after v, before the field had the focus: it belongs to the field."""
        field = self.focused if self.is_running and has_screens(self) else None
        if isinstance(field, GuessInput) and event.character and field.takes(event.character):
            field.insert_text_at_cursor(event.character)
            return True
        return False

    def _types(self) -> bool:
        """Return true if letters are text for a focused field."""
        return isinstance(self.focused, Input) and not isinstance(self.focused, GuessInput)

    # Shared by the places.

    def open_workbench(self) -> Workbench:
        """The workbench of the convolution and pooling screens, made at the first call."""
        return self.workbench_loader.open()

    def _show_workbench(self, notice: str = "") -> None:
        """Tell the current screen that the workbench changed; the others check when they are shown."""
        screen = self.get_screen_stack()[0]
        if isinstance(screen, FrameScreen):
            screen.workbench_changed(notice)

    def ask_picture(self) -> None:
        """Ask for a picture's path, and show the picture."""
        from tui.app.dialogs import AskPath
        from tui.walk.samples import open_sample

        def opened(sample: Sample | None) -> None:
            if sample is not None:
                self.workbench_loader.add(sample)

        self.push_screen(
            AskPath(
                _("Open a picture"), _("A PNG, JPEG, BMP or GIF picture, or a CSV of numbers"), open_sample, PICTURES
            ),
            opened,
        )

    def action_open_picture(self) -> None:
        """Open a picture on the current screen, from the palette as by its key."""
        screen = self.get_screen_stack()[0]
        if isinstance(screen, FrameScreen):
            screen.action_open_picture()

    def push_screen(self, screen: Any, *arguments: Any, **options: Any) -> Any:
        """Make every dialog close only once, Textual's own too."""
        if isinstance(screen, Screen):
            closes_once(self, screen)
        return super().push_screen(screen, *arguments, **options)

    def action_show_screen(self, name: str) -> None:
        if name == self.current_mode:
            title = next(_(entry.title) for entry in SCREENS if entry.id == name)
            self.say(_("This is already the screen {name}.").format(name=title))
        self.switch_mode(name)

    def say(self, text: str) -> None:
        """Show a sentence on the current screen until the next key."""
        if isinstance(self.screen, FrameScreen):
            self.screen.say(text)

    def say_failure(self, text: str) -> None:
        """Show a failure of background work on the current place, even behind a dialog."""
        screen = self.get_screen_stack()[0]
        if isinstance(screen, FrameScreen):
            screen.say(text)

    def action_switch_language(self) -> None:
        names: list[Language] = list(LANGUAGES)
        set_language(names[(names.index(language()) + 1) % len(names)])
        self._redraw_screens()

    def action_switch_theme(self) -> None:
        """Switch between dark and light; without colour there is neither."""
        if colour_depth(self) == "none":
            self.say(_("Without colours (NO_COLOR) there is no theme to choose."))
            return
        self.light = not self.light
        self.theme = theme_name(light=self.light, depth=colour_depth(self))
        settings.remember(theme="light" if self.light else "dark")
        self._redraw_screens()

    def _redraw_screens(self) -> None:
        self._each_screen(lambda screen: screen.retranslate())

    def _each_screen(self, act: Callable[[FrameScreen], None]) -> None:
        for entry in SCREENS:
            for screen in self._shown(entry.id):
                if isinstance(screen, FrameScreen):
                    act(screen)

    def _shown(self, name: str) -> Sequence[Screen[object]]:
        """Return the screens of a place; none before it is first shown."""
        try:
            return self.get_screen_stack(name)
        except KeyError:
            return ()

    def action_words(self, mode: WordsMode) -> None:
        """Show the words in a mode, or hide them if they are shown."""
        self.words = "off" if self.words == mode else mode
        self.terminal.show_cursor(self.words != "off")
        self._each_screen(FrameScreen.show_words)
        self._redraw_screens()

    def action_scroll_words(self, by: int) -> None:
        if self.words != "all":
            self.say(_("These keys scroll the description of the screen, which A shows."))
        for words in self.screen.query(Words):
            words.scroll_relative(y=by, animate=False)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Stop the field's cursor from blinking, which is read out again and again, and move the terminal's cursor
        there."""
        field = event.widget
        if self.words == "all" and isinstance(field, Input):
            field.cursor_blink = False
            # The field's position is known only after the layout.
            self.call_after_refresh(lambda: setattr(self, "cursor_position", field.cursor_screen_offset))

    def action_help(self) -> None:
        from tui.app.help import HelpScreen

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
        yield SystemCommand(
            _("In words"), _("Describe the whole screen, for a screen reader"), lambda: self.action_words("all")
        )
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
    network: Start = ANYWHERE,
    theme: str | None = None,
    screen_reader: bool = False,
    graphics: Protocol = "blocks",
) -> int:
    """Open the app and return the exit status when it closes.

    `language` is "en" or "ko" (None: the locale's); `data` a folder of IDX files, `image` a picture and `model` a
    `.keras` file, "" for none; `start` the id of the first screen; `train` a run for the training screen; `view` the
    start of the walking screens, `network` that of the network screen; `theme` "dark" or "light" (None: the one used
    last, otherwise by COLORFGBG); with `screen_reader` the screen is described in words; `graphics` is the protocol
    for pictures.
    """
    set_language(language if language in LANGUAGES else system_language())
    theme = theme or settings.usual_theme()
    options = Options(data, image, model, train, view, theme, screen_reader, graphics, network)
    # They hold an old size of the terminal; the app asks the terminal itself.
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)
    from tui.terminal.driver import TerminalDriver

    app = CnnApp(options, start=start)
    app.driver_class = TerminalDriver
    app.run()
    if isinstance(driver := driver_of(app), TerminalDriver):
        driver.closed()
    return app.return_code or 0
