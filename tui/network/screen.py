"""The network screen: a picture goes through every layer of a network, and any number can be followed to the
multiplications that make it. One cursor, three depths: Enter goes in, Esc goes out by one.

The screen turns keys into moves of the state (`moves`, `sources`), has the state drawn (`painter`) and described
(`spoken`), and starts slow work (`opener`, `sources`, `keras_values`). Modules that need numpy are imported when they
are used: the first paint does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.timer import Timer

from tui.app.current_network import CurrentNetwork
from tui.app.screen import FrameScreen, current_palette
from tui.app.workers import start_worker
from tui.drawing.blocks import Placed
from tui.drawing.theme import colour_depth
from tui.i18n import N_, _
from tui.network import questions
from tui.network.keras_values import KerasValues
from tui.network.messages import Messages
from tui.network.opener import Opener
from tui.network.start import Start, command_line
from tui.widgets.blocks import BlocksView

if TYPE_CHECKING:
    from cnncore.network import Network
    from tui.drawing.blocks import Placed
    from tui.network.moves import Moves
    from tui.network.painter import Painter
    from tui.network.sources import Sources
    from tui.network.state import NetworkState, Source

FRAMES_PER_SECOND = 4
"""Seconds between two drawings of an opening's progress."""

GO = Binding.Group(N_("Go"))
SEE = Binding.Group(N_("See"))
PICTURES = Binding.Group(N_("Pictures"))


class NetworkScreen(FrameScreen):
    """One screen for all networks: each network that is opened brings a state, its moves and its sources."""

    keras_command: ClassVar[Sequence[str] | None] = None
    """The command of Keras's child process in tests; None for the real one."""

    HELP_TEXT = N_(
        "Every layer of a trained network and its output for one picture. Enter goes in: from all maps to one large"
        " map, from there to the arithmetic of one value, and from a term to the value it comes from."
        " Esc goes out by one level. The C core computes all numbers from this picture and these weights."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_in", N_("Go in"), group=GO),
        Binding("escape", "go_out", N_("Go out"), group=GO),
        Binding("up", "arrow(-1, 0)", N_("Layer, row or term"), key_display="arrows", group=GO, show=False),
        Binding("down", "arrow(1, 0)", N_("Layer, row or term"), show=False, group=GO),
        Binding("left", "arrow(0, -1)", N_("Map, column or value"), show=False, group=GO),
        Binding("right", "arrow(0, 1)", N_("Map, column or value"), show=False, group=GO),
        Binding("left_square_bracket", "map(-1)", N_("Previous map, next map"), show=False, group=GO),
        Binding("right_square_bracket", "map(1)", N_("Previous map, next map"), show=False, group=GO),
        Binding("less_than_sign", "layer(-1)", N_("Previous layer, next layer"), show=False, group=GO),
        Binding("greater_than_sign", "layer(1)", N_("Previous layer, next layer"), show=False, group=GO),
        Binding("pageup", "page(-1)", N_("Page"), show=False, group=GO),
        Binding("pagedown", "page(1)", N_("Page"), show=False, group=GO),
        Binding("home", "ends(-1)", N_("First, last"), show=False, group=GO),
        Binding("end", "ends(1)", N_("First, last"), show=False, group=GO),
        Binding("m", "largest", N_("To the largest value"), show=False, group=GO),
        Binding("v", "next_live_map", N_("Next map that is not all 0"), show=False, group=GO),
        Binding("g", "jump", N_("Jump to a map or to row, column"), show=False, group=GO),
        Binding("d", "down", N_("Down to the source of a term"), show=False, group=GO),
        Binding("u", "up", N_("Up to the values that use this one"), group=GO, show=False),
        Binding("backspace", "back", N_("Back from a followed term"), show=False, group=GO),
        Binding("n,i", "picture(1)", N_("Picture"), group=PICTURES),
        Binding("p,I,N", "picture(-1)", N_("Previous picture"), show=False, group=PICTURES),
        Binding("f", "wrong", N_("Misclassified"), group=PICTURES),
        Binding("c", "label(1)", N_("By class"), show=False, group=PICTURES),
        Binding("C", "label(-1)", N_("By class"), show=False, group=PICTURES),
        Binding("o", "open_picture", N_("Open"), group=PICTURES),
        Binding("z", "invert", N_("Invert the picture"), show=False, group=PICTURES),
        Binding("O", "open_model", N_("Open a network"), show=False, group=PICTURES),
        Binding("y,w,W", "why", N_("Why"), group=SEE),
        Binding("s", "scale", N_("Scale"), group=SEE),
        Binding("k", "weights", N_("Weights"), group=SEE),
        Binding("comma", "channel(-1)", N_("Previous or next input map's kernel, or weight"), show=False, group=SEE),
        Binding("full_stop", "channel(1)", N_("Previous or next input map's kernel, or weight"), show=False, group=SEE),
        Binding("r", "order", N_("Order of the terms"), show=False, group=SEE),
        Binding("R", "keras_again", N_("Ask Keras again"), show=False, group=SEE),
        Binding("x", "export", N_("Export"), show=False, group=SEE),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.state: NetworkState | None = None
        self.messages = Messages()
        self.opener = Opener(self)
        self.keras_values = KerasValues(self)
        self._moves: Moves | None = None
        self._sources: Sources | None = None
        self._painter: Painter | None = None
        self._clock: Timer | None = None

    def compose_body(self) -> ComposeResult:
        yield BlocksView(self._draw, id="blocks")

    # The life of the screen.

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES_PER_SECOND, self.show, pause=True)
        self.call_after_refresh(self.opener.open_current)

    async def on_unmount(self) -> None:
        await self.opener.close()
        await self.keras_values.close()

    def on_screen_resume(self) -> None:
        if self.opener.opened is not None:
            self.opener.open_current()
            self.keras_values.retry_later()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self.show)

    def retranslate(self) -> None:
        self._say_cramped()
        self.refresh_frame()
        for view in self.query(BlocksView):
            view.repaint()

    # As the host of the objects that load.

    @property
    def current_network(self) -> CurrentNetwork:
        return self.cnn_app.current_network

    @property
    def requested_start(self) -> Start:
        start: Start = self.cnn_app.options.network
        return start

    @property
    def child_command(self) -> Sequence[str] | None:
        return self.keras_command

    def start(
        self,
        work: Callable[..., Coroutine[Any, Any, None]],
        *arguments: object,
        group: str,
        exclusive: bool = True,
        failed: Callable[[str], object] | None = None,
        answers: bool = False,
    ) -> None:
        failed = failed or self._warn
        start_worker(self, work, *arguments, group=group, exclusive=exclusive, failed=failed, answers=answers)

    def open_state(self, network: Network, source: Source, start: Start | None) -> None:
        from tui.network.moves import Moves
        from tui.network.painter import Painter
        from tui.network.sources import Sources
        from tui.network.state import NetworkState

        self.state = state = NetworkState(network, source, self.state)
        self.keras_values.forget()
        self._moves, self._painter = Moves(state), Painter()
        self._sources = Sources(self, state, self._picture_changed)
        options = self.cnn_app.options
        self._sources.find_pictures(start, options.data, options.image)

    def _picture_changed(self) -> None:
        self.show()
        if self._sources is not None:
            self._sources.find_heat()
        self.keras_values.ask()

    # Drawing and describing.

    def show(self) -> None:
        """Draw the state and describe it."""
        if self._clock is not None:
            if self.opener.opening is None:
                self._clock.pause()
            else:
                self._clock.resume()
        if self.is_attached:
            for view in self.query("#blocks").results(BlocksView):
                view.redraw()
            self.speak()

    def say(self, text: str) -> None:
        """Show a sentence that stands until the next key."""
        self.messages.say(text)
        self.show()

    def _warn(self, text: str) -> None:
        self.messages.warn(text)
        self.show()

    def _draw(self, width: int, height: int) -> Sequence[Placed]:
        colours, depth, message = current_palette(self), colour_depth(self.app), self._message()
        if self.state is not None and self._painter is not None:
            awaited = self.keras_values.awaited
            return self._painter.draw(self.state, message, width, height, colours, depth, keras_awaited=awaited)
        if not message[0]:
            return []
        from tui.network.header import message_block

        return [Placed(0, 0, message_block(*message, width, colours))]

    def spoken(self) -> Sequence[str]:
        from tui.network.spoken import screen_lines

        if self.state is None:
            return (self._message()[0],)
        if self.cnn_app.words == "all":  # the blocks are hidden, but their listing still scrolls
            self._draw(*self.size)
        return screen_lines(self.state, self._message()[0])

    def _message(self) -> tuple[str, bool]:
        """The text of the message line, and true if it is an error."""
        keras = untrained = ""
        if self.state is not None:
            from tui.network.cursor import Depth

            if self.state.cursor.depth == Depth.VALUE and self.state.keras is None:
                keras = self.keras_values.words
            if self.state.source.untrained:
                untrained = _("Untrained, random weights: 4 trains a network, O opens a .keras file.")
        return self.messages.current(self.opener.progress, keras, untrained)

    def command_line(self) -> str:
        """The command that opens the current view again; empty before a network is open."""
        return "" if self.state is None else command_line(self.state, data=self.cnn_app.options.data)

    def action_export(self) -> None:
        if self.state is not None:
            questions.ask_export(self, self.state, self.command_line())

    def palette_commands(self) -> Iterable[SystemCommand]:
        if self.state is not None:
            yield from questions.export_commands(self, self.state, self.command_line())

    # Moves.

    def _move(self, move: Callable[[Moves], str]) -> None:
        """Make a move, draw, and say its sentence."""
        if self._moves is not None:
            self.say(move(self._moves))

    def _choose(self, choose: Callable[[Sources], str]) -> None:
        """Choose among pictures, draw, and say the sentence."""
        if self._sources is not None:
            self.say(choose(self._sources))

    def action_go_in(self) -> None:
        def go_in(moves: Moves) -> str:
            depth = moves.depth
            sentence = moves.go_in()
            if moves.depth != depth:
                self.keras_values.ask()  # before drawing, so that a line is kept for the value
            return sentence

        self._move(go_in)

    def action_go_out(self) -> None:
        if not self.opener.leave():
            self._move(lambda moves: moves.go_out())

    def action_arrow(self, rows: int, columns: int) -> None:
        self._move(lambda moves: moves.arrow(rows, columns))

    def action_map(self, by: int) -> None:
        self._move(lambda moves: moves.map(by))

    def action_layer(self, by: int) -> None:
        self._move(lambda moves: moves.layer(by))

    def action_page(self, by: int) -> None:
        self._move(lambda moves: moves.page(by, self._maps_on_page()))

    def _maps_on_page(self) -> int:
        return max(1, *(len(view.targets("map")) for view in self.query("#blocks").results(BlocksView)))

    def action_ends(self, which: int) -> None:
        self._move(lambda moves: moves.ends(which))

    def action_largest(self) -> None:
        self._move(lambda moves: moves.largest())

    def action_next_live_map(self) -> None:
        self._move(lambda moves: moves.next_live_map())

    def action_jump(self) -> None:
        if self.state is not None:
            questions.ask_jump(self, self.state)

    def action_down(self) -> None:
        self._move(lambda moves: moves.down())

    def action_up(self) -> None:
        if self.state is not None:
            questions.ask_use(self, self.state)

    def action_back(self) -> None:
        self._move(lambda moves: moves.back())

    def action_order(self) -> None:
        self._move(lambda moves: moves.order())

    def action_scale(self) -> None:
        self._move(lambda moves: moves.scale())

    def action_weights(self) -> None:
        lines = 0 if self._painter is None else self._painter.lines
        self._move(lambda moves: moves.weights(lines))

    def action_channel(self, by: int) -> None:
        self._move(lambda moves: moves.channel(by))

    def action_why(self) -> None:
        self._move(lambda moves: moves.why())
        if self._sources is not None:
            self._sources.find_heat()

    def action_keras_again(self) -> None:
        if self.state is not None and (sentence := self.keras_values.ask_again()):
            self.say(sentence)

    def on_blocks_view_picked(self, event: BlocksView.Picked) -> None:
        if self._moves is None or not self._moves.pick(event.target):
            return
        self.say("")
        if event.twice and event.target[0] in ("map", "cell", "term", "class", "layer"):
            self.action_go_in()

    # Pictures and networks.

    def action_picture(self, by: int) -> None:
        self._choose(lambda sources: sources.step(by))

    def action_wrong(self) -> None:
        self._choose(lambda sources: sources.turn_wrong())

    def action_label(self, by: int) -> None:
        self._choose(lambda sources: sources.step_class(by))

    def action_invert(self) -> None:
        self._choose(lambda sources: sources.invert())

    def action_open_picture(self) -> None:
        if self._sources is not None:
            questions.ask_picture(self, self._sources)

    def action_open_model(self) -> None:
        questions.ask_network(self, self.opener)
