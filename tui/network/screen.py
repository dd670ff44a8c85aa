"""The network: a picture goes through every layer of it, and any number can be followed to the multiplications it is
made of. One cursor, three depths, one exit: Enter goes in, Esc goes out by one.

The state is a `Session`; `tui.network.layout` draws it. What takes time comes from workers: the network from its file,
the pictures, the network's answers to all of them, the heat map, Keras's own values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType

from tui.app.screen import current_palette
from tui.drawing.theme import inks_of
from tui.i18n import N_, _
from tui.network.screen_neuron import NeuronDepth
from tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from tui.drawing.canvas import Placed
    from tui.network.state import Microscope

GO = Binding.Group(N_("Go"))
SEE = Binding.Group(N_("See"))
PICTURES = Binding.Group(N_("Pictures"))


class NetworkScreen(NeuronDepth):
    """See the module."""

    HELP_TEXT = N_(
        "Every layer of a trained network with what it makes of a picture. Enter goes in: from all maps to one large,"
        " from there to the arithmetic of one value, and from a term of that to where it came from. Esc goes out"
        " by one. All numbers are computed by the C core from this picture and these weights."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_in", N_("Go in"), group=GO),
        Binding("escape", "go_out", N_("Go out"), group=GO),
        Binding("up", "arrow(-1, 0)", N_("Layer, row or term"), key_display="arrows", group=GO, show=False),
        Binding("down", "arrow(1, 0)", N_("Layer, row or term"), show=False, group=GO),
        Binding("left", "arrow(0, -1)", N_("Map, column or value"), show=False, group=GO),
        Binding("right", "arrow(0, 1)", N_("Map, column or value"), show=False, group=GO),
        Binding("left_square_bracket", "map(-1)", N_("Map before, map after"), show=False, group=GO),
        Binding("right_square_bracket", "map(1)", N_("Map before, map after"), show=False, group=GO),
        Binding("less_than_sign", "layer(-1)", N_("Layer before, layer after"), show=False, group=GO),
        Binding("greater_than_sign", "layer(1)", N_("Layer before, layer after"), show=False, group=GO),
        Binding("pageup", "page(-1)", N_("Page"), show=False, group=GO),
        Binding("pagedown", "page(1)", N_("Page"), show=False, group=GO),
        Binding("home", "ends(-1)", N_("First, last"), show=False, group=GO),
        Binding("end", "ends(1)", N_("First, last"), show=False, group=GO),
        Binding("m", "strongest", N_("To the largest value"), show=False, group=GO),
        Binding("v", "living", N_("Next map that is not all 0"), show=False, group=GO),
        Binding("g", "jump", N_("Jump to a map or to row, column"), show=False, group=GO),
        Binding("d", "down", N_("Down to where a term comes from"), show=False, group=GO),
        Binding("u", "up", N_("Up to what this feeds"), group=GO, show=False),
        Binding("backspace", "back", N_("Back to where a term was followed from"), show=False, group=GO),
        Binding("n,i", "picture(1)", N_("Picture"), group=PICTURES),
        Binding("p,I,N", "picture(-1)", N_("Picture before"), show=False, group=PICTURES),
        Binding("f", "wrong", N_("Misclassified"), group=PICTURES),
        Binding("c", "label(1)", N_("By class"), show=False, group=PICTURES),
        Binding("C", "label(-1)", N_("By class"), show=False, group=PICTURES),
        Binding("o", "open_picture", N_("Open"), group=PICTURES),
        Binding("z", "invert", N_("Invert the picture"), show=False, group=PICTURES),
        Binding("O", "open_model", N_("Open a network"), show=False, group=PICTURES),
        Binding("y,w,W", "why", N_("Why"), group=SEE),
        Binding("s", "scale", N_("Scale"), group=SEE),
        Binding("k", "weights", N_("Weights"), group=SEE),
        Binding("comma", "channel(-1)", N_("Kernel of another input map, or another weight"), show=False, group=SEE),
        Binding("full_stop", "channel(1)", N_("Kernel of another input map, or another weight"), show=False, group=SEE),
        Binding("r", "order", N_("Terms largest first or in order"), show=False, group=SEE),
        Binding("R", "keras_again", N_("Ask Keras again"), show=False, group=SEE),
        Binding("x", "export", N_("Export"), show=False, group=SEE),
    ]

    def compose_body(self) -> ComposeResult:
        yield Canvas(self._draw, id="sheet")

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self.show)

    def retranslate(self) -> None:
        self._say_cramped()
        self.refresh_frame()
        for sheet in self.query(Canvas):
            sheet.repaint()

    def _draw(self, width: int, height: int) -> Sequence[Placed]:
        from tui.drawing.canvas import Placed

        colours = current_palette(self)
        session = self.session
        if session is None:
            text, warns = self._message()
            if not text:
                return []
            from tui.network.layout import Notes, message_block

            return [Placed(0, 0, message_block(Notes(text, warns), width, colours))]
        from tui.drawing.maps import look_of
        from tui.network.layout import Notes, frame_blocks, layer_depth, message_block, moved, network_depth
        from tui.network.state import Depth

        why = self._why and session.scope.depth == Depth.NETWORK
        inks = inks_of(self.app)
        notes = Notes(*self._message(), why=why, glyphs=inks in ("few", "none"))
        look = look_of(colours, no_color=inks == "none", few=inks == "few")
        placed = [Placed(0, 0, frame_blocks(session, width, colours))]
        foot = message_block(notes, width, colours)
        self._room = room = height - 1 - foot.height
        if session.scope.depth == Depth.NETWORK:
            placed += moved(network_depth(session, notes, width, room, colours, look), 0, 1)
        elif session.scope.depth == Depth.LAYER:
            placed += moved(layer_depth(session, width, height - 1, colours, look, foot.height), 0, 1)
        else:
            placed += moved(self._neuron(width, room), 0, 1)
        if foot.height:
            placed.append(Placed(0, height - foot.height, foot))
        return placed

    def spoken(self) -> Sequence[str]:
        from tui.network.spoken import heat_lines, layer_lines, network_lines, neuron_lines, place_line, term_line
        from tui.network.state import Depth

        session, (message, _warns) = self.session, self._message()
        if session is None:
            return (message,)
        scope, first = session.scope, place_line(session)
        if scope.depth == Depth.NEURON:
            explained = self.explanation()
            if self.cnn_app.words == "all":  # the sheet is not drawn, but its listing is moved in
                self._neuron(*self.size)
            listing = self._view.listing if self._view is not None else ()
            term = [term_line(explained, listing, scope.term)] if listing else []
            array = None if session.keras is None else session.keras[scope.layer]
            rest = neuron_lines(explained, None if array is None else float(array[scope.place]))
            lines = [". ".join([first, *term]), *rest]
        elif scope.depth == Depth.LAYER:
            lines = [first, *layer_lines(session)]
        else:
            why = heat_lines(session) if self._why else []
            lines = [first, *why, *network_lines(session)]
        if message and not message.endswith((".", "!", "?")):
            message += "."  # read aloud, two sentences would run together
        return [f"{message} {lines[0]}" if message else lines[0], *lines[1:]]

    def _message(self) -> tuple[str, bool]:
        if self._trouble:
            return self._trouble, True
        if doing := self._doing():
            return doing, False
        if self._notice:
            return self._notice, False
        session = self.session
        if session is not None and session.scope.depth > 1 and session.keras is None and self.keras_said:
            return self.keras_said, False
        if session is not None and session.source.untrained:
            return _("Untrained, random weights: 4 trains a network, O opens a .keras file."), False
        return "", False

    # Taking along.

    def action_export(self) -> None:
        from tui.network.export import open_menu

        open_menu(self)

    def palette_commands(self) -> Iterable[SystemCommand]:
        from tui.network.export import palette_commands

        yield from palette_commands(self)

    # What keys do.

    def action_go_in(self) -> None:
        from tui.network.state import Depth

        if self.session is None:
            return
        scope = self.session.scope
        if scope.depth == Depth.NEURON:
            self._fold_or_follow()
        elif scope.go_in():
            self._ask_keras()  # before it is drawn, so that its line has its place
            self._done()
        else:
            self._say(_("A pixel is not computed: it is what the picture gives."))

    def action_go_out(self) -> None:
        if self.leave_opening() or self.session is None:
            return
        if self.session.scope.depth == 0 and self._why:
            self._why = False
        elif not self.session.scope.go_out():
            self._say(_("This is the whole network: Enter goes in."))
            return
        self._done()

    def _try(self, act: Callable[[Microscope], object], why: str) -> None:
        """Does what a key does; where the cursor stays where it is, says why."""
        if self.session is None:
            return
        scope = self.session.scope
        before = scope.state
        act(scope)
        if scope.state == before:
            self._say(why)
        else:
            self._done()

    def action_arrow(self, rows: int, columns: int) -> None:
        from tui.network.state import Depth

        if self.session is None:
            return
        depth = self.session.scope.depth
        if depth == Depth.NETWORK and rows:
            self.action_layer(rows)
        elif depth == Depth.NETWORK:
            self.action_map(columns)
        elif depth == Depth.LAYER:
            self._try(lambda scope: scope.step_cell(rows, columns), _("It has this one value: < and > go to others."))
        else:
            per_column = self._view.per_column if self._view is not None else 1
            by = rows or columns * max(1, per_column)
            self._try(lambda scope: self._to_term(scope.term + by), self._no_term(by))

    def _no_term(self, by: int) -> str:
        if self._view is None or not len(self._view.listing):
            return _("This value has no terms to go through.")
        return _("This is the last term.") if by > 0 else _("This is the first term.")

    def action_map(self, by: int) -> None:
        self._try(lambda scope: scope.step_map(by), _("The layer has this one map."))

    def action_layer(self, by: int) -> None:
        from tui.network.state import Depth

        why = _("This is the last layer.") if by > 0 else _("This is the input: before it there is no layer.")
        if self.session is not None and self.session.scope.depth == Depth.NEURON and by < 0:
            why = _("Before it is the input, of which nothing is computed: Esc goes out.")
        self._try(lambda scope: scope.to_layer(scope.layer + by), why)

    def action_page(self, by: int) -> None:
        from tui.network.state import Depth

        if self.session is None:
            return
        depth = self.session.scope.depth
        if depth == Depth.NEURON:
            lines = by * max(1, self._view.capacity if self._view else 1)
            self._try(lambda scope: self._to_term(scope.term + lines), self._no_term(by))
        elif depth == Depth.LAYER:
            self.action_layer(by)
        else:
            why = _("This is the last map.") if by > 0 else _("This is the first map.")
            self._try(lambda scope: scope.to_map(scope.map + by * self._per_page()), why)

    def _per_page(self) -> int:
        """How many maps are on the page that is seen."""
        numbers = set()
        for sheet in self.query("#sheet").results(Canvas):
            numbers = sheet.targets("map")
        return max(1, len(numbers))

    def action_ends(self, which: int) -> None:
        from tui.network.state import Depth

        if self.session is None:
            return
        scope = self.session.scope
        rows, columns, maps = scope.size
        if scope.depth == Depth.NEURON:
            self._try(lambda _scope: self._to_term(0 if which < 0 else 1 << 30), self._no_term(which))
        elif scope.depth == Depth.NETWORK or rows * columns == 1:
            why = _("This is the first map.") if which < 0 else _("This is the last map.")
            self._try(lambda scope: scope.to_map(0 if which < 0 else maps - 1), why)
        else:
            place = (0, 0) if which < 0 else (rows - 1, columns - 1)
            why = _("This is the first value.") if which < 0 else _("This is the last value.")
            self._try(lambda scope: scope.to_cell(*place), why)

    def action_strongest(self) -> None:
        self._try(lambda scope: scope.to_strongest(), _("The cursor is on the largest value already."))

    def action_living(self) -> None:
        self._try(lambda scope: scope.next_living(1), _("No other map has a value that is not 0."))

    def action_jump(self) -> None:
        from tui.app.dialogs import AskLine, ask_position, typed_number
        from tui.network.state import Depth

        if self.session is None:
            return
        scope = self.session.scope
        rows, columns, maps = scope.size
        if scope.depth == Depth.NETWORK or rows * columns == 1:

            def numbered(number: int | None) -> None:
                if number is not None:
                    scope.to_map(number)
                    self._done()

            prompt = _("From 0 to {last}").format(last=maps - 1)
            self.app.push_screen(AskLine(_("Map"), prompt, lambda text: typed_number(text, maps)), numbered)
            return

        def arrived(target: tuple[int, int] | None) -> None:
            if target is not None:
                scope.to_cell(*target)
                self._done()

        self.app.push_screen(ask_position(rows, columns), arrived)

    def action_scale(self) -> None:
        from tui.network.layer_words import scale_text
        from tui.network.state import Depth

        if self.session is None:
            return
        self.session.scope.next_scale()
        self._done()
        if self.session.scope.depth == Depth.NEURON:  # which draws no map
            self._say(scale_text(self.session.scope))

    def action_weights(self) -> None:
        from tui.network.state import Depth

        if self.session is None:
            return
        scope = self.session.scope
        if scope.here is None or not scope.here.weights:
            self._say(_("Weights are what Conv2D and Dense layers have: this one has none."))
            return
        if scope.depth != Depth.NETWORK:
            self._say(_("The weights of this value are among its numbers here; Esc goes out to those of the layer."))
            return
        if self._shows_both():
            self._say(_("There is room for both: maps above, weights below."))
            return
        scope.weights = not scope.weights
        self._why = False
        self._done()

    def _shows_both(self) -> bool:
        """Whether maps and weights are in sight at once."""
        from tui.network.layout import both_fit

        return self.session is not None and not self._why and both_fit(self.session.scope, self._room)

    def action_channel(self, by: int) -> None:
        self._try(
            lambda scope: scope.step_channel(by),
            _("Only one kernel makes this map.") if self._has_kernel() else _("This layer has no kernels."),
        )

    def _has_kernel(self) -> bool:
        scope = None if self.session is None else self.session.scope
        return scope is not None and scope.kernel(scope.map, scope.channel) is not None

    # The mouse.

    def on_canvas_picked(self, event: Canvas.Picked) -> None:
        from tui.network.state import INPUT, Depth

        session = self.session
        if session is None:
            return
        scope = session.scope
        match event.target:
            case ("depth", int(depth)):
                scope.to_depth(Depth(min(depth, scope.depth)))
            case ("layer", int(layer)):
                scope.to_layer(layer)
            case ("map", int(number)):
                scope.to_map(number)
            case ("channel", int(number)):
                scope.channel = number
            case ("source", int(number)):
                scope.source = number
            case ("class", int(number)):
                scope.to_layer(len(scope.layers) - 1)
                scope.to_map(number)
            case ("cell", int(row), int(column)):
                scope.to_cell(row, column)
            case ("pixel", int(row), int(column)):
                if scope.depth == Depth.NETWORK or scope.layer == INPUT:
                    scope.to_layer(INPUT)
                    scope.to_cell(row, column)
                else:
                    self._to_fed(INPUT, (row, column, 0))
            case ("before", int(row), int(column)):
                self._to_fed(scope.layer - 1, (row, column, scope.channel))
            case ("term", int(term)):
                self._to_term(term)
            case _:
                return
        self._done()
        if event.twice and event.target[0] in ("map", "cell", "term", "class", "layer"):
            self.action_go_in()

    def _to_fed(self, layer: int, place: tuple[int, ...]) -> None:
        """The cursor to the middle of what a value of an earlier layer feeds, layer by layer up to the one at hand."""
        from cnncore.network.explain import feeds

        assert self.session is not None
        scope = self.session.scope
        values = scope.shot.values(layer)
        at: tuple[int, ...] | None = place[3 - values.ndim :] if values.ndim < 3 else place
        while at is not None and layer < scope.layer:
            found = feeds(self.session.network, layer, at)
            at, layer = found.representative, layer + 1
        if at is not None and len(at) == 3:
            scope.to_cell(at[0], at[1])
