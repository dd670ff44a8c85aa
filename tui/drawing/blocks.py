"""Blocks of lines placed on one area, and the target under a click.

A block has lines of segments of one width, and translates a click on it into a target, such as ("map", 12), on which
the screen acts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from io import StringIO
from typing import TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from tui.drawing.chart import Line
from tui.drawing.picture import Picture
from tui.drawing.theme import Palette

Target: TypeAlias = tuple[str | int, ...]
Pick: TypeAlias = Callable[[int, int], Target | None]
Part: TypeAlias = tuple[str, Style]


@dataclass(frozen=True)
class Block:
    """`lines` of exactly `width` cells. `pick(x, y)` returns the target at a cell of the block. `picture` is the
    picture that the lines show, if it can be drawn in pixels too."""

    lines: Sequence[Line]
    width: int
    pick: Pick | None = None
    picture: Picture | None = None

    @property
    def height(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class Placed:
    """A block and the position of its upper left corner on the area."""

    x: int
    y: int
    block: Block


def compose(placed: Sequence[Placed], width: int, height: int) -> list[Line]:
    """Return the area's lines, each exactly `width` cells. Blocks must not overlap; parts outside the area are cut
    off."""
    rows: list[list[Placed]] = [[] for _ in range(height)]
    for each in sorted(placed, key=lambda p: p.x):
        for y in range(max(0, each.y), min(height, each.y + each.block.height)):
            rows[y].append(each)
    lines = []
    for y, row in enumerate(rows):
        line: Line = []
        x = 0
        for each in row:
            if each.x > x:
                line.append(Segment(" " * (each.x - x)))
            line += each.block.lines[y - each.y]
            x = max(x, each.x) + each.block.width
        if x < width:
            line.append(Segment(" " * (width - x)))
        lines.append(line if x <= width else Segment.adjust_line_length(line, width))
    return lines


def target_at(placed: Sequence[Placed], x: int, y: int) -> Target | None:
    """Return the target of a click at a cell of the area."""
    for each in placed:
        block = each.block
        inside = each.x <= x < each.x + block.width and each.y <= y < each.y + block.height
        if inside and block.pick is not None:
            return block.pick(x - each.x, y - each.y)
    return None


def text_line(parts: Sequence[Part], width: int) -> Line:
    """Return styled texts as one line of exactly `width` cells; a text that is too long is cut and ends in '..'."""
    line: Line = []
    left = width
    for text, style in parts:
        size = cell_len(text)
        if size > left:
            if left > 0:
                cut = set_cell_size(text, left - 2) + ".." if left > 2 else set_cell_size(text, left)
                line.append(Segment(cut, style))
            return line
        if text:
            line.append(Segment(text, style))
            left -= size
    if left:
        line.append(Segment(" " * left))
    return line


def text_lines(texts: Sequence[Text], width: int) -> list[Line]:
    """Return rich texts, one per line, as lines of exactly `width` cells."""
    console = _console()
    return [Segment.adjust_line_length(list(text.render(console)), width) for text in texts]


def unwrapped(text: Text, width: int) -> list[Line]:
    """Return the lines of a rich text without wrapping; longer lines are cut to `width` cells according to
    `overflow`."""
    if any(cell_len(line) > width for line in text.plain.split("\n")):
        cut = text.split("\n", allow_blank=True)
        for line in cut:
            line.truncate(width, overflow=text.overflow or "crop")
        text = Text("\n").join(cut)
    return list(Segment.split_lines(_segments(text)))


def _segments(text: Text) -> list[Segment]:
    """Return a text's segments. If its styles follow one another, as appended ones do, they need no sorting."""
    plain, get_style = text.plain, _console().get_style
    base, at, segments = get_style(text.style), 0, []
    for start, end, style in text.spans:
        if start < at:
            return list(text.render(_console()))
        segments.append(Segment(plain[at:start], base))
        segments.append(Segment(plain[start:end], base + get_style(style)))
        at = end
    segments.append(Segment(plain[at:], base))
    return [segment for segment in segments if segment.text]


@cache
def _console() -> Console:
    """Return the console that Rich needs to resolve styles; nothing is written to it."""
    return Console(file=StringIO(), color_system="truecolor", width=200)


def title_line(text: str, note: str, width: int, colours: Palette, *, indent: int = 0) -> Line:
    """Return a heading with a note and a rule to the end, one cell left free. `indent` is the number of cells before
    it, for lists whose lines begin with a mark."""
    if indent:
        return [Segment(" " * indent), *title_line(text, note, width - indent, colours)]
    used = cell_len(text) + (cell_len(note) + 1 if note else 0)
    rule = " " + "─" * (width - used - 2) if width - used > 3 else ""
    parts = [(text, colours.title), (f" {note}" if note else "", colours.faint), (rule, colours.rule)]
    return text_line(parts, width)


def stack(blocks: Sequence[Placed]) -> int:
    """Return the first free line below all blocks."""
    return max((each.y + each.block.height for each in blocks), default=0)


def wrapped(text: str, width: int) -> list[str]:
    """Break `text` between words into lines of at most `width` cells."""
    lines = [""]
    for word in text.split():
        if lines[-1] and cell_len(lines[-1]) + 1 + cell_len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
