"""Draws a walk: copies a `WalkState` into the widgets of its screen, and never changes the state.

It loads numpy, so the screen imports it after the first paint.
"""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len
from rich.text import Text

from tui.app.screen import FrameScreen, current_palette
from tui.drawing.fitting import first_fit, span
from tui.drawing.matrix import Matrix
from tui.drawing.numbers import among
from tui.drawing.picture import Picture
from tui.i18n import _
from tui.walk.feeds import input_strip
from tui.walk.kernel_maps import Tile, tile_lines
from tui.walk.kernel_panel import draft_matrix, draft_text
from tui.walk.layout import FRAME_LINES, Layout, arrange, divide
from tui.walk.maps_view import MapsView
from tui.walk.matrices import fed_cells, values_matrix, window_of
from tui.walk.panel import panel_of
from tui.walk.predict_bar import PredictBar
from tui.walk.sizes import size_news
from tui.walk.state import WalkState
from tui.walk.status import status_text
from tui.walk.walks import Walk
from tui.widgets.matrix import MatrixView
from tui.widgets.message import MessageLine
from tui.widgets.picture import PictureView
from tui.widgets.rows import TextRows
from tui.widgets.title import Title

ROOMY = 30
"""The lines of a terminal that can spare one for an occasional message."""


class Painter:
    """Draws one state into one screen."""

    def __init__(self, screen: FrameScreen, state: WalkState) -> None:
        self._screen = screen
        self._state = state
        self._panel = panel_of(state)
        self._layout: Layout | None = None
        self._facts: list[str] = []

    def paint(self, walk: Walk | None) -> None:
        """Draw the walk; without one, draw the input, if any, and the reason."""
        if walk is None:
            self._paint_nothing()
        else:
            self._paint_walk(walk)

    def size_news(self, walk: Walk) -> str:
        """Return the facts about the output's size for which the facts' line has no room."""
        size, _values = self._panel.facts(walk)
        room = 2 * self._screen.size.width - 20  # two lines, less the loss from breaking between words
        return size_news(walk.steps.geometry, size, self._facts, room)

    # Widgets.

    def _picture(self, name: str) -> PictureView:
        return self._screen.query_one(f"#{name}-picture", PictureView)

    def _matrix(self, name: str) -> MatrixView:
        return self._screen.query_one(f"#{name}-matrix", MatrixView)

    def _title(self, name: str) -> Title:
        return self._screen.query_one(f"#{name}-title", Title)

    def _say(self, name: str, text: Text | str) -> None:
        """Fill a box whose size the layout has set, so that no new layout is needed."""
        self._screen.query_one(f"#{name}", TextRows).update(text)

    # Without a walk.

    def _paint_nothing(self) -> None:
        self._matrix("output").show(None)
        self._screen.query_one("#kernel", MatrixView).show(None)
        self._picture("output").show(None)
        for name in ("panel-text", "strip", "facts"):
            self._say(name, "")
        for title in self._screen.query(Title):
            title.text = title.note = ""
        self._screen.query_one("#maps", MapsView).display = False
        if not self._state.prediction.on:
            self._paint_prediction()
        self._paint_input_alone()
        if self._state.editor.on and self._layout is not None:  # the edit that led here can be undone
            self._paint_draft(self._layout)
        self._paint_status()
        self._paint_message("")

    def _paint_input_alone(self) -> None:
        """Draw the input, which no window fits, and say that there is no output."""
        alone = self._state.operation.input_alone(self._state.bench)
        if alone is None:
            self._picture("input").show(None)
            self._matrix("input").show(None)
            return
        values, levels = alone
        rows, columns = values.shape
        width, height = self._screen.size
        layout = arrange(width, height - 6 - self._screen.words_lines, (rows, columns), (1, 1))
        self._size_columns(layout)
        self._picture("input").show(Picture(levels, layout.input_scale))
        self._matrix("input").show(values_matrix(values))
        self._title("input").say(_("Input"), f"{rows} x {columns}")
        self._title("output").say(_("Output"), _("none"))

    # With a walk.

    def _paint_walk(self, walk: Walk) -> None:
        state, panel = self._state, self._panel
        step = walk.steps[state.cursor.index]
        self._paint_prediction()
        quiet = state.pixel.on or state.editor.on or state.prediction.on
        self._paint_message(state.prediction.verdict or ("" if quiet else panel.warning(walk, step)))
        layout = self._layout = self._arrange(walk)
        if state.pixel.on:
            self._paint_from_input(walk, layout)
        else:
            self._paint_from_output(walk, step, layout)
        if state.editor.on:
            self._paint_draft(layout)
        else:
            self._paint_panel(walk, step, layout)
        self._paint_strip(walk, step)
        self._paint_status()

    def _paint_from_output(self, walk: Walk, step: Any, layout: Layout) -> None:
        """Draw the cell at the cursor and its receptive field."""
        state, geometry = self._state, walk.steps.geometry
        cell = state.cursor.row, state.cursor.column
        # While a kernel is edited, its whole output is shown at once.
        revealed = None if state.editor.on else state.cursor.finished
        window, used = window_of(geometry, *cell)
        self._picture("input").show(Picture(walk.input_levels, layout.input_scale, window=window, used=used))
        self._picture("output").show(Picture(walk.output_levels, layout.output_scale, cell=cell, revealed=revealed))
        self._matrix("input").show(
            values_matrix(
                walk.inputs,
                geometry,
                window=window,
                used=used,
                cell=self._panel.input_cell(step),
                padding_counts=state.operation.padding_counts,
            )
        )
        self._matrix("output").show(
            values_matrix(walk.output, cell=cell, revealed=revealed, asked=state.prediction.asking)
        )
        rows, columns = walk.inputs.shape
        notes = (
            f"{rows} x {columns} [{span(window[0], window[2])}, {span(window[1], window[3])}]",
            f"{rows} x {columns} [{window[0]}, {window[1]}]",  # the start of a window that takes too many digits
            f"[{window[0]}, {window[1]}]",
        )
        self._paint_titles(walk, layout, notes, f"[{cell[0]}, {cell[1]}]")

    def _paint_from_input(self, walk: Walk, layout: Layout) -> None:
        """Draw the chosen input value and every output cell that it feeds."""
        pixel, geometry = self._state.pixel, walk.steps.geometry
        row, column = pixel.row, pixel.column
        window, used = fed_cells(geometry, row, column) or (None, None)
        marked = (row, column, row + 1, column + 1)
        self._picture("input").show(Picture(walk.input_levels, layout.input_scale, window=marked))
        self._picture("output").show(
            Picture(walk.output_levels, layout.output_scale, window=window, used=used, output=True)
        )
        counts = self._state.operation.padding_counts
        self._matrix("input").show(values_matrix(walk.inputs, geometry, cell=(row, column), padding_counts=counts))
        self._matrix("output").show(values_matrix(walk.output, window=window, used=used))
        here = f"[{row}, {column}]"
        rows, columns = walk.inputs.shape
        cells = "" if window is None else f"[{span(window[0], window[2])}, {span(window[1], window[3])}]"
        self._paint_titles(walk, layout, (f"{rows} x {columns} {here}", here), cells)

    def _paint_titles(self, walk: Walk, layout: Layout, input_notes: tuple[str, ...], cells: str) -> None:
        name = _("Input")
        self._title("input").say(name, first_fit(layout.input_width - cell_len(name) - 2, *input_notes))
        name, size = _("Output"), f"{walk.steps.rows} x {walk.steps.columns}"
        note = first_fit(layout.output_width - cell_len(name) - 2, f"{size} {cells}", cells)
        self._title("output").say(name, note)

    # The panel.

    def _paint_panel(self, walk: Walk, step: Any, layout: Layout) -> None:
        panel, colours = self._panel, current_palette(self._screen)
        self._title("panel").say(*panel.title(walk))
        # The layout's coming size, not the one at the last paint.
        width, height = layout.panel_width - 1, layout.picture_lines + layout.matrix_lines
        height -= self._paint_kernel(panel.matrix(walk, step), height)
        if self._state.pixel.on:
            self._say("panel-text", panel.feeds(walk, width, height, colours))
        else:
            self._say("panel-text", panel.text(walk, step, width, height, colours))

    def _paint_draft(self, layout: Layout) -> None:
        editor = self._state.editor
        self._title("panel").say(_("Edit kernel"))
        height = layout.picture_lines + layout.matrix_lines
        height -= self._paint_kernel(draft_matrix(editor), height)
        self._say("panel-text", draft_text(editor, layout.panel_width - 1, height, current_palette(self._screen)))

    def _paint_kernel(self, matrix: Matrix | None, height: int) -> int:
        """Draw the kernel and return its lines; one larger than a third of the panel scrolls."""
        view = self._screen.query_one("#kernel", MatrixView)
        view.display = matrix is not None
        if matrix is None:
            return 0
        lines = min(matrix.rows, max(3, height // 3))
        view.styles.height = lines
        view.show(matrix)
        return lines

    # Lines.

    def _paint_prediction(self) -> None:
        cursor = self._state.cursor
        self._screen.query_one(PredictBar).show(self._state.prediction, cursor.row, cursor.column)

    def _paint_strip(self, walk: Walk, step: Any) -> None:
        colours, width = current_palette(self._screen), self._screen.size.width
        if self._state.pixel.on:
            self._say("strip", input_strip(walk, self._state.pixel, colours, width))
        else:
            self._say("strip", self._panel.strip(walk, step, width, colours))

    def _paint_status(self) -> None:
        state, colours = self._state, current_palette(self._screen)
        workbench = state.bench
        if state.pixel.on:
            mode = _("Tab: cursor on the input"), colours.notice
        elif state.cursor.playing:
            mode = _("> playing"), colours.fed
        else:
            mode = _("|| paused"), colours.notice
        index = among(workbench.sample_index, len(workbench.samples))
        width = self._screen.size.width - 2
        self._say("status", status_text(workbench.sample, index, mode, state.cursor.speed, width, colours))

    def _paint_message(self, warning: str) -> None:
        """Draw the message line: what went wrong, else the notice, else a warning, else the hint."""
        state, colours = self._state, current_palette(self._screen)
        hint = "" if state.touched or state.editor.on else _(state.operation.hint)
        wrong = state.obstacle or state.error
        text = wrong or state.notice or warning or hint
        style = colours.negative if wrong else colours.notice if state.notice or warning else colours.faint
        # In a tall terminal the line stays when its words go, so that nothing moves.
        size = self._screen.size
        self._screen.query_one(MessageLine).say(text, style, size.width, stays=size.height >= ROOMY)

    # Sizes.

    def _arrange(self, walk: Walk) -> Layout:
        """Divide the screen, and fill the lines whose number the division decides: the maps and the facts."""
        screen, state = self._screen, self._state
        width, height = screen.size
        tiles, selected = self._panel.tiles(width, height)
        maps = tile_lines(tiles) if tiles else 0
        size, values = self._panel.facts(walk)
        if state.prediction.on:  # on a small map the number of clamped values gives the answer away
            values = "", ""
        lines = screen.words_lines + screen.query_one(MessageLine).lines + state.prediction.on
        outputs = walk.steps.rows, walk.steps.columns
        layout, facts = divide(width, height - FRAME_LINES - maps, walk.inputs.shape, outputs, (size, values), lines)
        self._paint_facts(facts)
        self._paint_maps(tiles, selected, maps)
        self._size_columns(layout)
        return layout

    def _paint_facts(self, facts: list[str]) -> None:
        self._facts = facts
        self._screen.query_one("#facts", TextRows).styles.height = len(facts)
        colour = current_palette(self._screen).faint
        self._say("facts", Text("\n".join(facts), colour, no_wrap=True, overflow="ellipsis"))

    def _paint_maps(self, tiles: list[Tile], selected: int, lines: int) -> None:
        view = self._screen.query_one("#maps", MapsView)
        view.display = bool(tiles)
        view.styles.height = lines
        if tiles:
            view.show(tiles, selected)

    def _size_columns(self, layout: Layout) -> None:
        """Set the sizes of the columns and the pictures."""
        left = self._screen.query_one("#left")
        left.styles.width = layout.margin + layout.input_width
        left.styles.padding = (0, 0, 0, layout.margin)
        self._screen.query_one("#right").styles.width = layout.output_width
        self._screen.query_one("#panel").styles.width = layout.panel_width
        for name in ("input", "output"):
            self._picture(name).styles.height = layout.picture_lines
