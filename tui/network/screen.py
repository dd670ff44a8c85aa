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
from textual.binding import BindingType
from textual.timer import Timer

from tui.app.current_network import CurrentNetwork
from tui.app.screen import FrameScreen, current_palette
from tui.app.workers import start_worker
from tui.drawing.blocks import Placed
from tui.drawing.theme import colour_depth
from tui.i18n import N_, _
from tui.network import questions
from tui.network.keras_values import KerasValues
from tui.network.keys import KEYS
from tui.network.messages import Messages
from tui.network.opener import Opener
from tui.network.start import Start, command_line
from tui.widgets.blocks import BlocksView

if TYPE_CHECKING:
    from cnncore.network import Network
    from tui.drawing.blocks import Placed
    from tui.network.backwards import Backwards
    from tui.network.moves import Moves
    from tui.network.painter import Painter
    from tui.network.sources import Sources
    from tui.network.state import NetworkState, Source

FRAMES_PER_SECOND = 4
"""Seconds between two drawings of an opening's progress."""


class NetworkScreen(FrameScreen):
    """One screen for all networks: each network that is opened brings a state, its moves and its sources."""

    keras_command: ClassVar[Sequence[str] | None] = None
    """The command of Keras's child process in tests; None for the real one."""

    HELP_TEXT = N_(
        "Every layer of a trained network and its output for one picture. Enter goes in: from all maps to one large"
        " map, from there to the arithmetic of one value, and from a term to the value it comes from."
        " Esc goes out by one level. b looks backwards: at the gradient of the loss, of every value and, with k, of"
        " every weight; e and E take a training step by hand. The C core computes all numbers from this picture and"
        " these weights."
    )
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self) -> None:
        super().__init__()
        self.state: NetworkState | None = None
        self.messages = Messages()
        self.opener = Opener(self)
        self.keras_values = KerasValues(self)
        self._moves: Moves | None = None
        self._sources: Sources | None = None
        self._backwards: Backwards | None = None
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
        from tui.network.backwards import Backwards
        from tui.network.moves import Moves
        from tui.network.painter import Painter
        from tui.network.sources import Sources
        from tui.network.state import NetworkState

        self.state = state = NetworkState(network, source, self.state)
        self.keras_values.forget()
        self._moves, self._painter = Moves(state), Painter()
        self._sources = Sources(self, state, self._picture_changed)
        self._backwards = Backwards(self, state, self.keras_values.forget)
        options = self.cnn_app.options
        self._sources.find_pictures(start, options.data, options.image)

    def _picture_changed(self) -> None:
        if self._backwards is not None:
            self._backwards.picture_changed()
        self.show()
        if self._sources is not None:
            self._sources.find_heat()
        self.keras_values.ask()

    def offers(self, action: str) -> bool:
        backward = self.state is not None and self.state.backward.on
        if action in ("batch", "step(False)"):
            return backward
        if action == "step(True)":
            return backward and self.state is not None and self.state.backward.shows_weight(self.state.cursor)
        if action == "undo":
            return self.state is not None and self.state.by_hand.changed
        return not (backward and action in ("wrong", "open_picture", "why"))

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

            forwards = not self.state.backward.on
            if forwards and self.state.cursor.depth == Depth.VALUE and self.state.keras is None:
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
            yield from questions.backward_commands(self)

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
            backwards = self.state is not None and self.state.backward.on
            self._move(lambda moves: moves.go_out())
            if backwards:
                self._turned()

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
        if self._backwards is not None and self.state is not None and self.state.backward.weight is not None:
            self._backwards.find_optimizer()
            self.refresh_frame()

    # Backwards.

    def _turn(self, turn: Callable[[Backwards], str]) -> None:
        """Turn the view backwards or take a step by hand, draw, and say the sentence."""
        if self._backwards is not None:
            self.say(turn(self._backwards))
            self._turned()

    def _turned(self) -> None:
        """Show the keys that follow; forwards, a value has Keras's beside it."""
        self.refresh_frame()
        if self.state is not None and not self.state.backward.on and not self.keras_values.awaited:
            self.keras_values.ask()

    def action_backwards(self) -> None:
        self._turn(lambda backwards: backwards.toggle())

    def action_batch(self) -> None:
        self._turn(lambda backwards: backwards.toggle_batch())

    def action_step(self, one: bool) -> None:
        self._turn(lambda backwards: backwards.step(one=one))

    def action_undo(self) -> None:
        self._turn(lambda backwards: backwards.undo())

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
