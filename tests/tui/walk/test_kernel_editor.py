"""Editing a kernel in place, key by key, without an app."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from rich.cells import cell_len

from cnncore import CnnError
from cnncore.lesson.kernel_draft import Draft
from cnncore.lesson.kernels import BLUR, SHARPEN, Kernel
from tui.drawing.matrix import matrix_line
from tui.drawing.theme import DARK_NAME, palette
from tui.i18n import Language, set_language
from tui.walk.kernel_editor import MOVES, NUDGES, SIZES, TYPED, KernelEditor
from tui.walk.kernel_panel import draft_matrix, draft_text

COLOURS = palette(DARK_NAME)


def editing(kernel: Kernel = SHARPEN) -> KernelEditor:
    editor = KernelEditor()
    editor.begin(Draft.of(kernel))
    return editor


def press(editor: KernelEditor, *keys: str) -> bool | None:
    changed: bool | None = None
    for key in keys:
        changed = editor.key(key, key if len(key) == 1 else None)
    return changed


def test_it_begins_in_the_middle_and_changes_nothing() -> None:
    editor = editing()
    assert (editor.row, editor.column) == (1, 1)
    assert editor.draft.kernel().weights == SHARPEN.weights


def test_enter_and_moves_accept_a_typed_number() -> None:
    editor = editing()
    assert press(editor, "-", "2") is False
    assert editor.shown(1, 1) == "-2"
    assert press(editor, "enter") is True
    assert (editor.row, editor.column) == (1, 2)
    assert press(editor, "1", "/", "4", "down") is True
    assert list(editor.draft.weights[1]) == [-1, -2, Fraction(1, 4)]
    assert (editor.row, editor.column) == (2, 2)


def test_a_wrong_number_is_reported_and_stays() -> None:
    editor = editing()
    press(editor, "1", ".", ".")
    with pytest.raises(CnnError, match=r"weight \[1, 1\] is '1..'"):
        press(editor, "enter")
    assert editor.shown(1, 1) == "1.."
    assert (editor.row, editor.column) == (1, 1)
    assert press(editor, "backspace", "5", "enter") is True
    assert editor.draft.weights[1][1] == Fraction(3, 2)


def test_nudges_by_one_and_by_a_tenth() -> None:
    editor = editing()
    press(editor, "pageup", "plus", "shift+up", "ctrl+down", "greater_than_sign", "greater_than_sign")
    assert editor.draft.weights[1][1] == 7 + Fraction(1, 5)
    press(editor, "less_than_sign", "less_than_sign", "pagedown", "underscore")
    assert editor.draft.kernel().weights == SHARPEN.weights


def test_sizes_go_from_one_to_eleven() -> None:
    editor = editing()
    press(editor, *["right_square_bracket"] * 8)
    assert (editor.draft.rows, editor.draft.columns) == (11, 11)
    with pytest.raises(CnnError, match="1 to 11 rows, not 12"):
        press(editor, "r")
    press(editor, *["R"] * 10, *["C"] * 4)
    assert (editor.draft.rows, editor.draft.columns) == (1, 7)
    assert editor.row <= 1
    with pytest.raises(CnnError, match="not 0"):
        press(editor, "R")


def test_the_cursor_stays_on_its_weight_when_the_size_changes() -> None:
    editor = editing()
    for key in ["right_square_bracket"] * 8 + ["left_square_bracket"] * 9 + ["r", "c", "r", "c", "C", "R"]:
        press(editor, key)
        assert editor.draft.weights[editor.row][editor.column] == 5, key
    while not editor.at_scale:
        press(editor, "down")
    press(editor, "right_square_bracket")
    assert editor.at_scale


def test_the_scale_is_below_the_weights() -> None:
    editor = editing(BLUR)
    press(editor, "down", "down")
    assert editor.at_scale
    assert editor.shown_scale == "1/16"
    assert press(editor, "1", "/", "8", "enter") is True
    assert editor.draft.scale == Fraction(1, 8)
    assert (editor.row, editor.column) == (0, 0)
    assert press(editor, "b") is True
    assert editor.draft.scale == Fraction(1, 16)


def test_undo_goes_back_one_change_at_a_time() -> None:
    editor = editing()
    press(editor, "7", "enter", "right_square_bracket", "pageup")
    assert press(editor, "u", "u") is True
    assert editor.draft.weights[1][1] == 7
    press(editor, "u")
    assert editor.draft.kernel().weights == SHARPEN.weights
    assert press(editor, "u") is False


def test_escape_accepts_the_typed_number() -> None:
    editor = editing()
    assert press(editor, "9", "escape") is True
    assert not editor.on
    assert editor.last.weights[1][1] == 9


def test_escape_reports_a_wrong_number_once_and_then_drops_it() -> None:
    editor = editing()
    press(editor, "1", "slash", "0")
    editor.typed = "1/0"
    with pytest.raises(CnnError, match="weight"):
        editor.key("escape", None)
    assert editor.on
    assert editor.typed == "1/0"
    assert editor.key("escape", None) is False
    assert not editor.on
    assert editor.last.kernel().weights == SHARPEN.weights


def test_done_accepts_the_typed_number() -> None:
    editor = editing()
    assert press(editor, "9", "e") is True
    assert not editor.on
    assert editor.last.weights[1][1] == 9


def test_an_unknown_key_is_left_to_the_screen() -> None:
    editor = editing()
    assert [editor.key(key, None) for key in ("n", "space", "v", "x", "G", "q")] == [None] * 6


@pytest.mark.parametrize("seed", range(5))
def test_random_keys_keep_a_valid_kernel(seed: int) -> None:
    rng = random.Random(seed)
    editor = editing()
    keys = [*MOVES, *NUDGES, *SIZES, *TYPED, "enter", "backspace", "b", "u", "tab", "n"]
    for _ in range(3000):
        try:
            press(editor, rng.choice(keys))
        except CnnError:
            press(editor, "backspace")
        draft = editor.draft
        assert 1 <= draft.rows <= 11
        assert 1 <= draft.columns <= 11
        assert 0 <= editor.row <= draft.rows
        assert 0 <= editor.column < draft.columns
        assert draft.kernel().weights


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_narrowest_panel_holds_every_key(language: Language) -> None:
    set_language(language)
    wide = draft_text(editing(), 80, 20, COLOURS).plain.splitlines()
    narrow = draft_text(editing(), 24, 20, COLOURS).plain.splitlines()
    assert [line.rstrip() for line in narrow] == [line.rstrip() for line in wide]
    assert max(map(cell_len, narrow)) <= 24


def test_the_draft_is_shown_as_it_is_typed() -> None:
    editor = editing()
    press(editor, "-", "0", ".", "1", "2", "5")
    matrix = draft_matrix(editor)
    line = "".join(segment.text for segment in matrix_line(matrix, 1, 0, 40, COLOURS))
    assert line == "     -1[-0.125]    -1 "


@pytest.mark.parametrize("height", range(6, 16))
def test_network_weights_fit_the_narrowest_panel_rounded_and_the_current_one_exactly(height: int) -> None:
    weights = [[-0.255300432, -0.0636070371, 1e-9], [0.5, 2.0, -0.120518096], [0.25, 0.0314402282, -0.1]]
    editor = KernelEditor()
    editor.begin(Draft.from_rows(weights))
    editor.go(0, 1)
    matrix = draft_matrix(editor)
    assert [matrix.text(0, column).strip() for column in range(3)] == ["-0.255", "-0.064", "0.000"]
    assert [matrix.text(1, column).strip() for column in range(3)] == ["0.5", "2", "-0.121"]
    assert matrix.visible_columns(22) == 3
    lines = draft_text(editor, 22, height, COLOURS).plain.splitlines()
    assert "exactly -0.0636070371" in lines
    assert lines[-1].startswith("Esc")
    assert len(lines) <= height
    assert max(map(len, lines)) <= 24
