"""The first line of the network screen, the breadcrumb with the picture's name and answer, and its message line."""

from __future__ import annotations

from rich.cells import cell_len

from tui.drawing.blocks import Block, Part, Target, text_line, wrapped
from tui.drawing.numbers import among
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.cursor import Depth
from tui.network.layer_words import largest_texts, trail_names
from tui.network.state import NetworkState


def header_block(state: NetworkState, width: int, colours: Palette) -> Block:
    """The breadcrumb on the left; the picture's name and the network's answer on the right."""
    cursor = state.cursor
    parts: list[Part] = [(" ", colours.text)]
    spans: list[tuple[int, int, Depth]] = []
    x = 1
    names = trail_names(cursor)
    for at, (depth, name) in enumerate(names):
        last = at == len(names) - 1
        parts.append((name, colours.window if last else colours.text))
        spans.append((x, x + cell_len(name), depth))
        x += cell_len(name)
        if not last:
            parts.append((" > ", colours.faint))
            x += 3
    right = _picture_parts(state, max(0, width - x - 3), colours)
    for words in largest_texts(cursor) if cursor.depth == Depth.VALUE and not state.backward.on else ():
        # The picture's name gives way to it, the answer does not.
        note = f" ({words})"
        less = _picture_parts(state, max(0, width - x - 3 - cell_len(note)), colours)
        if less:
            parts.append((note, colours.notice))
            x, right = x + cell_len(note), less
            break
    gap = width - x - sum(cell_len(text) for text, _style in right) - 1
    parts += [(" " * max(2, gap), colours.text), *right]

    def pick(across: int, _y: int) -> Target | None:
        return next((("depth", int(depth)) for start, end, depth in spans if start <= across < end), None)

    return Block([text_line(parts, width)], width, pick)


def _picture_parts(state: NetworkState, width: int, colours: Palette) -> list[Part]:
    """The picture's name, its number, the filter and the answer, as far as there is room."""
    answer = state.answer
    name = state.title
    counts: list[str] = []
    """From the longest to the shortest."""
    if not name:
        name = "" if state.label is None else state.class_name(state.label)
        picture_set = state.picture_set
        if picture_set is None:
            name = _("drawn")
        else:
            counts = [among(state.picture_number, len(picture_set.pictures))]
            if state.filter_name:
                chosen = f"[{state.filter_name}: {picture_set.count(state.filter):,}]"
                counts = [f"{counts[0]}  {chosen}", chosen, f"[{state.filter_name}]"]
    if answer.answer is None:
        verdict, wrong = _("no answer: NaN"), True
    else:
        wrong = answer.label is not None and answer.label != answer.answer
        words = _("answer {name} (wrong)") if wrong else _("answer {name}")
        verdict = words.format(name=state.class_name(answer.answer))
    shown: list[Part] = [(verdict, colours.negative if wrong else colours.text)]
    room = width - cell_len(shown[0][0])
    for texts, style in (([name], colours.strong), (counts, colours.faint)):
        text = next((text for text in texts if text and cell_len(text) + 2 <= room), "")
        if text:
            shown.insert(0, (text + "  ", style))
            room -= cell_len(text) + 2
    return shown if room >= 0 else []


def message_block(message: str, warns: bool, width: int, colours: Palette) -> Block:
    """The message in at most two lines; an error, which has to be read to its end, in four."""
    style = colours.negative if warns else colours.notice
    lines = [line for part in message.splitlines() for line in wrapped(part, width - 2)]
    shown = lines[: 4 if warns else 2]
    return Block([text_line([(f" {line}", style)], width) for line in shown], width)
