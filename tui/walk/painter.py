"""How a walk is drawn: what the convolution and the pooling screen show of a cursor, a workbench and a hand.

`show()` draws everything anew from that state; it changes none of it. What keys and clicks do is in
`tui.walk.screen`. Nothing here brings numpy before the first paint.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.timer import Timer

from cnncore.errors import CnnError
from tui.app.screen import FrameScreen, current_palette
from tui.drawing.fitting import first_fit, span
from tui.i18n import N_, _, error_text
from tui.walk.cursor import Cursor, Pixel
from tui.walk.kernel_editor import KernelEditor
from tui.walk.layout import Layout, arrange, facts_lines
from tui.walk.maps_view import MapsView
from tui.walk.predict import Predict, PredictBar
from tui.walk.view import begin_at, misplaced
from tui.widgets.matrix import MatrixView
from tui.widgets.message import MessageLine
from tui.widgets.picture import PictureView
from tui.widgets.rows import Box, TextRows
from tui.widgets.title import Title

if TYPE_CHECKING:
    from tui.drawing.matrix import Matrix
    from tui.walk.kernel_maps import Tile
    from tui.walk.workbench import ConvolutionWalk, PoolingWalk, Workbench


FEWEST_NUMBERS = 3
"""Lines of numbers: a window's."""
ROOMY = 30
"""The lines of a terminal that can spare one for what there is to say now and then."""


class WalkView(FrameScreen):
    """See the module. A subclass says what is walked and what the panel and the strip say."""

    padding_counts = True
    """Whether what is outside the input is zeros, or nothing at all."""
    HINT: ClassVar[str] = N_("-> next cell, . next product, Space plays, ? explains this and has all keys")
    """What to press first, until something was pressed."""

    DEFAULT_CSS = """
    WalkView #status { height: 1; }
    WalkView #main { layout: horizontal; }
    WalkView #panel { padding-left: 1; }
    WalkView #panel-text { height: 1fr; }
    WalkView #kernel { height: 3; }
    WalkView #maps { display: none; }
    WalkView #facts { height: 1; }
    WalkView #strip { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.cursor = Cursor()
        self.predict = Predict(self.cursor)
        self.pixel = Pixel()
        self.editor = KernelEditor()
        self._workbench: Workbench | None = None
        self._seen = -1
        self._trouble = ""
        self._wrong = ""
        self._notice = ""
        self._touched = False
        self._place = -1
        self._clock: Timer | None = None
        self._layout: Layout | None = None
        self._facts: list[str] = []
        self._foot = (False, False, False)
        """Whether there is nothing to walk, a value is to be guessed, a kernel is edited, as the foot was drawn."""

    # The subclass's part.

    def walk_of(self, workbench: Workbench) -> ConvolutionWalk | PoolingWalk:
        """What is walked. May raise `CnnError`, whose sentence is then shown."""
        raise NotImplementedError

    def terms_of(self, walk: Any) -> int:
        """How many steps a cell has."""
        raise NotImplementedError

    def panel_title(self, walk: Any, step: Any) -> tuple[str, str]:
        raise NotImplementedError

    def panel_text(self, walk: Any, step: Any, width: int, height: int) -> Text:
        raise NotImplementedError

    def feeds_panel(self, walk: Any, width: int, height: int) -> Text:
        """What the chosen input value goes into."""
        raise NotImplementedError

    def strip_text(self, walk: Any, step: Any) -> Text:
        raise NotImplementedError

    def facts(self, walk: Any) -> tuple[tuple[str, str], tuple[str, str]]:
        """What holds for the whole map: its size, and what becomes of its values, each long and short."""
        raise NotImplementedError

    def kernel_matrix(self, walk: Any, step: Any) -> Matrix | None:  # noqa: ARG002
        """The weights above the panel's text, if there are any."""
        return None

    def lesson(self, walk: Any, step: Any) -> str:  # noqa: ARG002
        """A sentence that belongs to this very step; "" for none."""
        return ""

    def input_cell(self, step: Any) -> tuple[int, int] | None:
        """The input value at hand."""
        raise NotImplementedError

    def maps(self, workbench: Workbench) -> tuple[list[Tile], int]:  # noqa: ARG002
        """The maps to show side by side, and which of them is walked."""
        return [], 0

    # Composition.

    def compose_body(self) -> ComposeResult:
        yield TextRows(id="status", indent=1)
        with Box(id="main"):
            with Box(id="left"):
                yield Title(id="input-title")
                yield PictureView(id="input-picture")
                yield MatrixView(id="input-matrix")
            with Box(id="right"):
                yield Title(id="output-title")
                yield PictureView(id="output-picture")
                yield MatrixView(id="output-matrix")
            with Box(id="panel"):
                yield Title(id="panel-title")
                yield MatrixView(id="kernel", labels=False)
                yield TextRows(id="panel-text")
        yield MapsView(id="maps")
        yield TextRows(id="facts", indent=1)
        yield TextRows(id="strip")
        yield PredictBar()
        yield MessageLine(id="message", indent=1)

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self.show)

    def retranslate(self) -> None:
        self._say_cramped()
        self.refresh_frame()
        for widget in self.query("Title, MatrixView, PictureView, MapsView"):
            widget.refresh()
        self.show()

    @property
    def trouble(self) -> str:
        """Why there is nothing to walk."""
        return self._trouble

    @property
    def said(self) -> str:
        """What was last said of what was done."""
        return self._wrong or self._notice or self.predict.verdict

    @property
    def _ready(self) -> bool:
        """Whether there is something to walk."""
        return self._workbench is not None and bool(self._workbench.samples) and not self._trouble

    def _set_clock(self) -> None:
        """The clock runs while the cursor plays."""
        raise NotImplementedError

    # Drawing.

    def show(self) -> None:
        """Draws everything from the cursor and the workbench, and the foot where other keys are of use than before."""
        self._show()
        foot = (bool(self._trouble), self.predict.on, self.editor.on)
        if foot != self._foot:
            self._foot = foot
            self.refresh_frame()

    def _show(self) -> None:
        workbench = self._workbench
        if workbench is None or not workbench.samples or not self.is_mounted:
            return

        try:
            walk = self.walk_of(workbench)
        except CnnError as error:
            from tui.walk.words import too_small

            self._trouble = too_small(error, workbench, pooling=not self.padding_counts)
            self._show_nothing(workbench)
            return
        self._trouble = ""
        if self._seen != workbench.version:
            first, self._seen = self._seen < 0, workbench.version
            self._place = -1
            self.cursor.fit(walk.steps.rows, walk.steps.columns, self.terms_of(walk))
            self.pixel.fit(*walk.inputs.shape)
            if first:
                started_here = self.cnn_app.current_mode == self.app.DEFAULT_MODE
                begin_at(self.cnn_app.options.view, self.cursor, self.pixel if started_here else None)
                wrong = misplaced(self.cnn_app.options.view, walk.steps.rows, walk.steps.columns)
                if started_here and wrong is not None:
                    self._wrong = f"--at: {error_text(wrong)}"
            self._set_clock()
        self.predict.hold(workbench.version)
        self._show_walk(workbench, walk)

    def _show_nothing(self, workbench: Workbench) -> None:
        self.cursor.pause()
        self.pixel.on = False
        self._set_clock()
        for name in ("#output-matrix", "#kernel"):
            self.query_one(name, MatrixView).show(None)
        self.query_one("#output-picture", PictureView).show(None)
        for name in ("#panel-text", "#strip", "#facts"):
            self._say(name, "")
        for title in self.query(Title):
            title.text = title.note = ""
        self.query_one("#maps", MapsView).display = False
        self._show_input_alone(workbench)
        if self.editor.on and self._layout is not None:  # the way back is the way it came
            self._show_draft(self._layout)
        self._say("#status", self._status_text(workbench))
        self._show_message("")
        self.speak()

    def inputs_alone(self, workbench: Workbench) -> tuple[Any, Any] | None:
        """What would be walked, and its grey levels, where no window fits it; None where not even that is there."""
        raise NotImplementedError

    def _show_input_alone(self, workbench: Workbench) -> None:
        """What there is, though no window fits it, and that nothing comes of it."""
        from tui.drawing.picture import Picture
        from tui.walk.matrices import values_matrix

        found = self.inputs_alone(workbench)
        picture, matrix = self.query_one("#input-picture", PictureView), self.query_one("#input-matrix", MatrixView)
        if found is None:
            picture.show(None)
            matrix.show(None)
            return
        values, levels = found
        rows, columns = values.shape
        width, height = self.size
        layout = arrange(width, height - 6 - self.words_lines, (rows, columns), (1, 1))
        self._size_columns(layout)
        picture.show(Picture(levels, layout.input_scale))
        matrix.show(values_matrix(values))
        self.query_one("#input-title", Title).say(_("Input"), f"{rows} x {columns}")
        self.query_one("#output-title", Title).say(_("Output"), _("none"))

    def _show_walk(self, workbench: Workbench, walk: ConvolutionWalk | PoolingWalk) -> None:
        step = walk.steps[self.cursor.index]
        self.query_one(PredictBar).show(self.predict, self.cursor.row, self.cursor.column)
        quiet = self.pixel.on or self.editor.on or self.predict.on
        self._show_message(self.predict.verdict or ("" if quiet else self.lesson(walk, step)))
        tiles, current = self.maps(workbench)
        layout = self._layout = self._arrange(walk, tiles, current)
        if self.pixel.on:
            self._show_from_input(walk, layout)
        else:
            self._show_from_output(walk, step, layout)
        if self.editor.on:
            self._show_draft(layout)
        else:
            self._show_panel(walk, step, layout)
        self._say("#strip", self.pixel_strip(walk) if self.pixel.on else self.strip_text(walk, step))
        self._say("#status", self._status_text(workbench))
        self.speak()

    def _show_from_output(self, walk: ConvolutionWalk | PoolingWalk, step: Any, layout: Layout) -> None:
        """The cell at hand and its receptive field."""
        from tui.drawing.picture import Picture
        from tui.walk.matrices import values_matrix, window_of

        cursor, geometry = self.cursor, walk.steps.geometry
        here = (cursor.row, cursor.column)
        # While the kernel is edited, what it makes is seen at once.
        revealed = None if self.editor.on else cursor.finished
        window, lit = window_of(geometry, *here)
        self.query_one("#input-picture", PictureView).show(
            Picture(walk.input_levels, layout.input_scale, window=window, lit=lit)
        )
        self.query_one("#output-picture", PictureView).show(
            Picture(walk.output_levels, layout.output_scale, cell=here, revealed=revealed)
        )
        self.query_one("#input-matrix", MatrixView).show(
            values_matrix(
                walk.inputs,
                geometry,
                window=window,
                lit=lit,
                cell=self.input_cell(step),
                padding_counts=self.padding_counts,
            )
        )
        self.query_one("#output-matrix", MatrixView).show(
            values_matrix(walk.output, cell=here, revealed=revealed, asked=self.predict.asking)
        )
        rows, columns = walk.inputs.shape
        self._show_titles(
            walk,
            layout,
            (
                f"{rows} x {columns} [{span(window[0], window[2])}, {span(window[1], window[3])}]",
                f"{rows} x {columns} [{window[0]}, {window[1]}]",  # of a window that takes too many digits, its start
                f"[{window[0]}, {window[1]}]",
            ),
            f"[{here[0]}, {here[1]}]",
        )

    def _show_from_input(self, walk: ConvolutionWalk | PoolingWalk, layout: Layout) -> None:
        """The chosen input value and every output cell that it feeds."""
        from tui.drawing.picture import Picture
        from tui.walk.matrices import fed_by, values_matrix

        pixel, geometry = self.pixel, walk.steps.geometry
        here = (pixel.row, pixel.column)
        fed = fed_by(geometry, *here)
        window, lit = fed or (None, None)
        spot = (here[0], here[1], here[0] + 1, here[1] + 1)
        self.query_one("#input-picture", PictureView).show(Picture(walk.input_levels, layout.input_scale, window=spot))
        self.query_one("#output-picture", PictureView).show(
            Picture(walk.output_levels, layout.output_scale, window=window, lit=lit, output=True)
        )
        self.query_one("#input-matrix", MatrixView).show(
            values_matrix(walk.inputs, geometry, cell=here, padding_counts=self.padding_counts)
        )
        self.query_one("#output-matrix", MatrixView).show(values_matrix(walk.output, window=window, lit=lit))
        place = f"[{here[0]}, {here[1]}]"
        rows, columns = walk.inputs.shape
        cells = "" if window is None else f"[{span(window[0], window[2])}, {span(window[1], window[3])}]"
        self._show_titles(walk, layout, (f"{rows} x {columns} {place}", place), cells)

    def _show_titles(
        self, walk: ConvolutionWalk | PoolingWalk, layout: Layout, input_notes: tuple[str, ...], place: str
    ) -> None:
        name = _("Input")
        note = first_fit(layout.input_width - cell_len(name) - 2, *input_notes)
        self.query_one("#input-title", Title).say(name, note)
        name, size = _("Output"), f"{walk.steps.rows} x {walk.steps.columns}"
        note = first_fit(layout.output_width - cell_len(name) - 2, f"{size} {place}", place)
        self.query_one("#output-title", Title).say(name, note)

    def _show_panel(self, walk: ConvolutionWalk | PoolingWalk, step: Any, layout: Layout) -> None:
        self.query_one("#panel-title", Title).say(*self.panel_title(walk, step))
        # Its size is the layout's to come, not the one it had at the last paint.
        width, height = layout.panel_width - 1, layout.picture_lines + layout.matrix_lines
        height -= self._show_kernel(self.kernel_matrix(walk, step), height)
        text = self.feeds_panel(walk, width, height) if self.pixel.on else self.panel_text(walk, step, width, height)
        self._say("#panel-text", text)

    def _show_draft(self, layout: Layout) -> None:
        from tui.walk.kernel_panel import draft_matrix, draft_text

        self.query_one("#panel-title", Title).say(_("Edit kernel"))
        height = layout.picture_lines + layout.matrix_lines
        height -= self._show_kernel(draft_matrix(self.editor), height)
        self._say("#panel-text", draft_text(self.editor, layout.panel_width - 1, height, current_palette(self)))

    def _show_kernel(self, matrix: Matrix | None, height: int) -> int:
        """Draws the kernel and returns how many lines it takes: what is too large for a third of them scrolls."""
        view = self.query_one("#kernel", MatrixView)
        view.display = matrix is not None
        if matrix is None:
            return 0
        lines = min(matrix.rows, max(3, height // 3))
        view.styles.height = lines
        view.show(matrix)
        return lines

    def _arrange(self, walk: ConvolutionWalk | PoolingWalk, tiles: list[Tile], current: int) -> Layout:
        """Divides the screen: a second line of facts only where it costs the pictures nothing."""
        from tui.walk.kernel_maps import tile_lines

        width, height = self.size
        inputs, output = walk.inputs.shape, (walk.steps.rows, walk.steps.columns)
        maps = tile_lines(tiles) if tiles else 0
        height -= 5 + maps  # header, footer, status, facts, strip
        layout = arrange(width, height, inputs, output)
        size, values = self.facts(walk)
        # Of a small map, how many values are clipped or 0 gives away the one that is asked for.
        long, short = facts_lines(size, ("", "") if self.predict.on else values, width - 2)
        smaller = arrange(width, height - 1, inputs, output) if len(long) > len(short) else layout
        facts = short
        if smaller.input_scale == layout.input_scale and smaller.matrix_lines >= 3:
            layout, facts = smaller, long
        # What comes and goes takes from the numbers, and where they are few the facts' line, but not from the pictures.
        notes = self.words_lines + self.query_one(MessageLine).lines + self.predict.on
        if layout.matrix_lines - notes < FEWEST_NUMBERS and notes:
            notes, facts = notes - len(facts), []
        if layout.matrix_lines > notes:
            layout = replace(layout, matrix_lines=layout.matrix_lines - notes)
        else:
            layout = arrange(width, height - notes, inputs, output)
        self._facts = facts
        view = self.query_one("#facts", TextRows)
        view.styles.height = len(facts)
        self._say("#facts", Text("\n".join(facts), current_palette(self).faint, no_wrap=True, overflow="ellipsis"))
        row = self.query_one("#maps", MapsView)
        row.display = bool(tiles)
        row.styles.height = maps
        if tiles:
            row.show(tiles, current)
        self._size_columns(layout)
        return layout

    def _size_columns(self, layout: Layout) -> None:
        """Gives the columns and the pictures their sizes."""
        left = self.query_one("#left")
        left.styles.width = layout.margin + layout.input_width
        left.styles.padding = (0, 0, 0, layout.margin)
        self.query_one("#right").styles.width = layout.output_width
        self.query_one("#panel").styles.width = layout.panel_width
        for name in ("#input-picture", "#output-picture"):
            self.query_one(name).styles.height = layout.picture_lines

    def _status_text(self, workbench: Workbench) -> Text:
        from tui.drawing.numbers import among
        from tui.walk.status import status_text

        colours = current_palette(self)
        if self.pixel.on:
            state = _("Tab: hand on the input"), colours.notice
        elif self.cursor.playing:
            state = _("> playing"), colours.fed
        else:
            state = _("|| paused"), colours.notice
        place = among(workbench.sample_index, len(workbench.samples))
        return status_text(workbench.sample, place, state, self.cursor.speed, self.size.width - 2, colours)

    def pixel_strip(self, walk: ConvolutionWalk | PoolingWalk) -> Text:
        from tui.walk.kernel_panel import pixel_strip as strip_of
        from tui.walk.matrices import fed_by

        row, column = self.pixel.row, self.pixel.column
        fed = fed_by(walk.steps.geometry, row, column)
        value = walk.inputs[row, column].item()
        return strip_of(row, column, value, None if fed is None else fed[1], current_palette(self), self.size.width)

    def _say(self, name: str, text: Text | str) -> None:
        """Fills a box whose size the layout has set: nothing else needs to be arranged anew for it."""
        self.query_one(name, TextRows).update(text)

    def _show_message(self, lesson: str) -> None:
        """The line below the strip: what went wrong, else what was just done, else the lesson, else the hint."""
        colours = current_palette(self)
        hint = "" if self._touched or self.editor.on else _(self.HINT)
        text = self._trouble or self._wrong or self._notice or lesson or hint
        bad = self._trouble or self._wrong
        style = colours.negative if bad else colours.notice if self._notice or lesson else colours.faint
        # Where there is room, its line stays when the words go, so that nothing moves, nor is arranged anew.
        self.query_one(MessageLine).say(text, style, self.size.width, stays=self.size.height >= ROOMY)

    def workbench_changed(self, notice: str) -> None:
        self._notice = notice
        self.show()
