"""The network: a picture goes through every layer of it, and any number can be followed to the multiplications it is
made of. One cursor, three depths, one exit: Enter goes in, Esc goes out by one.

The state is a `Session`; `tui.network_view` draws it. What takes time comes from workers: the network from its file,
the pictures, the network's answers to all of them, the heat map, Keras's own values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.frame import FrameScreen, current_palette
from tui.i18n import N_, _, error_text
from tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from cnncore.network import Network
    from cnncore.network.explain import Explanation
    from tui.network_client import NetworkClient
    from tui.network_session import Session
    from tui.renderables.canvas import Placed
    from tui.renderables.neuron import NeuronView

GO = Binding.Group(N_("Go"))
SEE = Binding.Group(N_("See"))
PICTURES = Binding.Group(N_("Pictures"))


class NetworkScreen(FrameScreen):
    """See the module."""

    HELP_TEXT = N_(
        "Every layer of a trained network with what it makes of a picture. Enter goes in: from all maps to one large,"
        " from there to the arithmetic of one value, and from a term of that down to where it came from. Esc goes out"
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
        Binding("v", "living", N_("Next map that is not dead"), show=False, group=GO),
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
        Binding("comma", "channel(-1)", N_("Kernel of another input map"), show=False, group=SEE),
        Binding("full_stop", "channel(1)", N_("Kernel of another input map"), show=False, group=SEE),
        Binding("r", "order", N_("Terms largest first or in order"), show=False, group=SEE),
    ]

    keras_command: ClassVar[Sequence[str] | None] = None
    """Takes the place of the real child's command, for tests."""

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None
        self._why = False
        self._notice = ""
        self._trouble = ""
        self._doing = ""
        self._opened: str | None = None
        """The file of the network that was asked for last; "" for fresh weights."""
        self._chosen = ""
        """The file that the learner opened here; it stays whatever is trained."""
        self._client: NetworkClient | None = None
        self._keras: NetworkClient | None = None
        self._order: Any = "largest"
        self._unfolded: int | None = None
        self._first = 0
        self._view: NeuronView | None = None
        self._explained: tuple[Any, Explanation] | None = None
        self._top = 0
        self._shown_for: object = None

    def compose_body(self) -> ComposeResult:
        yield Canvas(self._draw, id="sheet")

    def on_mount(self) -> None:
        self.call_after_refresh(self._begin)

    async def on_unmount(self) -> None:
        for client in (self._client, self._keras):
            if client is not None:
                await client.close()

    def on_screen_resume(self) -> None:
        if self._opened is not None:
            self._begin()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self.show)

    def retranslate(self) -> None:
        self._say_cramped()
        self.refresh_frame()
        for sheet in self.query(Canvas):
            sheet.repaint()

    # The network.

    def _begin(self) -> None:
        """After the first paint, and whenever the screen is shown: the network asked for, else the newest trained."""
        from tui.screens.validation import trained_model

        path = self._chosen or self.cnn_app.options.model or trained_model()
        if path != self._opened:
            self._open_network(path)
        else:
            self.show()

    def _open_network(self, path: str) -> None:
        self._opened = path
        self._trouble = ""
        if self._client is not None:
            self._client.stop()
            self._client = None
        if not path:
            from cnncore.training.fresh import fresh_network

            self._found_network(fresh_network(), path)
            return
        self._doing = _("Opening {name}").format(name=_file_name(path))
        self.show()
        self.run_worker(self._load(path), group="network", exclusive=True, exit_on_error=False)

    async def _load(self, path: str) -> None:
        from tui.network_client import Failed, Loaded, NetworkClient, Stage
        from tui.network_words import failure, stage_line

        self._client = client = NetworkClient(path, keras=False, command=self.keras_command)
        try:
            async for message in client.messages():
                match message:
                    case Stage():
                        self._doing = f"{_file_name(path)}: {stage_line(message.stage)}"
                        self.show()
                    case Loaded():
                        self._found_network(message.network, path)
                    case Failed():
                        self._refuse(failure(message))
        except Exception as error:
            self._refuse(error_text(error))
        finally:
            await client.close()
            if self._client is client:
                self._client = None

    def _refuse(self, text: str) -> None:
        """A network that cannot be shown: the one before stays, or one with fresh weights comes."""
        self._doing, self._trouble, self._chosen = "", text, ""
        if self.session is None:
            from cnncore.training.fresh import fresh_network

            self._found_network(fresh_network(), "")
            self._trouble = text
        self.show()

    def _found_network(self, network: Network, path: str) -> None:
        from cnncore.errors import CnnError
        from tui.network_session import Session, Source

        self._doing = ""
        source = Source(path, _file_name(path)) if path else Source()
        before = self.session
        try:
            self.session = Session(network, source, before)
        except CnnError as error:
            self._refuse(error_text(error))
            return
        if self._keras is not None:
            self._keras.stop()
            self._keras = None
        self._why = False
        self._forget()
        self.show()
        self.run_worker(self._find_pictures(self.session), group="pictures", exclusive=True, exit_on_error=False)

    # Pictures and answers.

    async def _find_pictures(self, session: Session) -> None:
        import asyncio

        from cnncore.errors import CnnError
        from cnncore.gallery import find_pictures

        try:
            pictures = await asyncio.to_thread(find_pictures, session.network, self.cnn_app.options.data)
        except CnnError as error:
            self._trouble = error_text(error)
            if self.cnn_app.options.data:
                pictures = await asyncio.to_thread(find_pictures, session.network)
            else:
                self.show()
                return
        if self.session is not session:
            return
        session.set_pictures(pictures)
        own = self.cnn_app.options.image
        if own and not session.title:
            from cnncore.gallery import open_picture

            try:
                session.show_own(await asyncio.to_thread(open_picture, own, session.network), _file_name(own))
            except CnnError as error:
                self._trouble = error_text(error)
        self._changed_picture()

    async def _find_answers(self, session: Session) -> None:
        from cnncore.gallery import answer_all
        from tui.background import in_threads

        assert session.gallery is not None
        found = False
        async for answered in in_threads(answer_all(session.network, session.gallery.pictures)):
            if self.session is not session:
                return
            session.set_answered(answered)
            if session.filter.wrong and not found and session.choose(session.filter):
                found = True
                self._changed_picture()
            if session.filter.wrong:
                self._notice = (
                    ""
                    if found and answered.finished
                    else _("{done} of {total} pictures asked").format(
                        done=f"{answered.done:,}", total=f"{answered.total:,}"
                    )
                )
                if answered.finished and not found:
                    self._notice = _("None is misclassified.")
                self.show()

    def _changed_picture(self) -> None:
        self._forget()
        self._notice = ""
        self.show()
        if self._why:
            self._start_heat()
        self._ask_keras()

    async def _find_heat(self, session: Session) -> None:
        from cnncore.errors import CnnError
        from cnncore.network.occlusion import occlusion
        from tui.background import in_threads

        seen = session.seen
        try:
            async for heat in in_threads(occlusion(session.network, seen.values)):
                if session.seen is not seen or self.session is not session:
                    return
                session.heat = heat
                self.show()
        except CnnError as error:
            self._why, self._trouble = False, error_text(error)
            self.show()

    def _start_heat(self) -> None:
        if self.session is not None:
            self.run_worker(self._find_heat(self.session), group="heat", exclusive=True, exit_on_error=False)

    # Keras's own values, once somebody looks at one.

    def _ask_keras(self) -> None:
        from tui.microscope import Depth

        session = self.session
        if session is None or (session.scope.depth != Depth.NEURON and self._keras is None):
            return
        if self._keras is None:
            from tui.network_client import NetworkClient

            self._keras = NetworkClient(session.source.path or session.network, command=self.keras_command)
            self.run_worker(self._follow_keras(session, self._keras), group="keras", exit_on_error=False)
        if session.keras is None:
            self._keras.ask(session.seen.values)

    async def _follow_keras(self, session: Session, client: NetworkClient) -> None:
        from tui.network_client import Values

        try:
            async for message in client.messages():
                if isinstance(message, Values) and self.session is session:
                    session.keras = message.arrays
                    self.show()
        finally:
            await client.close()

    # Drawing.

    def show(self) -> None:
        """Draws everything from the state."""
        if self.is_attached:
            for sheet in self.query("#sheet").results(Canvas):
                sheet.redraw()

    def _draw(self, width: int, height: int) -> Sequence[Placed]:
        from tui.renderables.canvas import Block, Placed, text_line

        colours = current_palette(self)
        session = self.session
        if session is None:
            text = self._trouble or self._doing
            line = text_line([(f" {text}", colours.negative if self._trouble else colours.notice)], width)
            return [Placed(0, 0, Block([line], width))] if text else []
        from tui.microscope import Depth
        from tui.network_view import Notes, frame_blocks, layer_depth, message_block, moved, network_depth
        from tui.renderables.maps import look_of

        notes = Notes(*self._message(), why=self._why and session.scope.depth == Depth.NETWORK)
        look = look_of(colours, no_color=self.app.no_color)
        placed = [Placed(0, 0, frame_blocks(session, width, colours))]
        foot = message_block(notes, width, colours)
        room = height - 1 - foot.height
        if session.scope.depth == Depth.NETWORK:
            placed += moved(network_depth(session, notes, width, room, colours, look), 0, 1)
        elif session.scope.depth == Depth.LAYER:
            placed += moved(layer_depth(session, width, room, colours, look), 0, 1)
        else:
            placed += moved(self._neuron(width, room), 0, 1)
        if foot.height:
            placed.append(Placed(0, height - foot.height, foot))
        return placed

    def _message(self) -> tuple[str, bool]:
        if self._trouble:
            return self._trouble, True
        if self._doing or self._notice:
            return self._doing or self._notice, False
        if self.session is not None and self.session.source.untrained:
            return _("Untrained, random weights: 4 trains a network, O opens a .keras file."), False
        return "", False

    def _neuron(self, width: int, height: int) -> list[Placed]:
        """The arithmetic of the value under the cursor."""
        from tui.renderables.canvas import Block, Placed, text_lines
        from tui.renderables.neuron import neuron_lines

        session = self.session
        assert session is not None
        scope, explained = session.scope, self.explanation()
        keras = None
        if session.keras is not None and (array := session.keras[scope.layer]) is not None:
            keras = float(array[scope.place])
        self._view = view = neuron_lines(
            explained,
            width=width - 2,
            height=height,
            colours=current_palette(self),
            first=self._first,
            selected=scope.term,
            unfolded=self._unfolded,
            order=self._order,
            keras=keras,
            names=session.classes if scope.layer == len(scope.layers) - 1 else (),
        )
        self._first = view.first

        def pick(x: int, y: int) -> tuple[str | int, ...] | None:
            entry = view.entry_at(x, y)
            return None if entry is None else ("term", entry)

        return [Placed(1, 0, Block(text_lines(view.lines, width - 2), width - 2, pick))]

    def explanation(self) -> Explanation:
        """Of the value under the cursor; made once."""
        from cnncore.network.explain import explain

        session = self.session
        assert session is not None
        scope = session.scope
        key = (id(scope.shot), scope.layer, scope.place)
        if self._explained is None or self._explained[0] != key:
            shot = scope.shot
            found = explain(shot.network, shot.inputs, shot.activations, scope.layer, scope.place)
            self._explained = key, found
            self._unfolded, self._first = None, 0
        return self._explained[1]

    def _forget(self) -> None:
        self._explained, self._unfolded, self._first = None, None, 0

    # What keys do.

    def _done(self) -> None:
        self._notice = self._trouble = ""
        self.show()

    def _say(self, text: str) -> None:
        self._notice, self._trouble = text, ""
        self.show()

    def action_go_in(self) -> None:
        from tui.microscope import Depth

        if self.session is None:
            return
        scope = self.session.scope
        if scope.depth == Depth.NEURON:
            self._fold_or_follow()
        elif scope.go_in():
            self._done()
            self._ask_keras()
        else:
            self._say(_("A pixel is not computed: it is what the picture gives."))

    def action_go_out(self) -> None:
        if self.session is None:
            return
        if self.session.scope.depth == 0 and self._why:
            self._why = False
        else:
            self.session.scope.go_out()
        self._done()

    def action_arrow(self, rows: int, columns: int) -> None:
        from tui.microscope import Depth

        if self.session is None:
            return
        scope = self.session.scope
        if scope.depth == Depth.NETWORK:
            if rows:
                scope.to_layer(scope.layer + rows)
            else:
                scope.step_map(columns)
        elif scope.depth == Depth.LAYER:
            scope.step_cell(rows, columns)
        elif rows:
            self._to_term(scope.term + rows)
        elif self._view is not None:
            self._to_term(scope.term + columns * max(1, self._view.per_column))
        self._done()

    def _to_term(self, term: int) -> None:
        if self.session is not None and self._view is not None:
            self.session.scope.term = max(0, min(term, len(self._view.listing) - 1))

    def action_map(self, by: int) -> None:
        if self.session is not None:
            self.session.scope.step_map(by)
            self._done()

    def action_layer(self, by: int) -> None:
        if self.session is not None:
            self.session.scope.to_layer(self.session.scope.layer + by)
            self._done()

    def action_page(self, by: int) -> None:
        from tui.microscope import Depth

        if self.session is None:
            return
        scope = self.session.scope
        if scope.depth == Depth.NEURON:
            self._to_term(scope.term + by * max(1, self._view.capacity if self._view else 1))
        elif scope.depth == Depth.LAYER:
            scope.to_layer(scope.layer + by)
        else:
            scope.to_map(scope.map + by * self._per_page())
        self._done()

    def _per_page(self) -> int:
        """How many maps are on the page that is seen."""
        numbers = set()
        for sheet in self.query("#sheet").results(Canvas):
            numbers = sheet.targets("map")
        return max(1, len(numbers))

    def action_ends(self, which: int) -> None:
        from tui.microscope import Depth

        if self.session is None:
            return
        scope = self.session.scope
        rows, columns, maps = scope.size
        if scope.depth == Depth.NEURON:
            self._to_term(0 if which < 0 else 1 << 30)
        elif scope.depth == Depth.NETWORK or rows * columns == 1:
            scope.to_map(0 if which < 0 else maps - 1)
        else:
            scope.to_cell(*((0, 0) if which < 0 else (rows - 1, columns - 1)))
        self._done()

    def action_strongest(self) -> None:
        if self.session is not None:
            self.session.scope.to_strongest()
            self._done()

    def action_living(self) -> None:
        if self.session is not None:
            self.session.scope.next_living(1)
            self._done()

    def action_jump(self) -> None:
        from tui.microscope import Depth
        from tui.screens.dialogs import AskLine, jump_target, whole_number

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
            self.app.push_screen(AskLine(_("Map"), prompt, lambda text: whole_number(text, maps)), numbered)
            return

        def arrived(target: tuple[int, int] | None) -> None:
            if target is not None:
                scope.to_cell(*target)
                self._done()

        self.app.push_screen(
            AskLine(
                _("Jump to row, column"),
                _("Rows 0 to {row}, columns 0 to {column}, for example: 3, 5").format(row=rows - 1, column=columns - 1),
                lambda text: jump_target(text, rows, columns),
            ),
            arrived,
        )

    # Along the connections.

    def _fold_or_follow(self) -> None:
        """A channel's sum unfolds to its products, or folds; a product is followed down."""
        session, view = self.session, self._view
        if session is None or view is None or not len(view.listing):
            return
        entry = view.listing[min(session.scope.term, len(view.listing) - 1)]
        if entry.source is not None:
            self._follow(entry.source)
            return
        self._unfolded = None if self._unfolded == entry.row else entry.row
        self.show()
        if self._view is not None:
            session.scope.term = self._view.listing.position(entry.row)
        self._done()

    def _follow(self, number: int) -> None:
        explained = self.explanation()
        source = explained.sources[number]
        if source.padded:
            self._say(_("This zero is padding: it lies outside and comes from nowhere."))
            return
        assert self.session is not None
        self.session.scope.follow(explained.sources.layer, source.place)
        self._done()

    def action_down(self) -> None:
        """To where the chosen term comes from; at the other depths to the middle of what makes the value at hand."""
        from tui.microscope import Depth

        session = self.session
        if session is None:
            return
        if session.scope.depth == Depth.NEURON:
            self._fold_or_follow()
            return
        fed = session.scope.fed
        place = None if fed is None else fed.representative
        if fed is not None and place is not None:
            session.scope.follow(fed.layer, place)
            self._done()

    def action_up(self) -> None:
        """To what the value at hand feeds: at once where that is one place, else a list to choose from."""
        from cnncore.network.explain import feeds
        from tui.screens.choose import ChooseLine

        session = self.session
        if session is None:
            return
        scope = session.scope
        found = feeds(session.network, scope.layer, scope.place)
        if not len(found):
            last = scope.layer == len(scope.layers) - 1
            self._say(_("This is the network's answer: it feeds nothing.") if last else _("No window uses this value."))
            return

        def chosen(number: int | None) -> None:
            if number is not None:
                scope.follow(found.layer, found[number])
                self._done()

        if len(found) == 1:
            chosen(0)
            return
        name = scope.layers[found.layer].name
        values = session.scope.shot.values(found.layer)
        title = _("{name}: {count} values use it").format(name=name, count=f"{len(found):,}")
        self.app.push_screen(ChooseLine(title, len(found), lambda i: _place_line(found[i], values)), chosen)

    def action_back(self) -> None:
        if self.session is not None:
            self.session.scope.back()
            self._done()

    def action_order(self) -> None:
        self._order = "index" if self._order == "largest" else "largest"
        if self.session is not None:
            self.session.scope.term = self._first = 0
        self._done()

    # Pictures.

    def action_picture(self, by: int) -> None:
        session = self.session
        if session is None or session.gallery is None:
            return
        if session.step(by):
            self._changed_picture()
            self._trouble = ""
        else:
            self._say(_("No picture passes this filter."))

    def action_wrong(self) -> None:
        from dataclasses import replace

        session = self.session
        if session is None or session.gallery is None:
            return
        if session.gallery.pictures.labels is None:
            self._say(_("What these pictures are is not known, so none can be called misclassified."))
            return
        wrong = not session.filter.wrong
        passes = session.choose(replace(session.filter, wrong=wrong))
        self._changed_picture()
        if wrong and session.gallery.answered is None:
            self._notice = _("Asking the network about all pictures")
            self.show()
            self.run_worker(self._find_answers(session), group="answers", exclusive=True, exit_on_error=False)
        elif not passes:
            self._say(_("No picture passes this filter."))

    def action_label(self, by: int) -> None:
        from dataclasses import replace

        session = self.session
        if session is None or session.gallery is None:
            return
        count = len(session.classes)
        if session.gallery.pictures.labels is None or not count:
            self._say(_("What these pictures are is not known, so none can be called misclassified."))
            return
        now = -1 if session.filter.label is None else session.filter.label
        label = (now + 1 + by) % (count + 1) - 1
        passes = session.choose(replace(session.filter, label=None if label < 0 else label))
        self._changed_picture()
        if not passes:
            self._say(_("No picture passes this filter."))

    def action_open_picture(self) -> None:
        from cnncore.gallery import looks_inverted, open_picture
        from tui.screens.dialogs import AskLine

        session = self.session
        if session is None:
            return

        def check(text: str) -> tuple[str, Any]:
            return text, open_picture(text.strip(), session.network)

        def opened(found: tuple[str, Any] | None) -> None:
            if found is not None and self.session is session:
                text, picture = found
                invert = looks_inverted(picture)
                session.show_own(picture, _file_name(text.strip()), invert=invert)
                self._changed_picture()
                if invert:
                    self._say(_("It is dark on light, so it was inverted; z turns it back."))

        self.app.push_screen(
            AskLine(_("Open a picture"), _("A PNG, JPEG, BMP or GIF picture, or a CSV of numbers"), check), opened
        )

    def action_invert(self) -> None:
        if self.session is not None:
            self.session.invert()
            self._changed_picture()

    def action_open_model(self) -> None:
        from tui.screens.dialogs import AskLine

        def opened(path: str | None) -> None:
            if path is not None:
                self._chosen = path
                self._open_network(path)

        self.app.push_screen(AskLine(_("Open a network"), _("A .keras file"), _existing), opened)

    # What is seen.

    def action_why(self) -> None:
        from tui.microscope import Depth

        session = self.session
        if session is None:
            return
        if session.scope.depth == Depth.NETWORK:
            self._why = not self._why
        else:
            session.scope.to_depth(Depth.NETWORK)
            self._why = True
        self._done()
        if self._why and (session.heat is None or not session.heat.finished):
            self._start_heat()

    def action_scale(self) -> None:
        if self.session is not None:
            self.session.scope.next_scale()
            self._done()

    def action_weights(self) -> None:
        if self.session is not None:
            self.session.scope.weights = not self.session.scope.weights
            self._why = False
            self._done()

    def action_channel(self, by: int) -> None:
        if self.session is not None:
            self.session.scope.step_channel(by)
            self._done()

    # The mouse.

    def on_canvas_picked(self, event: Canvas.Picked) -> None:
        from tui.microscope import INPUT, Depth

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


def _file_name(path: str) -> str:
    """A run's model by its folder, any other file by its name."""
    from pathlib import Path

    file = Path(path)
    return file.parent.name if file.name == "model.keras" else file.name


def _existing(text: str) -> str:
    """The path of a file that is there. Raises `CnnError`."""
    from pathlib import Path

    from cnncore.errors import CnnError

    file = Path(text.strip()).expanduser()
    if not file.is_file():
        raise CnnError("{path}: there is no such file", path=text.strip())
    return str(file)


def _place_line(place: tuple[int, ...], values: Any) -> str:
    from tui.renderables.numbers import short

    return f"[{', '.join(map(str, place))}] = {short(float(values[place]), 6)}"
