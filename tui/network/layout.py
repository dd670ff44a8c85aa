"""How the network screen divides a terminal at each depth: pure functions from a session to blocks on a sheet."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.cells import cell_len

from cnncore.display.maps import lightest
from cnncore.network.occlusion import heat_steps
from tui.drawing.canvas import Block, Part, Placed, Target, text_line, title_line, wrapped
from tui.drawing.maps import Look
from tui.drawing.numbers import among, short
from tui.drawing.picture import scale_to_fit
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.heat import Heat, heat_legend, heat_line, heat_meaning, heat_progress, heat_words
from tui.network.layer_panels import layer_panels
from tui.network.layer_words import largest_texts, trail_names
from tui.network.panels import (
    answer_block,
    has_weights,
    layers_block,
    maps_panel,
    pixels_block,
    weights_lines,
    weights_panel,
)
from tui.network.session import Session
from tui.network.state import INPUT, Depth, Microscope


@dataclass(frozen=True, slots=True)
class Notes:
    """What the screen adds: a `message` that `warns` or does not, and whether the heat map is asked for and drawn
    with `glyphs`, because the terminal has too few colours for its tints."""

    message: str = ""
    warns: bool = False
    why: bool = False
    glyphs: bool = False


def moved(placed: list[Placed], x: int, y: int) -> list[Placed]:
    return [replace(each, x=each.x + x, y=each.y + y) for each in placed]


def frame_blocks(session: Session, width: int, colours: Palette) -> Block:
    """The breadcrumb, and the picture's name with what is said of it, on one line."""
    scope = session.scope
    parts: list[Part] = [(" ", colours.text)]
    spans: list[tuple[int, int, Depth]] = []
    x = 1
    names = trail_names(scope)
    for at, (depth, name) in enumerate(names):
        last = at == len(names) - 1
        parts.append((name, colours.window if last else colours.text))
        spans.append((x, x + cell_len(name), depth))
        x += cell_len(name)
        if not last:
            parts.append((" > ", colours.faint))
            x += 3
    right = _picture_parts(session, max(0, width - x - 3), colours)
    for words in largest_texts(scope) if scope.depth == Depth.NEURON else ():
        # What is said of the picture gives way to it, but not the answer.
        note = f" ({words})"
        less = _picture_parts(session, max(0, width - x - 3 - cell_len(note)), colours)
        if less:
            parts.append((note, colours.notice))
            x, right = x + cell_len(note), less
            break
    gap = width - x - sum(cell_len(text) for text, _style in right) - 1
    parts += [(" " * max(2, gap), colours.text), *right]

    def pick(across: int, _y: int) -> Target | None:
        return next((("depth", int(depth)) for start, end, depth in spans if start <= across < end), None)

    return Block([text_line(parts, width)], width, pick)


def _picture_parts(session: Session, width: int, colours: Palette) -> list[Part]:
    """Which picture, as far as there is room: what it is, its number, the filter."""
    answer = session.answer
    name = session.title
    counts: list[str] = []
    """From the longest to the shortest."""
    if not name:
        name = "" if session.label is None else session.class_name(session.label)
        gallery = session.gallery
        if gallery is None:
            name = _("drawn")
        else:
            counts = [among(session.place, len(gallery.pictures))]
            if session.filter.wrong or session.filter.label is not None:
                words = _("misclassified") if session.filter.wrong else ""
                if session.filter.label is not None:
                    words = f"{words} {session.class_name(session.filter.label)}".strip()
                chosen = f"[{words}: {gallery.count(session.filter):,}]"
                counts = [f"{counts[0]}  {chosen}", chosen, f"[{words}]"]
    if answer.answer is None:
        verdict, wrong = _("no answer: NaN"), True
    else:
        wrong = answer.label is not None and answer.label != answer.answer
        words = _("answer {name} (wrong)") if wrong else _("answer {name}")
        verdict = words.format(name=session.class_name(answer.answer))
    found: list[Part] = [(verdict, colours.negative if wrong else colours.text)]
    room = width - cell_len(found[0][0])
    for texts, style in (([name], colours.strong), (counts, colours.faint)):
        text = next((text for text in texts if text and cell_len(text) + 2 <= room), "")
        if text:
            found.insert(0, (text + "  ", style))
            room -= cell_len(text) + 2
    return found if room >= 0 else []


def message_block(notes: Notes, width: int, colours: Palette) -> Block:
    """At most two lines; of what went wrong, which has to be read to its end, four."""
    style = colours.negative if notes.warns else colours.notice
    lines = [line for part in notes.message.splitlines() for line in wrapped(part, width - 2)]
    shown = lines[: 4 if notes.warns else 2]
    return Block([text_line([(f" {line}", style)], width) for line in shown], width)


def network_depth(
    session: Session, notes: Notes, width: int, height: int, colours: Palette, look: Look
) -> list[Placed]:
    """Layers, picture and answer to the left; all maps of the layer, or its weights, or both to the right."""
    left = 38 if width < 100 else min(58, width * 2 // 5 + 2)
    placed = _left(session, left, height, colours, look)
    x, rest = left + 1, width - left - 1
    scope = session.scope
    if notes.why:
        return placed + moved(why_panel(session, rest - 1, height, colours, look, notes.glyphs), x + 1, 0)
    if scope.layer == INPUT:
        return placed + moved(_input_panel(session, rest - 1, height, colours, look), x + 1, 0)
    if both_fit(scope, height):
        upper = height - 1 - min(weights_lines(scope, rest), height * 3 // 10)
        placed += moved(maps_panel(scope, rest, upper, colours, look), x, 0)
        placed += moved(weights_panel(scope, rest, height - upper - 1, colours, look), x, upper + 1)
    elif scope.weights and has_weights(scope):
        placed += moved(weights_panel(scope, rest, height, colours, look), x, 0)
    else:
        placed += moved(maps_panel(scope, rest, height, colours, look), x, 0)
    return placed


def both_fit(scope: Microscope, height: int) -> bool:
    """Whether the network depth shows a layer's weights below its maps."""
    return has_weights(scope) and height >= 30


def _left(session: Session, width: int, height: int, colours: Palette, look: Look) -> list[Placed]:
    scope, answer = session.scope, session.answer
    classes = min(10, len(answer.scores)) + 1
    layers = len(scope.layers) + 2
    pixels = session.seen.fitted
    # One above the other where that leaves all layers in sight, else side by side.
    room = height - layers - classes - 2
    if room >= 8:
        picture = pixels_block(pixels, min(width, 40), min(room, 20), look)
        placed = [Placed(0, 0, layers_block(scope, _(session.source.title), width, layers, colours))]
        title = title_line(_("Picture"), _picture_note(session), width, colours, indent=1)
        placed.append(Placed(0, layers, Block([title], width)))
        placed.append(Placed(1, layers + 1, picture))
        if (original := session.original) is not None and width - picture.width >= 10:
            beside = pixels_block(original, width - picture.width - 4, picture.height, look)
            placed.append(Placed(picture.width + 3, layers + 1, beside))
        y = layers + 1 + picture.height + (1 if room > picture.height else 0)
        placed.append(Placed(0, y, answer_block(answer, width, min(height - y, classes), colours)))
        return placed
    lower = max(4, min(classes, height - 6))
    picture = pixels_block(pixels, min(15, width // 3), lower - 1, look)
    placed = [Placed(0, 0, layers_block(scope, _(session.source.title), width, min(height - lower, layers), colours))]
    y = height - lower
    side = picture.width + 2
    placed.append(Placed(1, y + 1, picture))
    placed.append(Placed(side, y, answer_block(answer, width - side, lower, colours)))
    return placed


def _picture_note(session: Session) -> str:
    seen = session.seen
    size = f"{seen.fitted.shape[0]}x{seen.fitted.shape[1]}"
    if not seen.resized:
        return size
    original = f"{seen.original.shape[0]}x{seen.original.shape[1]}"
    return _("{size}, yours is {original}").format(size=size, original=original)


def _input_panel(session: Session, width: int, height: int, colours: Palette, look: Look) -> list[Placed]:
    """The picture large, and the learner's own beside or above it as it was."""
    scope = session.scope
    seen = session.seen
    placed: list[Placed] = []
    room = height - 1
    original = session.original
    if original is not None and height < 20:
        original = None
    own = room if original is None else room * 3 // 5
    block = pixels_block(seen.fitted, width - 1, own - 1, look)
    title = title_line(_("As the network gets it"), f"{seen.fitted.shape[0]}x{seen.fitted.shape[1]}", width, colours)
    placed += [Placed(0, 0, Block([title], width)), Placed(0, 1, block)]
    if original is not None:
        y = block.height + 2
        below = pixels_block(original, width - 1, room - y - 1, look)
        size = f"{original.shape[0]}x{original.shape[1]}"
        placed += [Placed(0, y, Block([title_line(_("Yours"), size, width, colours)], width)), Placed(0, y + 1, below)]
    low, high = scope.shot.inputs.min(), scope.shot.inputs.max()
    text = _("values from {low} to {high}").format(low=short(float(low)), high=short(float(high)))
    if seen.inverted:
        text += "  " + _("inverted")
    placed.append(Placed(0, height - 1, Block([text_line([(text, colours.faint)], width)], width)))
    return placed


def why_panel(
    session: Session, width: int, height: int, colours: Palette, look: Look, glyphs: bool = False
) -> list[Placed]:
    """Occlusion: how far the answer's probability falls where a grey patch lies, live."""
    heat = session.heat
    plain = glyphs or look.no_color
    if heat is None:
        return [Placed(0, 0, Block([title_line(_("Why this answer"), _("computing"), width, colours)], width))]
    name = session.class_name(heat.label)
    note = heat_progress(heat, session.heat_left)
    head = [title_line(_("Why {name}").format(name=name), note, width, colours)]
    sentences = [heat_meaning(heat), heat_words(heat)]
    if height >= 26:
        sentences[0] = _(
            "A grey patch of {size} slides over the picture. Each pixel shows how far the score falls, the mean of "
            "all patches that cover it."
        ).format(size=f"{heat.size[0]}x{heat.size[1]}")
        head += [text_line([(line, colours.faint)], width) for line in wrapped(sentences.pop(0), width)]
    levels = lightest(session.seen.fitted)
    rows, columns = levels.shape
    foot = heat_legend(heat.most, width, colours, no_color=plain)
    spare = max(1, height - len(head) - len(foot) - min(14, -(-rows // 2)))
    found = [line for sentence in sentences for line in wrapped(sentence, width)]
    foot += [text_line([(line, colours.text)], width) for line in found[:spare]]
    room = height - len(head) - len(foot)
    beside = width >= 2 * columns + 3
    scale = scale_to_fit(rows, columns, room, (width - 3) // 2 if beside else width - 1)
    drawn = Heat(heat_steps(heat), levels, scale, heat.patch)
    lines = [heat_line(drawn, line, colours, no_color=plain) for line in range(drawn.size[0])]
    placed = [Placed(0, 0, Block(head, width)), Placed(0, len(head), Block(lines, drawn.size[1]))]
    if beside:
        picture = pixels_block(session.seen.fitted, drawn.size[1], drawn.size[0], look)
        placed.append(Placed(drawn.size[1] + 2, len(head), picture))
    placed.append(Placed(0, min(height - len(foot), len(head) + drawn.size[0] + 1), Block(foot, width)))
    return placed


def layer_depth(
    session: Session, width: int, height: int, colours: Palette, look: Look, notes: int = 0
) -> list[Placed]:
    return layer_panels(session.scope, session.seen.fitted, width, height, colours, look, session.original, notes)
