"""The state of a walking screen, without the screen: the workbench, the cursors, the prediction, the kernel editor,
and the messages.

A method carries out a key and leaves a sentence in `notice`: the result, or the reason why nothing changed. The screen
then redraws; the painter reads everything from here. No Textual, no drawing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cnncore.errors import CnnError
from tui.i18n import _, error_text
from tui.walk.cursor import Cursor, PixelCursor
from tui.walk.kernel_editor import KernelEditor
from tui.walk.operation import Operation
from tui.walk.prediction import Prediction
from tui.walk.view import NOTHING_SAID, View, begin_at, misplaced
from tui.walk.words import BEGINNING, END, no_way, too_small

if TYPE_CHECKING:
    from tui.walk.walks import Walk
    from tui.walk.workbench import Workbench

SEARCHED_AT_ONCE = 100_000
"""Values of the largest input whose highlights are found within a frame; a thread searches a larger one."""


class WalkState:
    """See the module."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.workbench: Workbench | None = None
        """None until after the first paint: it loads numpy."""
        self.cursor = Cursor()
        self.pixel = PixelCursor()
        self.prediction = Prediction(self.cursor)
        self.editor = KernelEditor()
        self.obstacle = ""
        """The reason why there is nothing to walk."""
        self.error = ""
        """The reason why typed text was refused."""
        self.notice = ""
        """The sentence about the last key."""
        self.touched = False
        """True once a key was pressed: the hint goes."""
        self.describe_kernels = False
        """True if a notice has to describe a newly chosen kernel, because the panel has no room to."""
        self._refused_edit = ""
        self._start = NOTHING_SAID
        self._start_here = False
        self._version = -1
        self._highlight = -1
        # The walk being searched for highlights, and how many to go on by afterwards. Any other key ends the search.
        self._search: tuple[Walk, int] | None = None

    # The walk.

    def begin(self, workbench: Workbench, start: View, *, here: bool) -> None:
        """Take the workbench. `start` is what the command line asked for; `here` is true on the screen it opens."""
        self.workbench, self._start, self._start_here = workbench, start, here

    @property
    def ready(self) -> bool:
        """True if there is something to walk."""
        return self.workbench is not None and bool(self.workbench.samples) and not self.obstacle

    @property
    def bench(self) -> Workbench:
        """The workbench; use it only where it exists."""
        assert self.workbench is not None
        return self.workbench

    def walk(self) -> Walk:
        """Return the current walk. Raises `CnnError` if the window does not fit."""
        return self.operation.walk(self.bench)

    def follow_workbench(self) -> Walk | None:
        """Return the walk to draw, with the cursors fitted to it; None, with `obstacle` set, if there is none."""
        workbench = self.bench
        try:
            walk = self.walk()
        except CnnError as error:
            self.obstacle = too_small(error, workbench, self.operation.name)
            self.cursor.pause()
            self.pixel.on = False
            return None
        self.obstacle = ""
        if self._version != workbench.version:
            first, self._version = self._version < 0, workbench.version
            self._highlight = -1
            self.cursor.fit(walk.steps.rows, walk.steps.columns, walk.terms)
            self.pixel.fit(*walk.inputs.shape)
            if first:
                self._go_to_start(walk)
        self.prediction.hold(workbench.version)
        return walk

    def _go_to_start(self, walk: Walk) -> None:
        begin_at(self._start, self.cursor, self.pixel if self._start_here else None)
        wrong = misplaced(self._start, walk.steps.rows, walk.steps.columns)
        if self._start_here and wrong is not None:
            self.error = f"--at: {error_text(wrong)}"

    # What there is to say.

    @property
    def said(self) -> str:
        """The sentence about the last action."""
        return self.error or self.notice or self.prediction.verdict

    def say(self, notice: str = "") -> None:
        """Record that a key was handled; `notice` stands until the next one."""
        self.touched, self.notice, self.error, self._search = True, notice, self._refused_edit, None
        self._refused_edit = ""

    def _position(self) -> tuple[object, ...]:
        cursor, pixel = self.cursor, self.pixel
        return cursor.row, cursor.column, cursor.term, cursor.playing, cursor.speed, pixel.row, pixel.column, pixel.on

    def _attempt(self, act: Callable[[], None], why_not: Callable[[], str]) -> None:
        """Call `act`; if it changes no position, say why not. Without a walk the screen says why already."""
        if not self.ready:
            self.say()
            return
        before = self._position()
        act()
        self.say("" if self._position() != before or self.prediction.on else why_not())

    # Moving.

    @property
    def moving(self) -> Cursor | PixelCursor:
        """The cursor that the arrows move."""
        return self.pixel if self.pixel.on else self.cursor

    def leave_input(self) -> None:
        """Put the cursor back on the output."""
        self.pixel.on = False

    def move(self, rows: int, columns: int) -> None:
        cursor = self.moving
        self._attempt(lambda: cursor.move(rows, columns), lambda: no_way(self.cursor, self.pixel, rows))

    def step(self, terms: int) -> None:
        def act() -> None:
            self.leave_input()
            self.cursor.step(terms)

        self._attempt(act, lambda: _(END if terms > 0 else BEGINNING))

    def finish_row(self, by: int) -> None:
        pixel = self.pixel
        if pixel.on:
            self._attempt(
                lambda: pixel.jump(pixel.row, pixel.columns if by > 0 else 0),
                lambda: _("This is the row's last value.") if by > 0 else _("This is the row's first value."),
            )
        else:
            self._attempt(lambda: self.cursor.finish_row(by), lambda: _(END if by > 0 else BEGINNING))

    def home(self) -> None:
        self._attempt(self.moving.home, lambda: _("This is the first value.") if self.pixel.on else _(BEGINNING))

    def end(self) -> None:
        self._attempt(self.moving.end, lambda: _("This is the last value.") if self.pixel.on else _(END))

    def jump(self, row: int, column: int) -> None:
        self.moving.jump(row, column)
        self.say()

    def play(self) -> None:
        if self.ready:
            self.end_edit()
            self.leave_input()
            self.cursor.toggle()
        self.say()

    def faster(self) -> None:
        self._attempt(self.cursor.faster, lambda: _("This is the highest speed: - makes it slower."))

    def slower(self) -> None:
        self._attempt(self.cursor.slower, lambda: _("This is the lowest speed: + makes it faster."))

    # The input.

    def toggle_input(self) -> None:
        """Move the cursor to the input, to the middle of the window; or back."""
        if not self.ready:
            return
        if self.pixel.on:
            self.leave_input()
        else:
            geometry = self.walk().steps.geometry
            rows, columns = geometry.rows.taps(self.cursor.row), geometry.columns.taps(self.cursor.column)
            self._choose_pixel(rows[len(rows) // 2], columns[len(columns) // 2])
        self.say()

    def to_output(self) -> None:
        """End the prediction; otherwise move the cursor back to the output."""
        if self.prediction.on:
            self.toggle_prediction()
        else:
            self._attempt(self.leave_input, lambda: _("The cursor is on the output: Tab moves it to the input."))

    def enter(self) -> None:
        """Go from an input value to the middle one of the output cells it feeds; on the output, show one product."""
        if not self.pixel.on:
            self.step(1)
            return
        if not self.ready:
            return
        geometry = self.walk().steps.geometry
        rows, columns = geometry.rows.feeds(self.pixel.row), geometry.columns.feeds(self.pixel.column)
        if rows and columns:
            self.leave_input()
            self.cursor.jump(rows[len(rows) // 2], columns[len(columns) // 2])
            self.say()
        else:
            self.say(_("No window reaches this value: there is no output cell to go to."))

    def _choose_pixel(self, row: int, column: int) -> None:
        self.prediction.stop()
        self.cursor.pause()
        self.pixel.on = True
        self.pixel.jump(row, column)

    def pick(self, row: int, column: int, *, output: bool) -> None:
        """Go to a clicked output cell, or choose a clicked input value."""
        if not self.ready:
            return
        if output:
            self.leave_input()
            self.cursor.jump(row, column)
        else:
            self._choose_pixel(row, column)
        self.say()

    # Highlights.

    def next_highlight(self, by: int) -> Walk | None:
        """Go to the next output cell worth a look. Return a large walk to search in a thread before that."""
        if not self.ready:
            return None
        self.leave_input()
        walk = self.walk()
        if walk.inputs.size <= SEARCHED_AT_ONCE or "highlights" in vars(walk):
            self._go_to_highlight(walk, by)
            return None
        before = self._search[1] if self._search is not None and self._search[0] is walk else None
        self.say(_("Searching every cell; any other key cancels"))
        self._search = walk, by + (before or 0)
        return walk if before is None else None

    def highlights_found(self, walk: Walk, *, in_front: bool) -> bool:
        """Go on after a search, unless another key ended it. Return false if there is nothing to redraw."""
        if self._search is None or self._search[0] is not walk:
            return False
        by = self._search[1]
        if self.ready and in_front and self.walk() is walk:
            self._go_to_highlight(walk, by)
        else:
            self.say()
        return True

    def _go_to_highlight(self, walk: Walk, by: int) -> None:
        count = len(walk.highlights)
        self._highlight = (self._highlight + by if self._highlight >= 0 else by - 1 if by > 0 else by) % count
        highlight = walk.highlights[self._highlight]
        self.cursor.jump(highlight.row, highlight.column)
        why = self.operation.highlight_text(self.bench, highlight)
        self.say(f"{self._highlight + 1}/{count} {why}")

    # Prediction.

    def toggle_prediction(self) -> None:
        if self.prediction.on:
            self.prediction.stop()
        elif self.ready:
            self.end_edit()
            self.leave_input()
            self.prediction.start()
        self.say()

    def answer(self, text: str) -> None:
        """Judge a typed prediction."""
        if self.ready:
            self.prediction.answer(text, self.walk())
        self.say()

    # Pictures and kernels.

    def next_sample(self, by: int) -> None:
        if self.workbench is not None and self.workbench.samples:
            self.workbench.next_sample(by)
        self.say()

    def next_channel(self, by: int) -> None:
        workbench = self.workbench
        if workbench is None or not workbench.samples:
            return
        if workbench.sample.channels:
            workbench.set_channel(workbench.sample.channel + by)
            self.say()
        else:
            self.say(_("This picture is grey: it has no colour channels."))

    def next_kernel(self, by: int) -> None:
        self.end_edit()
        if self.workbench is None:
            return
        before = self.workbench.choice
        self.workbench.next_kernel(by)
        if self.workbench.choice == before:
            self.say(_("The network has only this kernel: w goes back to the others."))
        else:
            self._say_kernel()

    def _say_kernel(self) -> None:
        self.say(self.operation.kernel_description(self.bench) if self.describe_kernels else "")

    def end_edit(self) -> None:
        """Leave the kernel editor, if it is on, and accept the text being typed."""
        if not self.editor.on:
            return
        try:
            if self.editor.key("e", None):
                self.bench.set_custom(self.editor.last.kernel())
        except CnnError as error:
            self.editor.leave()
            self._refused_edit = error_text(error)  # shown by the next `say`

    # Maps side by side.

    def toggle_map(self) -> None:
        if self.workbench is not None:
            self.workbench.toggle_map()
        self.say()

    def toggle_all_maps(self) -> None:
        if self.workbench is not None:
            self.workbench.toggle_all_maps()
        self.say()

    def next_map(self, by: int) -> None:
        self.end_edit()
        workbench = self.workbench
        if workbench is None:
            return
        before = workbench.choice
        workbench.next_map(by)
        if workbench.choice != before:
            self._say_kernel()
        elif workbench.maps:
            self.say(_("This is the only map shown: k and m add another, M shows all."))
        else:
            self.say(_("No maps are shown: m shows this kernel's, M shows all."))

    def choose_map(self, index: int) -> None:
        """Select the kernel of a clicked map."""
        self.end_edit()
        self.bench.choose(self.bench.shown_maps[index])
        self._say_kernel()
