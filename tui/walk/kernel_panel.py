"""The panel while a kernel is edited: its weights, their sum and scale, and the keys."""

from __future__ import annotations

from rich.text import Text

from cnncore.lesson.kernel_draft import Draft, written
from tui.drawing.fitting import first_fit
from tui.drawing.matrix import Matrix
from tui.drawing.numbers import number
from tui.drawing.theme import Palette
from tui.i18n import N_, _
from tui.walk.kernel_editor import KernelEditor

# The second column takes 14 cells at most, which the narrowest panel has for it.
EDIT_KEYS = (
    (N_("arrows"), N_("choose weight")),
    (N_("digits"), "-0.5, 1/16"),
    ("Shift+Up", N_("1 more, PgUp")),
    ("Shift+Dn", N_("1 less, PgDn")),
    ("> <", N_("0.1 more, less")),
    ("] [", N_("grow, shrink")),
    ("r R  c C", N_("rows, columns")),
    ("b", N_("scale = 1/sum")),
    ("u", N_("undo")),
    ("Esc", N_("done")),
)
LONGEST_WEIGHT = 7
"""A longer weight, as a network has, is shown rounded, and the current one exactly below."""
LONGEST_EXACT = 13


def _weight(editor: KernelEditor, row: int, column: int) -> str:
    """Return what is typed, or the weight, rounded if it is long."""
    text = editor.shown(row, column)
    typing = editor.typed and (row, column) == (editor.row, editor.column)
    return text if typing or len(text) <= LONGEST_WEIGHT else number(float(editor.draft.weights[row][column]))


def draft_matrix(editor: KernelEditor) -> Matrix:
    """Make a matrix of the weights as they are typed."""
    draft = editor.draft
    texts = [[_weight(editor, row, column) for column in range(draft.columns)] for row in range(draft.rows)]
    return Matrix(
        draft.rows,
        draft.columns,
        lambda row, column: float(draft.weights[row][column]),
        digits=max(3, *(len(text) for row in texts for text in row), 1),
        cell=None if editor.at_scale else (editor.row, editor.column),
        written=lambda row, column: texts[row][column],
    )


def draft_text(editor: KernelEditor, width: int, height: int, colours: Palette) -> Text:
    """Return the size, sum and scale of the draft, and the keys that change it."""
    draft: Draft = editor.draft
    text = Text(no_wrap=True)
    text.append(f"{draft.rows} x {draft.columns}  ", colours.text)
    total = written(draft.total)
    total = total if len(total) <= LONGEST_WEIGHT else number(float(draft.total))
    label = first_fit(width - text.cell_len - 1 - len(total), _("sum of weights"), _("sum"))
    text.append(label + " ", colours.faint)
    text.append(f"{total}\n", colours.strong)
    if not editor.at_scale and len(exact := editor.shown(editor.row, editor.column)) > LONGEST_WEIGHT:
        text.append(_("exactly") + " ", colours.faint)
        if len(exact) > LONGEST_EXACT:
            exact = f"{float(draft.weights[editor.row][editor.column]):.9g}"
        text.append(f"{exact}\n", colours.text)
    text.append(_("scale") + " ", colours.faint)
    here = editor.at_scale
    text.append(
        f"[{editor.shown_scale}]" if here else f" {editor.shown_scale} ", colours.term if here else colours.text
    )
    room = height - text.plain.count("\n") - 1
    text.append("\n\n" if room > len(EDIT_KEYS) else "\n")
    # If not all keys fit, the last one, which closes the editor, stays.
    shown = EDIT_KEYS if room >= len(EDIT_KEYS) else (*EDIT_KEYS[: max(0, room - 1)], EDIT_KEYS[-1])
    names = [(_(keys), _(what)) for keys, what in shown]
    column = max(Text(keys).cell_len for keys, _what in names)
    for keys, what in names:
        line = Text(keys + " " * (column - Text(keys).cell_len), colours.key)
        line.append(f" {what}", colours.text)
        line.truncate(width)
        text.append_text(line).append("\n")
    return text
