"""The screen that a newcomer meets first: a kernel walks over a real picture, one product at a time."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType

from cnncore.errors import CnnError
from tui.app.screen import current_palette
from tui.i18n import N_, _, error_text
from tui.walk.maps_view import MapsView
from tui.walk.screen import CHOOSE, WINDOW, WalkScreen

if TYPE_CHECKING:
    from cnncore.lesson.highlights import Highlight
    from cnncore.lesson.stepping import ConvStep, FilterStep
    from tui.drawing.matrix import Matrix
    from tui.walk.kernel_maps import Tile
    from tui.walk.padding import Padding
    from tui.walk.workbench import Choice, ConvolutionWalk, Pair, Workbench

WHAT = N_(
    "A kernel lies on the picture. Each of its weights is multiplied with the pixel below it, and the products are "
    "added: the sum becomes one pixel of the output. Then the window moves on, until the whole output is there."
)
"""What is seen here, for who sees it for the first time; where the panel has room to spare."""
PLACES = {
    "negative": N_("First sum below 0: {value}. The clamp makes it 0, black"),
    "rectified": N_("First sum with bias below 0: {value}. ReLU makes it 0"),
    "high": N_("First sum above 255: {value}. The clamp makes it 255, white"),
    "largest": N_("The largest result of the whole map: {value}"),
    "edge": N_("The strongest edge: in the middle of this window the picture changes most ({value} by Sobel)"),
}


@lru_cache(maxsize=8)
def _wrapped(text: str, width: int) -> tuple[str, ...]:
    from tui.drawing.canvas import wrapped

    return tuple(wrapped(text, width))


class ConvolutionScreen(WalkScreen):
    """Input, kernel, products, sum, and what becomes of the sum; see `WalkScreen`."""

    HELP_TEXT: ClassVar[str] = N_(
        "A kernel, here of nine weights, lies on the picture. Each weight is multiplied with the pixel below it, the "
        "products are added, and the sum becomes one pixel of the output. Then the window moves on by one. "
        "An image filter rounds the sum and clamps it to 0..255; a network adds a bias and applies ReLU instead. "
        "A click on an output pixel goes there, on an input pixel shows what it feeds, on a weight goes to its product."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *WalkScreen.BINDINGS,
        Binding("e", "edit_kernel", N_("Edit kernel"), group=CHOOSE),
        Binding("m", "keep_map", N_("Keep this kernel's map in sight"), show=False, group=CHOOSE),
        Binding("M", "all_maps", N_("The maps of all kernels, or none"), show=False, group=CHOOSE),
        Binding("right_square_bracket", "next_map(1)", N_("Next of the maps"), show=False, group=CHOOSE),
        Binding("left_square_bracket", "next_map(-1)", N_("Map before"), show=False, group=CHOOSE),
        Binding("Z", "ask_padding", N_("Padding, typed"), show=False, group=WINDOW),
        Binding("d", "dilation", N_("Dilation"), show=False, group=WINDOW),
        Binding("D", "ask_dilation", N_("Dilation, typed"), show=False, group=WINDOW),
    ]

    def walk_of(self, workbench: Workbench) -> ConvolutionWalk:
        return workbench.walk()

    def inputs_alone(self, workbench: Workbench) -> tuple[Any, Any] | None:
        return workbench.sample.pixels, workbench.sample.pixels

    def terms_of(self, walk: ConvolutionWalk) -> int:
        return len(walk.steps[0].terms)

    def input_cell(self, step: FilterStep | ConvStep) -> tuple[int, int] | None:
        if not 0 < self.cursor.term <= len(step.terms):
            return None
        term = step.terms[self.cursor.term - 1]
        # A finished cell is about its window; only on the way to it is one value at hand.
        return None if self.cursor.term == self.cursor.terms else (term.input_row, term.input_column)

    # What the panel, the strip and the facts say.

    def kernel_matrix(self, walk: ConvolutionWalk, step: FilterStep | ConvStep) -> Matrix:
        from tui.walk.matrices import fed_by, kernel_matrix, taps_of

        if self.pixel.on:
            rows, columns = walk.steps.geometry.rows, walk.steps.geometry.columns
            fed = fed_by(walk.steps.geometry, self.pixel.row, self.pixel.column)
            if fed is None:
                return kernel_matrix(step, None)
            down, right = taps_of(rows, fed[1][0], self.pixel.row), taps_of(columns, fed[1][1], self.pixel.column)
            return kernel_matrix(step, None, (down[0], right[0], down[-1] + 1, right[-1] + 1), (down, right))
        done = self.cursor.term
        if not 0 < done < self.cursor.terms:
            return kernel_matrix(step, None)
        term = step.terms[done - 1]
        return kernel_matrix(step, (term.row, term.column))

    def panel_title(self, walk: ConvolutionWalk, step: FilterStep | ConvStep) -> tuple[str, str]:  # noqa: ARG002
        from tui.drawing.numbers import among

        workbench = self._workbench
        assert workbench is not None
        if walk.kernel is None:
            filters = workbench.layer.filters if workbench.layer else 0
            return _("Network kernel"), among(workbench.filter, filters)
        return _(walk.kernel.title), among(workbench.kernel_index, len(workbench.kernels))

    def panel_text(self, walk: ConvolutionWalk, step: FilterStep | ConvStep, width: int, height: int) -> Text:
        from tui.walk.arithmetic import terms_text

        colours = current_palette(self)
        text = Text("\n", no_wrap=True)
        text.append_text(
            terms_text(
                step.terms, self.cursor.term, width, colours, pixels=walk.kernel is not None, lines=max(1, height - 3)
            )
        )
        about = _(walk.kernel.description) if walk.kernel else _("Shown rounded; the sum is of the unrounded numbers.")
        room = height - text.plain.count("\n") - 1
        for paragraph in (about, _(WHAT)):
            lines = _wrapped(paragraph, width - 1)  # as the title above, not to the very edge
            if len(lines) > room:
                break
            text.append("\n" + "\n".join(lines) + "\n", colours.faint)
            room -= len(lines) + 1
        return text

    def feeds_panel(self, walk: ConvolutionWalk, width: int, height: int) -> Text:
        from cnncore.lesson.contributions import conv_feeds
        from tui.walk.kernel_panel import feeds_text

        row, column = self.pixel.row, self.pixel.column
        text = Text("\n", no_wrap=True)
        text.append(_("It adds to the output:") + "\n", current_palette(self).faint)
        feeds = conv_feeds(walk.steps, walk.inputs, row, column)
        value = walk.inputs[row, column].item()
        return text.append_text(feeds_text(value, feeds, width, height - 2, current_palette(self)))

    def strip_text(self, walk: ConvolutionWalk, step: FilterStep | ConvStep) -> Text:
        from cnncore.lesson.stepping import FilterStep
        from tui.walk.arithmetic import filter_strip, network_strip

        colours = current_palette(self)
        if isinstance(step, FilterStep):
            return Text(" ") + filter_strip(step, walk.scale, self.cursor.term, colours, self.size.width - 2)
        return Text(" ") + network_strip(step, self.cursor.term, colours)

    def facts(self, walk: ConvolutionWalk) -> tuple[tuple[str, str], tuple[str, str]]:
        from tui.walk.sizes import size_fact

        workbench, geometry = self._workbench, walk.steps.geometry
        assert workbench is not None
        refused = max(workbench.strides) > 1 and max(workbench.dilation) > 1
        size = size_fact(
            geometry,
            same=workbench.padding == "same",
            explicit=not isinstance(workbench.padding, str),
            more=_("Keras refuses stride and dilation together") if refused else "",
        )
        below, above = (f"{count:,}" for count in walk.outside)
        total = f"{walk.output.size:,}"
        if walk.kernel is None:
            values = (
                _("Whole map: ReLU makes {below} of {total} values 0").format(below=below, total=total),
                _("ReLU makes {below} of {total} 0").format(below=below, total=total),
            )
        elif walk.output.size == 1 and walk.outside == (0, 0):
            values = "", ""  # of one value there is nothing to count
        else:
            values = (
                _("Whole map: of {total} values {below} are clipped at 0 and {above} at 255").format(
                    total=total, below=below, above=above
                ),
                _("of {total}: {below} clipped at 0, {above} at 255").format(total=total, below=below, above=above),
            )
        return size, values

    def lesson(self, walk: ConvolutionWalk, step: FilterStep | ConvStep) -> str:
        from cnncore.lesson.stepping import FilterStep

        slip = walk.slip(step, self.cursor.term) if isinstance(step, FilterStep) else None
        if slip is None:
            return ""
        return _(
            "A slip to avoid: {weight} x {value} is {product}. "
            "Who writes {weight} + {value} ends at {total}, not {right}."
        ).format(
            weight=slip.term.weight,
            value=slip.term.value,
            product=slip.term.product,
            total=slip.total,
            right=slip.right,
        )

    def place_text(self, place: Highlight) -> str:
        from tui.drawing.numbers import number

        network = self._workbench is not None and self._workbench.network
        kind = "rectified" if network and place.kind == "negative" else place.kind
        return _(PLACES[kind]).format(value=number(place.value, 0 if place.kind == "edge" and not network else 3))

    def kernel_notice(self) -> str:
        """What the kernel does and why, where the panel may have no room for it."""
        workbench = self._workbench
        return (
            "" if workbench is None or workbench.network or self.size.height >= 36 else _(workbench.kernel.description)
        )

    # Several maps.

    def maps(self, workbench: Workbench) -> tuple[list[Tile], int]:
        if not workbench.chosen:
            return [], 0
        choices = self._map_choices(workbench)
        return [self._tile(workbench, choice) for choice in choices], choices.index(workbench.choice)

    def _map_choices(self, workbench: Workbench) -> list[Choice]:
        """The chosen kernels, and the one that is walked if it is none of them."""
        return workbench.chosen if workbench.choice in workbench.chosen else [*workbench.chosen, workbench.choice]

    def _tile(self, workbench: Workbench, choice: Choice) -> Tile:
        from tui.drawing.picture import Picture, scale_to_fit
        from tui.walk.kernel_maps import Tile
        from tui.walk.layout import maps_height

        title = f"{choice.index}" if choice.network else _(workbench.kernels[choice.index].title)
        try:
            levels = workbench.map_levels(choice)
        except CnnError:  # this kernel is larger than the picture
            return Tile(title, None)
        rows, columns = levels.shape
        lines = maps_height(self.size.height) - 1
        return Tile(title, Picture(levels, scale_to_fit(rows, columns, lines, max(12, self.size.width // 4))))

    def action_keep_map(self) -> None:
        if self._workbench is not None:
            self._workbench.toggle_map()
        self._done()

    def action_all_maps(self) -> None:
        if self._workbench is not None:
            self._workbench.toggle_all_maps()
        self._done()

    def action_next_map(self, by: int) -> None:
        self.end_edit()
        workbench = self._workbench
        if workbench is None:
            return
        before = workbench.choice
        workbench.next_chosen(by)
        if workbench.choice != before:
            self._done(self.kernel_notice())
        elif workbench.chosen:
            self._done(_("This is the only map that is kept: k and m keep another, M shows all."))
        else:
            self._done(_("No maps are kept: m keeps this kernel's, M shows those of all."))

    def on_maps_view_picked(self, event: MapsView.Picked) -> None:
        self.end_edit()
        if self._workbench is not None:
            self._workbench.choose(self._map_choices(self._workbench)[event.index])
        self._done(self.kernel_notice())

    # How the window moves.

    def action_padding(self) -> None:
        from tui.walk.padding import next_padding

        if self._workbench is not None:
            self._take_padding(next_padding(self._workbench.padding))

    def action_ask_padding(self) -> None:
        from tui.app.dialogs import AskLine
        from tui.walk.padding import padding_text, typed_padding

        def answered(padding: Padding | None) -> None:
            if padding is not None:
                self._take_padding(padding)

        if self._workbench is not None:
            prompt = _("valid, same, or how many zeros: on all sides;\nrows, columns; or top, bottom, left, right")
            self.app.push_screen(
                AskLine(_("Padding"), prompt, typed_padding, padding_text(self._workbench.padding)), answered
            )

    def _take_padding(self, padding: Padding) -> None:
        from tui.walk.padding import padding_words

        if self._workbench is None:
            return
        self._workbench.set_padding(padding)
        self.moved_window()
        words = padding_words(padding)
        self._notice = f"{words}. {self._notice}" if self._notice else words
        self.show()

    def action_stride(self, by: int) -> None:
        from tui.walk.workbench import MOST_STRIDE

        if self._workbench is not None:
            stride = max(self._workbench.strides) % MOST_STRIDE + by
            self._workbench.set_strides((stride, stride))
        self.moved_window()

    def action_dilation(self) -> None:
        from tui.walk.workbench import MOST_DILATION

        if self._workbench is not None:
            dilation = max(self._workbench.dilation) % MOST_DILATION + 1
            self._workbench.set_dilation((dilation, dilation))
        self.moved_window()

    def action_ask_stride(self) -> None:
        if self._workbench is not None:
            self.ask_pair(_("Stride"), self._workbench.strides, self._take_strides)

    def _take_strides(self, strides: Pair) -> None:
        if self._workbench is not None:
            self._workbench.set_strides(strides)
        self.moved_window()

    def action_ask_dilation(self) -> None:
        if self._workbench is not None:
            self.ask_pair(_("Dilation"), self._workbench.dilation, self._take_dilation)

    def _take_dilation(self, dilation: Pair) -> None:
        if self._workbench is not None:
            self._workbench.set_dilation(dilation)
        self.moved_window()

    # The kernel, edited in place.

    def action_edit_kernel(self) -> None:
        if self._workbench is None or not self._workbench.samples:
            return
        self.end_predict()
        self._on_output()
        self.cursor.pause()
        self.editor.begin(self._workbench.draft())
        self._done()

    def end_edit(self) -> None:
        if not self.editor.on or self._workbench is None:
            return
        try:
            if self.editor.key("e", None):  # takes what is typed
                self._workbench.set_custom(self.editor.last.kernel())
        except CnnError as error:
            self.editor.leave()
            self.dropped = error_text(error)

    def offers(self, action: str) -> bool:
        """While the kernel is edited, the arrows and the point are its own: the foot offers no cells and products."""
        if self.editor.on and action.startswith(("move(", "step(", "edit_kernel")):
            return False
        return super().offers(action)

    def on_key(self, event: events.Key) -> None:
        """While the kernel is edited, its keys come first; what they do not mean goes on to the screen's."""
        if not self.editor.on or self._workbench is None:
            return

        self._wrong = self._notice = ""
        changed: bool | None = False
        before = self.editor.state
        try:
            changed = self.editor.key(event.key, event.character)
            if changed is False and self.editor.state == before:
                self._notice = self.editor.idle_words(event.key)
        except CnnError as error:
            self._wrong = error_text(error)
        if changed is None:
            return
        event.stop()
        event.prevent_default()
        if changed:
            self._workbench.set_custom(self.editor.last.kernel())
        self._touched = True
        self.show()

    def picked_weight(self, row: int, column: int) -> None:
        """A click on a weight: the edit goes there; else its product is written, and from a chosen input value the
        cell that it feeds through this weight is gone to."""
        if self._workbench is None or not self._ready:
            return
        from cnncore.lesson.contributions import conv_feeds

        if self.editor.on:
            try:
                if self.editor.go(row, column):
                    self._workbench.set_custom(self.editor.last.kernel())
            except CnnError as error:
                self._wrong = error_text(error)
            self.show()
            return
        walk = self.walk_of(self._workbench)
        if self.pixel.on:
            feeds = conv_feeds(walk.steps, walk.inputs, self.pixel.row, self.pixel.column)
            feed = next((feed for feed in feeds if (feed.tap_row, feed.tap_column) == (row, column)), None)
            if feed is None:
                self._done(_("Through this weight the value feeds no output cell."))
                return
            self._on_output()
            self.cursor.jump(feed.row, feed.column)
        columns = walk.steps.geometry.columns.window
        self.cursor.go_term(row * columns + column + 1)
        self._done()
