"""The builder as blocks of lines: the layers, the options of one of them, the cost, and the program beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from tui.drawing.blocks import Block, Part, Placed, Target, text_line, title_line, wrapped
from tui.drawing.columns import align
from tui.drawing.theme import Palette
from tui.i18n import N_, _, error_text
from tui.training.builder.program_words import line_words
from tui.training.builder.state import BuilderState
from tui.training.builder.values import layer_text, size_text, value_text
from tui.training.builder.words import option_line, weights_text

WIDE = 112
"""The columns from which the program stands beside the layers."""
LIST = 70
"""The fewest columns of the layers beside the program."""
CODE = 58
"""The most columns of the program beside the layers."""
NAME = 26
"""The most cells of a layer's name in the list."""

NOT_YET = N_("The program is written once the network can be trained.")


@dataclass(frozen=True, slots=True)
class Piece:
    """A text in a line, and the target of a click on it."""

    text: str
    style: Style
    target: Target | None = None


Pieces = Sequence[Piece]


def draw(state: BuilderState, cost: Sequence[str], width: int, height: int, colours: Palette) -> Sequence[Placed]:
    """Everything between header and footer. `cost` are sentences on parameters, memory and time."""
    if width >= WIDE:
        code = max(min(CODE, width - LIST - 3), (width - 3) * 2 // 5)
        left = width - code - 3
        return [
            Placed(1, 0, _layers(state, cost, left, height, colours)),
            Placed(left + 3, 0, _code(state, code, height, colours)),
        ]
    if state.pane == "code":
        return [Placed(1, 0, _code(state, width - 1, height, colours, alone=True))]
    return [Placed(1, 0, _layers(state, cost, width - 1, height, colours))]


def _block(lines: Sequence[Pieces], width: int) -> Block:
    def pick(x: int, y: int) -> Target | None:
        at = 0
        for piece in lines[y]:
            at += cell_len(piece.text)
            if x < at:
                return piece.target
        return lines[y][-1].target if lines[y] else None  # to the right of the text

    parts: list[list[Part]] = [[(piece.text, piece.style) for piece in line] for line in lines]
    return Block([text_line(line, width) for line in parts], width, pick)


def _title(text: str, note: str, width: int, colours: Palette) -> Pieces:
    return [Piece(part, style or colours.text) for part, style, _control in title_line(text, note, width, colours)]


def _said(text: str, width: int, style: Style) -> list[Pieces]:
    """A text broken into lines between words."""
    return [[Piece(line, style)] for line in wrapped(text, width - 1)]


def _layers(state: BuilderState, cost: Sequence[str], width: int, height: int, colours: Palette) -> Block:
    verdict = _verdict(state, cost, width, colours)
    said = _said(state.notice, width, colours.notice)[:2]
    options = _options(state, width, colours, tall=True)
    layers = len(state.rows) + sum(row.trouble is not None for row in state.rows) * 2
    if len(options) + len(verdict) + layers + 8 > height:
        options = _options(state, width, colours, tall=False)
    below = [*options, *verdict, *said]
    title = _title(_("Network"), f"{state.network.name}, {size_text(state.network.input_shape)}", width, colours)
    table = _table(state, width, max(1, height - len(below) - 2), colours)
    return _block([title, *table, [], *below][:height], width)


def _table(state: BuilderState, width: int, height: int, colours: Palette) -> list[Pieces]:
    """The heading, the layers around the cursor with what is impossible in them, and the total."""
    rows = [["", _("Layer"), _("Output"), _("Parameters"), _("Weights"), _("Sees")]]
    for number, row in enumerate(state.rows):
        shape = "-" if row.output_shape is None else size_text(row.output_shape)
        field = "" if row.receptive_field is None else size_text(row.receptive_field)
        name = layer_text(row.spec)
        name = name if cell_len(name) <= NAME else f"{name[: NAME - 2]}.."
        count = "" if row.output_shape is None else f"{row.parameters:,}"
        rows.append([str(number + 1), name, shape, count, weights_text(row), field])
    known = all(row.output_shape is not None for row in state.rows)
    rows.append(["", _("Total"), "", f"{sum(row.parameters for row in state.rows):,}" if known else "-", "", ""])
    head, *lines, total = _fitted(rows, width - 1)
    drawn: list[Pieces] = []
    first = last = 0
    for number, (line, row) in enumerate(zip(lines, state.rows, strict=True)):
        here = number == state.at
        target = ("layer", number)
        style = colours.window if here else colours.text
        if row.trouble is not None:
            style = colours.negative
        elif row.output_shape is None:
            style = colours.faint
        first = len(drawn) if here else first
        drawn.append([Piece(">" if here else "!" if row.trouble else " ", style, target), Piece(line, style, target)])
        if row.trouble is not None:
            drawn += [
                [Piece(f"    {text}", colours.negative, target)] for text in wrapped(error_text(row.trouble), width - 5)
            ]
        last = len(drawn) if here else last
    room = max(1, height - 2)
    start = max(0, min(first - (room - (last - first)) // 2, len(drawn) - room))
    shown = drawn[start : start + room]
    return [[Piece(f" {head}", colours.faint)], *shown, [Piece(f" {total}", colours.strong)]]


def _fitted(rows: list[list[str]], width: int) -> list[str]:
    """The table with the gaps, and the columns from the left, for which there is room."""
    for columns in (6, 5, 4):
        for gap in (2, 1):
            kept = [[*row[: columns - 1], row[-1]] if columns == 5 else row[:columns] for row in rows]
            lines = align(kept, (0, 2, 3, columns - 1 if columns > 4 else 3), gap)
            if cell_len(lines[0]) <= width:
                return lines
    return lines


def _options(state: BuilderState, width: int, colours: Palette, *, tall: bool) -> list[Pieces]:
    """The options of the layer under the cursor, the current one in brackets, and its meaning; `tall` has a line for
    each."""
    layer = state.layer
    title = "" if layer is None else _("Layer {number}: {kind}").format(number=state.at + 1, kind=layer.kind)
    lines = [_title(title or _("Options"), "", width, colours)]
    pieces = _option_pieces(state, colours, tall=tall)
    if tall:
        lines += pieces
    else:
        line: list[Piece] = []
        for option in pieces:
            used = sum(cell_len(piece.text) for piece in (*line, *option))
            if line and used > width:
                lines.append(line)
                line = []
            line = [*line, *option]
        lines += [line] if line else []
    return [*lines, *_said(option_line(state), width, colours.text)[:2]]


def _option_pieces(state: BuilderState, colours: Palette, *, tall: bool) -> list[Pieces]:
    """Each option with its value, and arrows to click at the current one; `tall` aligns the values."""
    layer = state.layer
    names = max((len(option.name) for option in state.options), default=0) if tall else 0
    lines: list[Pieces] = []
    for number, option in enumerate(state.options):
        assert layer is not None
        value = value_text(option, layer.value(option.name))
        here = number == state.option
        left, right = ("[<", ">]") if here else ("  ", "  ")
        lines.append(
            [
                Piece(f"{option.name:<{names}} ", colours.strong if here else colours.faint, ("option", number)),
                Piece(left, colours.key, ("step", number, -1)),
                Piece(value, colours.window if here else colours.text, ("option", number)),
                Piece(f"{right} ", colours.key, ("step", number, 1)),
            ]
        )
    return lines


def _verdict(state: BuilderState, cost: Sequence[str], width: int, colours: Palette) -> list[Pieces]:
    """The cost, or the reason why the network cannot be trained, unless the list has said it."""
    title = _title(_("Cost"), "", width, colours)
    if state.refusal is None:
        return [title, *(line for sentence in cost for line in _said(sentence, width, colours.text))]
    if any(row.trouble is not None for row in state.rows):
        text = _("A layer is impossible here: the network cannot be trained yet.")
    else:
        text = error_text(state.refusal)
    return [title, *_said(text, width, colours.negative)[:4]]


def _code(state: BuilderState, width: int, height: int, colours: Palette, *, alone: bool = False) -> Block:
    """The program, the line under the cursor lit, and what that line does."""
    program = state.program
    style = _("add, one by one") if program.style == "add" else _("one list")
    title = _title(_("Program"), f"{program.library}, {style}", width, colours)
    said = _said(state.notice, width, colours.notice)[:2] if alone else []
    current = program.current
    if current is None or program.config is None:
        text = _(NOT_YET) if state.refusal is None else f"{_(NOT_YET)} {error_text(state.refusal)}"
        return _block([title, *_said(text, width, colours.text), [], *said], width)
    words = line_words(current, program.config, program.library)
    about: list[Pieces] = [[], *_said(words, width, colours.strong)[:4], *said]
    room = max(1, height - 1 - len(about))
    start = max(0, min(program.line - room // 2, len(program.lines) - room))
    shown: list[Pieces] = []
    for number, line in enumerate(program.lines[start : start + room], start):
        lit = number == program.line
        look = colours.window if lit else colours.text if line.part == "model" else colours.faint
        target = ("line", number)
        shown.append([Piece("> " if lit else "  ", colours.window, target), Piece(line.text, look, target)])
    shown += [[]] * (room - len(shown))
    return _block([title, *shown, *about], width)
