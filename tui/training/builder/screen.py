"""The builder's screen, over the training place: keys and clicks become edits of a `BuilderState`.

The training place keeps the state, so that leaving loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType

from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig
from tui.app.screen import FrameScreen, current_palette
from tui.app.workers import start_worker
from tui.drawing.blocks import Placed
from tui.i18n import N_, _, error_text
from tui.training.builder import painter, questions
from tui.training.builder.files import untrained_file
from tui.training.builder.spoken import builder_lines
from tui.training.builder.state import BuilderState
from tui.training.builder.trying import Trying
from tui.widgets.blocks import BlocksView

MOVE = Binding.Group(N_("Go"))
EDIT = Binding.Group(N_("Edit"))
NETWORKS = Binding.Group(N_("Networks"))
CODE = Binding.Group(N_("Program"))

COMMANDS = ("accept", "presets", "pane", "undo", "save", "open", "untrained", "export")
"""The actions that the command palette offers."""


class BuilderScreen(FrameScreen):
    """Edits `state`; `accept` takes the options of a run with its network."""

    HELP_TEXT = N_(
        "The network that will be trained, as a list of layers. Up and Down choose a layer, Tab one of its options,"
        " Left and Right change it, Enter types a value. Shapes, parameters and the receptive field, the part of the"
        " picture that one value sees, are computed anew at each edit. The program beside the list trains the same"
        " network with Keras. t takes the network back to the training screen; Esc goes back without it, and keeps the"
        " edits."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "accept", N_("Use"), group=NETWORKS),
        Binding("escape", "leave", N_("Back"), group=NETWORKS),
        Binding("left", "step(-1)", N_("Change"), key_display="<- ->", group=EDIT),
        Binding("right", "step(1)", N_("Change"), show=False, group=EDIT),
        Binding("tab,right_square_bracket", "option(1)", N_("Option"), group=EDIT),
        Binding("shift+tab,left_square_bracket", "option(-1)", N_("Previous option"), show=False, group=EDIT),
        Binding("i", "insert(False)", N_("Add"), group=EDIT),
        Binding("k", "pane", N_("Program"), group=CODE),
        Binding("I", "insert(True)", N_("Add before this layer"), show=False, group=EDIT),
        Binding("d,delete,backspace", "remove", N_("Remove"), group=EDIT),
        Binding("u", "undo", N_("Undo"), group=EDIT),
        Binding("p", "presets", N_("Presets"), group=NETWORKS),
        Binding("c", "copy", N_("Copy"), group=EDIT),
        Binding("s", "save", N_("Save"), group=NETWORKS),
        Binding("o", "open", N_("Open"), group=NETWORKS),
        Binding("v", "untrained", N_("See it untrained"), group=NETWORKS),
        Binding("x", "export", N_("Export"), show=False, group=CODE),
        Binding("less_than_sign,shift+up,K", "move(-1)", N_("Move the layer up, down"), show=False, group=EDIT),
        Binding("greater_than_sign,shift+down,J", "move(1)", N_("Move the layer up, down"), show=False, group=EDIT),
        Binding("enter,equals_sign", "type", N_("Type a value"), show=False, group=EDIT),
        Binding("U", "redo", N_("Redo"), show=False, group=EDIT),
        Binding("m", "all_options", N_("All options, or the usual ones"), show=False, group=EDIT),
        Binding("up", "go(-1)", N_("Layer, or line of the program"), show=False, group=MOVE),
        Binding("down", "go(1)", N_("Layer, or line of the program"), show=False, group=MOVE),
        Binding("home", "ends(-1)", N_("First, last"), show=False, group=MOVE),
        Binding("end", "ends(1)", N_("First, last"), show=False, group=MOVE),
        Binding("g", "style", N_("Layers one by one with add, or one list"), show=False, group=CODE),
        Binding("G", "library", N_("For Keras, or for cnncore"), show=False, group=CODE),
    ]

    def __init__(self, state: BuilderState, accept: Callable[[TrainConfig], None]) -> None:
        super().__init__()
        self.state = state
        self._accept = accept
        self.trying = Trying(self, self.show)

    def compose_body(self) -> ComposeResult:
        yield BlocksView(self._draw, id="builder")

    def on_mount(self) -> None:
        self.call_after_refresh(self.show)

    def on_unmount(self) -> None:
        self.trying.stop()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self.show)

    def retranslate(self) -> None:
        self._say_cramped()
        self.refresh_frame()
        self.state.program.show(self.state.program.config)  # its comments are sentences
        for view in self.query(BlocksView):
            view.repaint()
        self.show()

    # Drawing and describing.

    def _draw(self, width: int, height: int) -> Sequence[Placed]:
        return painter.draw(self.state, self.trying.lines(self.state), width, height, current_palette(self))

    def show(self) -> None:
        """Draw the state and describe it."""
        if not self.is_attached:
            return
        self.trying.follow(self.state)
        for view in self.query("#builder").results(BlocksView):
            view.redraw()
        self.refresh_frame()
        self.speak()

    def say(self, text: str) -> None:
        self.state.notice = text
        self.show()

    def spoken(self) -> Sequence[str]:
        return builder_lines(self.state, self.trying.lines(self.state))

    # Leaving.

    def action_accept(self) -> None:
        try:
            config = self.state.accepted()
        except CnnError as error:
            self.say(error_text(error))
            return
        self.state.notice = ""
        self.state.config = config
        self._accept(config)
        self.dismiss()

    def action_leave(self) -> None:
        self.state.notice = ""
        self.dismiss()

    # The cursor.

    def action_go(self, by: int) -> None:
        self.say(self.state.go(by))

    def action_ends(self, which: int) -> None:
        self.say(self.state.go_end(which))

    def action_option(self, by: int) -> None:
        self.say(self.state.turn_option(by))

    def action_all_options(self) -> None:
        self.say(self.state.turn_all_options())

    def action_pane(self) -> None:
        self.say(self.state.turn_pane())

    def action_style(self) -> None:
        self.state.program.turn_style()
        self.say(
            _("The program adds the layers one by one.")
            if self.state.program.style == "add"
            else _("The program has the layers in one list.")
        )

    def action_library(self) -> None:
        self.state.program.turn_library()
        self.say(_("The program is for {library}.").format(library=self.state.program.library))

    # Edits.

    def action_step(self, by: int) -> None:
        self.say(self.state.step(by))

    def action_type(self) -> None:
        questions.ask_value(self, self.state)

    def action_insert(self, before: bool) -> None:
        questions.ask_kind(self, self.state, before=before)

    def action_remove(self) -> None:
        self.say(self.state.remove())

    def action_move(self, by: int) -> None:
        self.say(self.state.move(by))

    def action_copy(self) -> None:
        self.say(self.state.copy())

    def action_undo(self) -> None:
        self.say(self.state.undo())

    def action_redo(self) -> None:
        self.say(self.state.redo())

    def action_presets(self) -> None:
        questions.ask_preset(self, self.state)

    # Files.

    def action_save(self) -> None:
        questions.ask_name(self, self.state)

    def action_open(self) -> None:
        questions.ask_network(self, self.state)

    def action_export(self) -> None:
        questions.ask_export(self, self.state)

    def action_untrained(self) -> None:
        """Show the network with its random weights on the network screen."""
        try:
            config = self.state.accepted()
        except CnnError as error:
            self.say(error_text(error))
            return
        self.say(_("One moment..."))
        start_worker(self, self._write_untrained, config, thread=True, failed=self.say, answers=True)

    def _write_untrained(self, config: TrainConfig) -> None:
        self.app.call_from_thread(self._show_untrained, untrained_file(config))

    def _show_untrained(self, path: str) -> None:
        self.state.notice = ""
        self.cnn_app.current_network.named = path
        self.app.switch_mode("network")

    # The mouse and the palette.

    def on_blocks_view_picked(self, event: BlocksView.Picked) -> None:
        kind, *where = event.target
        number = int(where[0])
        match kind:
            case "layer":
                self.state.pane = "layers"
                self.state.go_to(number)
                self.say("")
            case "line":
                self.state.pick_line(number)
                self.say("")
            case "option":
                self.state.choose_option(number)
                self.say("")
                if event.twice:
                    self.action_type()
            case "step":
                self.state.choose_option(number)
                self.say(self.state.step(int(where[1])))

    def palette_commands(self) -> Iterable[SystemCommand]:
        for binding in self.BINDINGS:
            if isinstance(binding, Binding) and binding.action in COMMANDS:
                yield SystemCommand(_(binding.description), _("Network"), partial(self.run_action, binding.action))
