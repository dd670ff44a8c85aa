"""Keys and clicks on the kernel, as changes of the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncore.errors import CnnError
from cnncore.geometry import Axis
from tui.i18n import _, error_text

if TYPE_CHECKING:
    from tui.walk.state import WalkState


def begin_edit(state: WalkState) -> None:
    """Open the editor on the selected kernel."""
    if state.workbench is None or not state.workbench.samples:
        return
    state.prediction.stop()
    state.leave_input()
    state.cursor.pause()
    state.editor.begin(state.workbench.draft())
    state.say()


def edit_key(state: WalkState, key: str, character: str | None) -> bool:
    """Pass a key to the open editor. Return false if it is not one of the editor's keys."""
    editor = state.editor
    state.error = state.notice = ""
    changed: bool | None = False
    before = editor.state
    try:
        changed = editor.key(key, character)
        if changed is False and editor.state == before:
            state.notice = editor.idle_words(key)
    except CnnError as error:
        state.error = error_text(error)
    if changed is None:
        return False
    if changed:
        state.bench.set_custom(editor.last.kernel())
    state.touched = True
    return True


def pick_weight(state: WalkState, row: int, column: int) -> None:
    """Handle a click on a weight.

    The editor goes there; otherwise the cursor goes to the weight's product, from an input value first to the output
    cell that the value feeds through this weight.
    """
    if not state.ready:
        return
    if state.editor.on:
        _edit_weight(state, row, column)
        return
    rows, columns = state.walk().steps.geometry.rows, state.walk().steps.geometry.columns
    if state.pixel.on:
        cell_row, cell_column = _fed_cell(rows, state.pixel.row, row), _fed_cell(columns, state.pixel.column, column)
        if cell_row is None or cell_column is None:
            state.say(_("The value feeds no output cell through this weight."))
            return
        state.leave_input()
        state.cursor.jump(cell_row, cell_column)
    state.cursor.go_term(row * columns.window + column + 1)
    state.say()


def _fed_cell(axis: Axis, index: int, tap: int) -> int | None:
    """Return the output row or column that an input row or column feeds through a weight's."""
    return next((cell for cell in axis.feeds(index) if axis.tap_of(cell, index) == tap), None)


def _edit_weight(state: WalkState, row: int, column: int) -> None:
    try:
        if state.editor.go(row, column):
            state.bench.set_custom(state.editor.last.kernel())
    except CnnError as error:
        state.error = error_text(error)
