"""The neuron depth of the network screen: the arithmetic of one value, its terms, and the ways along connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.app.screen import current_palette
from tui.i18n import _
from tui.network.screen_sources import NetworkSources

if TYPE_CHECKING:
    from cnncore.network.explain import Explanation
    from cnncore.network.occlusion import Occlusion
    from tui.drawing.canvas import Placed
    from tui.network.neuron import NeuronView
    from tui.network.start import Start


class NeuronDepth(NetworkSources):
    """The part of the network screen that explains and follows; see the module."""

    def __init__(self) -> None:
        super().__init__()
        self._order: Any = "largest"
        self._unfolded: int | None = None
        self._first = 0
        self._view: NeuronView | None = None
        self._explained: tuple[Any, Explanation] | None = None

    # Taking along.

    def say(self, text: str) -> None:
        """A sentence that stands until the next key."""
        self._say(text)

    @property
    def heat_shown(self) -> Occlusion | None:
        """The heat map, where it is on the screen and finished."""
        from tui.network.state import Depth

        session = self.session
        if session is None or not self._why or session.scope.depth != Depth.NETWORK:
            return None
        return session.heat if session.heat is not None and session.heat.finished else None

    def command_line(self) -> str:
        """The command that opens what is on the screen again."""
        from tui.network.start import command_line

        session = self.session
        assert session is not None
        unfolded = None
        if session.scope.depth == 2 and self._unfolded is not None:
            channels = self.explanation().channels
            unfolded = None if channels is None else channels.first + self._unfolded
        return command_line(
            session,
            data=self.cnn_app.options.data,
            why=self._why and session.scope.depth == 0,
            unfolded=unfolded,
            in_order=self._order == "index",
        )

    # The arithmetic of one value.

    def _neuron(self, width: int, height: int) -> list[Placed]:
        """The arithmetic of the value under the cursor."""
        from tui.drawing.canvas import Block, Placed, text_lines
        from tui.drawing.numbers import WAITING
        from tui.network.neuron import neuron_lines

        session = self.session
        assert session is not None
        scope, explained = session.scope, self.explanation()
        keras: float | str | None = WAITING if self._keras_awaited else None
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
            names=session.unit_names if scope.layer == len(scope.layers) - 1 else (),
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

    def _put_terms(self, start: Start) -> None:
        from tui.network.neuron_rows import Listing
        from tui.network.start import check_term, unfolded_row

        assert self.session is not None
        explained = self.explanation()
        self._order = "index" if start.in_order else "largest"
        if start.unfold is not None and explained.channels is not None:
            self._unfolded = unfolded_row(start.unfold, explained.channels)
        if start.term is not None:
            check_term(start.term, len(Listing(explained, self._order, self._unfolded)))
            self.session.scope.term = start.term

    def _to_term(self, term: int) -> None:
        if self.session is not None and self._view is not None:
            self.session.scope.term = max(0, min(term, len(self._view.listing) - 1))

    # Along the connections.

    def _fold_or_follow(self) -> None:
        """A channel's sum unfolds to its products, or folds; a product is followed down."""
        session, view = self.session, self._view
        if session is None or view is None:
            return
        if not len(view.listing):
            self._say(_("This value has no terms to go through."))
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
        self.session.scope.follow(explained.sources.layer, source.position)
        self._done()

    def action_down(self) -> None:
        """To where the chosen term comes from; at the other depths to the middle of what makes the value at hand."""
        from tui.network.state import Depth

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
        else:
            self._say(_("A pixel is not computed: it is what the picture gives."))

    def action_up(self) -> None:
        """To what the value at hand feeds: at once where that is one place, else a list to choose from."""
        from cnncore.network.explain import feeds
        from tui.app.choose import ChooseLine

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
        if self.session is not None and self.session.scope.back():
            self._done()
        elif self.session is not None:
            self._say(_("No term was followed here: d follows one down."))

    def action_order(self) -> None:
        from tui.network.state import Depth

        if self.session is None:
            return
        if self.session.scope.depth != Depth.NEURON:
            self._say(_("Terms are listed for one value: Enter goes in."))
            return
        self._order = "index" if self._order == "largest" else "largest"
        self.session.scope.term = self._first = 0
        self._done()
        self._say(_("Terms largest first.") if self._order == "largest" else _("Terms in their order."))


def _place_line(place: tuple[int, ...], values: Any) -> str:
    from tui.drawing.numbers import short

    return f"[{', '.join(map(str, place))}] = {short(float(values[place]), 6)}"
