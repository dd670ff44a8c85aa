"""What the convolution and the pooling screen share: a cursor that walks an output, and the keys that move it.

One `Cursor` is the whole state, or while the hand is on the input one `Pixel`; `tui.walk.painter` draws
everything from it and from the workbench. A manual move pauses the clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from tui.app.workers import start_worker
from tui.i18n import N_, _
from tui.walk.clock import WalkClock
from tui.walk.predict import PredictBar
from tui.walk.words import BEGINNING, END, no_way
from tui.widgets.matrix import MatrixView
from tui.widgets.picture import PictureView

if TYPE_CHECKING:
    from cnncore.lesson.highlights import Highlight
    from tui.walk.workbench import ConvolutionWalk, Pair, PoolingWalk, Workbench

MOVE = Binding.Group(N_("Move"))
CLOCK = Binding.Group(N_("Play"))
CHOOSE = Binding.Group(N_("Choose"))
WINDOW = Binding.Group(N_("The window"))
AT_ONCE = 100_000  # values of an input whose places are found within a frame; of a larger one, in a thread


class WalkScreen(WalkClock):
    """The base of both; see the module."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(0, -1)", N_("Cell back"), show=False, group=MOVE),
        Binding("right", "move(0, 1)", N_("Cell"), key_display="<- ->", group=MOVE),
        Binding("up", "move(-1, 0)", N_("Row up"), show=False, group=MOVE),
        Binding("down", "move(1, 0)", N_("Row down"), show=False, group=MOVE),
        Binding("comma,backspace", "step(-1)", N_("One multiplication back"), show=False, group=MOVE),
        Binding("full_stop", "step(1)", N_("Multiply"), key_display=".", group=MOVE),
        Binding("enter", "enter", N_("Multiply, or from the input to an output cell"), show=False, group=MOVE),
        Binding("f", "finish_row(1)", N_("Finish the row"), show=False, group=MOVE),
        Binding("F", "finish_row(-1)", N_("Back to the row's beginning"), show=False, group=MOVE),
        Binding("home", "home", N_("To the beginning"), show=False, group=MOVE),
        Binding("end", "end", N_("To the end"), show=False, group=MOVE),
        Binding("g", "jump", N_("Jump to row, column"), show=False, group=MOVE),
        Binding("j", "interesting(1)", N_("Next interesting cell"), show=False, group=MOVE),
        Binding("J", "interesting(-1)", N_("Interesting cell before"), show=False, group=MOVE),
        Binding("tab", "other_end", N_("Hand on the input, or back"), key_display="Tab", show=False, group=MOVE),
        Binding("escape", "output_end", N_("Hand on the output"), show=False, group=MOVE),
        Binding("space", "play", N_("Play"), group=CLOCK),
        Binding("plus,equals_sign", "faster", N_("Faster"), show=False, group=CLOCK),
        Binding("minus,underscore", "slower", N_("Slower"), show=False, group=CLOCK),
        Binding("n,i", "sample(1)", N_("Picture"), group=CHOOSE),
        Binding("p,I,N", "sample(-1)", N_("Picture before"), show=False, group=CHOOSE),
        Binding("k", "kernel(1)", N_("Kernel"), group=CHOOSE),
        Binding("K", "kernel(-1)", N_("Kernel before"), show=False, group=CHOOSE),
        Binding("o", "app.open_picture", N_("Open"), group=CHOOSE),
        Binding("c", "channel(1)", N_("Grey, red, green or blue of a colour picture"), show=False, group=CHOOSE),
        Binding("C", "channel(-1)", N_("Colour channel before"), show=False, group=CHOOSE),
        Binding("w", "network", N_("Network kernels on or off"), show=False, group=CHOOSE),
        Binding("x", "export", N_("Export"), show=False, group=CHOOSE),
        Binding("v", "predict", N_("Predict, then reveal"), show=False, group=CHOOSE),
        Binding("s", "stride(1)", N_("Stride"), show=False, group=WINDOW),
        Binding("S", "ask_stride", N_("Stride, typed"), show=False, group=WINDOW),
        Binding("z", "padding", N_("Padding: valid, same, 1, 2"), show=False, group=WINDOW),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.dropped = ""
        """Why what was being typed was not taken when something else ended the edit; said with what comes next."""
        # The walk whose places are being looked for, and how many places on to go then. Any other key ends it.
        self._search: tuple[ConvolutionWalk | PoolingWalk, int] | None = None

    # The subclass's part.

    def place_text(self, place: Highlight) -> str:
        """Why a place is interesting."""
        raise NotImplementedError

    def kernel_notice(self) -> str:
        """What there is to say about a kernel just chosen."""
        return ""

    # What keys do.

    def on_key(self, event: events.Key) -> None:
        """What is typed before the first pictures are there waits for them, from the first key on that is for them."""
        early = self.cnn_app.workbench_loader.early_keys
        own = any(not each.action.startswith("app.") for each in self._bindings.key_to_bindings.get(event.key, ()))
        if early is not None and event.key != "q" and (early or own):
            early.append(event)
            event.stop()
            event.prevent_default()

    def _done(self, notice: str = "") -> None:
        self._touched, self._notice, self._wrong, self._search = True, notice, self.dropped, None
        self.dropped = ""
        self._set_clock()
        self.show()

    def say(self, text: str) -> None:
        self._done(text)

    def offers(self, action: str) -> bool:
        """Nothing plays while a value is to be guessed, nor where there is nothing to walk."""
        if action == "play":
            return not self._trouble and not self.predict.on
        return not self._trouble or not action.startswith(("move(", "step("))

    def _where(self) -> tuple[object, ...]:
        """All that a key which moves can change."""
        cursor, pixel = self.cursor, self.pixel
        return cursor.row, cursor.column, cursor.term, cursor.playing, cursor.speed, pixel.row, pixel.column, pixel.on

    def _try(self, act: Callable[[], None], why: Callable[[], str]) -> None:
        """Does what a key does; where that changes nothing, says why. Where there is nothing to walk, that is said."""
        if not self._ready:
            self._done()
            return
        before = self._where()
        act()
        self._done("" if self._where() != before or self.predict.on else why())

    def _on_output(self) -> None:
        """The hand is on the output again."""
        self.pixel.on = False

    def action_move(self, rows: int, columns: int) -> None:
        place = self.pixel if self.pixel.on else self.cursor
        self._try(lambda: place.move(rows, columns), lambda: no_way(self.cursor, self.pixel, rows))

    def action_step(self, terms: int) -> None:
        def step() -> None:
            self._on_output()
            self.cursor.step(terms)

        self._try(step, lambda: _(END if terms > 0 else BEGINNING))

    def action_finish_row(self, by: int) -> None:
        pixel = self.pixel
        if pixel.on:
            self._try(
                lambda: pixel.choose(pixel.row, pixel.columns if by > 0 else 0),
                lambda: _("This is the row's last value.") if by > 0 else _("This is the row's first value."),
            )
        else:
            self._try(lambda: self.cursor.finish_row(by), lambda: _(END if by > 0 else BEGINNING))

    def action_home(self) -> None:
        place = self.pixel if self.pixel.on else self.cursor
        self._try(place.home, lambda: _("This is the first value.") if self.pixel.on else _(BEGINNING))

    def action_end(self) -> None:
        place = self.pixel if self.pixel.on else self.cursor
        self._try(place.end, lambda: _("This is the last value.") if self.pixel.on else _(END))

    def action_play(self) -> None:
        if self._ready:
            self.end_edit()
            self._on_output()
            self.cursor.toggle()
        self._done()

    def action_faster(self) -> None:
        self._try(self.cursor.faster, lambda: _("It cannot go faster: - makes it slower."))

    def action_slower(self) -> None:
        self._try(self.cursor.slower, lambda: _("It cannot go slower: + makes it faster."))

    def action_interesting(self, by: int) -> None:
        """Goes to the next of the places worth a look, and says which it is and why."""
        if self._workbench is None or not self._ready:
            return
        self._on_output()
        walk = self.walk_of(self._workbench)
        if walk.inputs.size <= AT_ONCE or "places" in vars(walk):
            self._go_place(walk, by)
            return
        before = self._search[1] if self._search is not None and self._search[0] is walk else None
        self._done(_("Looking at every cell; any other key goes on without"))
        self._search = walk, by + (before or 0)
        if before is None:
            start_worker(self, self._look_for_places, walk, group="places", failed=self._search_failed)

    async def _look_for_places(self, walk: ConvolutionWalk | PoolingWalk) -> None:
        await asyncio.to_thread(lambda: walk.places)  # of a large photograph it takes a second
        if self._search is None or self._search[0] is not walk:
            return
        by, workbench = self._search[1], self._workbench if self._ready and self.app.screen is self else None
        if workbench is not None and self.walk_of(workbench) is walk:
            self._go_place(walk, by)
        else:
            self._done()

    def _search_failed(self, sentence: str) -> None:
        self._search = None
        self._done(sentence)

    def _go_place(self, walk: ConvolutionWalk | PoolingWalk, by: int) -> None:
        places = walk.places
        self._place = (self._place + by if self._place >= 0 else by - 1 if by > 0 else by) % len(places)
        self.cursor.jump(places[self._place].row, places[self._place].column)
        self._done(f"{self._place + 1}/{len(places)} {self.place_text(places[self._place])}")

    # The two ends.

    def action_other_end(self) -> None:
        """The hand goes to the input, to the middle of the window; or back."""
        if self._workbench is None or not self._ready:
            return
        if self.pixel.on:
            self._on_output()
        else:
            geometry = self.walk_of(self._workbench).steps.geometry
            rows, columns = geometry.rows.taps(self.cursor.row), geometry.columns.taps(self.cursor.column)
            self._choose_pixel(rows[len(rows) // 2], columns[len(columns) // 2])
        self._done()

    def action_output_end(self) -> None:
        if self.predict.on:
            self.action_predict()
        else:
            self._try(self._on_output, lambda: _("The hand is on the output: Tab takes it to the input."))

    def _choose_pixel(self, row: int, column: int) -> None:
        self.end_predict()
        self.cursor.pause()
        self.pixel.on = True
        self.pixel.choose(row, column)

    def action_enter(self) -> None:
        """From a chosen input value to the middle one of the output cells that it feeds; else one multiplication."""
        if not self.pixel.on:
            self.action_step(1)
            return
        if self._workbench is None or not self._ready:
            return
        geometry = self.walk_of(self._workbench).steps.geometry
        rows, columns = geometry.rows.feeds(self.pixel.row), geometry.columns.feeds(self.pixel.column)
        if rows and columns:
            self._on_output()
            self.cursor.jump(rows[len(rows) // 2], columns[len(columns) // 2])
            self._done()
        else:
            self._done(_("No window reaches this value: there is no output cell to go to."))

    # What is chosen.

    def action_sample(self, by: int) -> None:
        if self._workbench is not None and self._workbench.samples:
            self._workbench.next_sample(by)
        self._done()
        if self._ready and self.cursor.cells == 1:  # one cell alone is to be worked out, not to be found finished
            self.cursor.home()
            self._done()

    def action_channel(self, by: int) -> None:
        if self._workbench is None or not self._workbench.samples:
            return
        if self._workbench.sample.channels:
            self._workbench.set_channel(self._workbench.sample.channel + by)
            self._done()
        else:
            self._done(_("This picture has no colours: its grey is all there is."))

    def action_kernel(self, by: int) -> None:
        self.end_edit()
        workbench = self._workbench
        if workbench is None:
            return
        before = workbench.choice
        workbench.next_kernel(by)
        alone = workbench.choice == before
        self._done(_("The network has this one kernel: w goes back to the others.") if alone else self.kernel_notice())

    def action_network(self) -> None:
        if self._workbench is None:
            return
        self.end_edit()
        self._done()
        if self._workbench.layer is None or self.cnn_app.workbench_loader.layer_is_old():
            self.say(_("Reading the network's kernels"))
            self.cnn_app.workbench_loader.load_layer()
        else:
            self._workbench.toggle_network()
            self.show()

    @property
    def walked_workbench(self) -> Workbench | None:
        """The workbench, where there is something to walk."""
        return self._workbench if self._ready else None

    def spoken(self) -> Sequence[str]:
        from tui.walk.spoken import spoken

        return spoken(self)

    def action_export(self) -> None:
        from tui.walk.export import open_menu

        open_menu(self)

    def palette_commands(self) -> Iterable[SystemCommand]:
        from tui.walk.export import palette_commands

        yield SystemCommand(_("Predict, then reveal"), _("Type the value before it is shown"), self.action_predict)
        yield from palette_commands(self)

    def action_predict(self) -> None:
        if self.predict.on:
            self.end_predict()
        elif self._ready:
            self.end_edit()
            self._on_output()
            self.predict.toggle()
            self.query_one(PredictBar).clear()
        self._done()

    def end_predict(self) -> None:
        """Something else begins: the value at hand is no longer to be guessed."""
        if self.predict.on:
            self.predict.toggle()
            self.query_one(PredictBar).clear()
            self.set_focus(None)

    def on_predict_bar_answered(self, event: PredictBar.Answered) -> None:
        if self._workbench is not None and self._ready:
            self.predict.answer(event.text, self.walk_of(self._workbench))
            event.bar.clear()
        self._done()

    def action_jump(self) -> None:
        from tui.app.dialogs import ask_position

        if not self._ready:
            self._done()
            return
        limits = self.pixel if self.pixel.on else self.cursor
        rows, columns = limits.rows, limits.columns

        def arrived(target: tuple[int, int] | None) -> None:
            if target is not None:
                if self.pixel.on:
                    self.pixel.choose(*target)
                else:
                    self.cursor.jump(*target)
                self._done()

        self.app.push_screen(ask_position(rows, columns), arrived)

    def ask_pair(self, heading: str, now: Pair, take: Callable[[Pair], None]) -> None:
        """Asks for one number or two, rows and columns, and hands them to `take`."""
        from tui.app.dialogs import AskLine, typed_pair

        def answered(pair: Pair | None) -> None:
            if pair is not None:
                take(pair)

        self.app.push_screen(
            AskLine(
                heading,
                _("One number, or two: rows, columns. For example: 2 or 2, 1"),
                typed_pair,
                f"{now[0]}" if now[0] == now[1] else f"{now[0]}, {now[1]}",
            ),
            answered,
        )

    def moved_window(self) -> None:
        """The window moves otherwise: draws, and says what became of the output's size."""
        if self._workbench is None:
            return
        self._done()
        if self._ready:
            from tui.walk.sizes import size_news

            walk = self.walk_of(self._workbench)
            size, _values = self.facts(walk)
            room = 2 * self.size.width - 20  # two lines, less what they lose between words
            if news := size_news(walk.steps.geometry, size, self._facts, room):  # there was no room for it
                self._notice = news
                self.show()

    # Clicks.

    def on_matrix_view_picked(self, event: MatrixView.Picked) -> None:
        if event.view.id == "kernel":
            self.picked_weight(event.row, event.column)
        else:
            self._picked(event.view.id == "output-matrix", event.row, event.column)

    def on_picture_view_picked(self, event: PictureView.Picked) -> None:
        self._picked(event.view.id == "output-picture", event.row, event.column)

    def picked_weight(self, row: int, column: int) -> None:
        """A weight was clicked."""

    def _picked(self, output: bool, row: int, column: int) -> None:
        """An output cell is gone to; an input value is chosen, and what it feeds lights up."""
        if self._workbench is None or not self._ready:
            return
        if output:
            self._on_output()
            self.cursor.jump(row, column)
        else:
            self._choose_pixel(row, column)
        self._done()
