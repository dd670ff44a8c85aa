"""Colours: a dark and a light theme for the app, each also in 256 and in 16 colours, one without colour, and for each
the styles that renderables draw with.

One accent marks the window over the input, another the output cell. Glyphs or attributes (brackets, reverse, bold, a
sign) carry the same information, so that nothing is lost with 16 colours or with none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from rich.color import Color
from rich.style import Style
from textual.theme import Theme

if TYPE_CHECKING:
    from textual.app import App

ColourDepth: TypeAlias = Literal["many", "256", "few", "none"]


def colour_depth(app: App[Any]) -> ColourDepth:
    """Return the number of colours to use: all, 256, 16, or none, if the terminal has none or NO_COLOR is set."""
    system = app.console.color_system
    if app.no_color or system is None:
        return "none"
    return "few" if system in ("standard", "windows") else "256" if system == "256" else "many"


BLACK, WHITE = Color.from_rgb(0, 0, 0), Color.from_rgb(255, 255, 255)


@lru_cache(maxsize=4096)
def text_colour_on(back: Color) -> Color:
    """Return black or white, whichever is more legible on a colour: its contrast is at least 4.5."""
    linear = [part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in back.get_truecolor()]
    return BLACK if 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 else WHITE


@dataclass(frozen=True, slots=True)
class Tints:
    """The tints of pixels: under the `window`, at the current `cell`, and where hiding one lowers the score (`fall`).
    They are light in a light theme too: a picture goes from black to white in both, and a dark tint would leave too
    few shades for its greys."""

    window: Color
    cell: Color
    fall: Color


@dataclass(frozen=True, slots=True)
class Palette:
    """The styles of renderables; see the module. `term` is the current multiplication, `padded` padding in the window,
    `fed` the output cells that a chosen input value feeds, `hidden` the unknown pixels of a picture."""

    text: Style
    faint: Style
    strong: Style
    title: Style
    key: Style
    window: Style
    padded: Style
    term: Style
    output: Style
    fed: Style
    negative: Style
    notice: Style
    empty: Style
    rule: Style
    hidden: Style
    tints: Tints


def _palette(
    *,
    text: str,
    faint: str,
    window: str,
    padded: str,
    output: str,
    negative: str,
    notice: str,
    back: str,
    lift: str,
    hidden: str,
    tints: tuple[str, str, str],
) -> Palette:
    return Palette(
        text=Style.parse(text),
        faint=Style.parse(faint),
        strong=Style.parse(f"bold {text}"),
        title=Style.parse(f"bold {text}"),
        key=Style.parse(f"bold {window}"),
        window=Style.parse(f"bold {window}"),
        padded=Style.parse(padded),
        term=Style.parse(f"bold {back} on {window}"),
        output=Style.parse(f"bold {back} on {output}"),
        fed=Style.parse(f"bold {output}"),
        negative=Style.parse(negative),
        notice=Style.parse(f"bold {notice}"),
        empty=Style.parse(faint),
        rule=Style.parse(lift),
        hidden=Style.parse(hidden),
        tints=Tints(*map(Color.parse, tints)),
    )


DARK_NAME, LIGHT_NAME, PLAIN_NAME = "cnn-dark", "cnn-light", "cnn-plain"
EIGHT_BIT, FEW = "-256", "-16"
"""The endings of the names of themes in 256 and in 16 colours."""
ENDINGS: dict[ColourDepth, str] = {"256": EIGHT_BIT, "few": FEW}


def theme_name(*, light: bool, depth: ColourDepth) -> str:
    """Return the name of the theme for a terminal."""
    if depth == "none":
        return PLAIN_NAME
    return (LIGHT_NAME if light else DARK_NAME) + ENDINGS.get(depth, "")


def _reversed(palette: Palette) -> Palette:
    """Return the palette without colour: only the attributes of its styles remain."""
    return replace(
        palette,
        window=palette.window + Style(bold=True),
        term=palette.term + Style(reverse=True),
        output=palette.output + Style(reverse=True),
        fed=palette.fed + Style(underline=True),
        rule=palette.rule + Style(dim=True),
    )


ON_BLACK = "#f2b84b", "#34c3bd", "#f07f8f"

PALETTES: dict[str, Palette] = {
    DARK_NAME: _palette(
        text="#d8dee4",
        faint="#8a94a1",
        window="#f2b84b",
        padded="#b8a070",
        output="#34c3bd",
        negative="#f07f8f",
        notice="#f2b84b",
        back="#15181c",
        lift="#3a434d",
        hidden="#27323f",
        tints=ON_BLACK,
    ),
    LIGHT_NAME: _palette(
        text="#23292f",
        faint="#535b65",
        window="#824c00",
        padded="#6f5533",
        output="#006660",
        negative="#a81c34",
        notice="#824c00",
        back="#edece8",
        lift="#b9bdc2",
        hidden="#c3cfdb",
        tints=ON_BLACK,
    ),
    # These are the values that Rich assumes for the sixteen colours, so each maps to itself. Bright black is not used
    # for text: some terminals show it as black.
    DARK_NAME + FEW: _palette(
        text="#aaaaaa",
        faint="#aaaaaa",
        window="#ffff55",
        padded="#ffff55",
        output="#55ffff",
        negative="#ff5555",
        notice="#ffff55",
        back="#000000",
        lift="#555555",
        hidden="#0000aa",
        tints=("#ffff55", "#55ffff", "#ff5555"),
    ),
    LIGHT_NAME + FEW: _palette(
        text="#000000",
        faint="#000000",
        window="#aa00aa",
        padded="#aa00aa",
        output="#0000aa",
        negative="#aa0000",
        notice="#aa00aa",
        back="#ffffff",
        lift="#aaaaaa",
        hidden="#0000aa",
        tints=("#ff55ff", "#55ffff", "#ff5555"),
    ),
}
PALETTES[PLAIN_NAME] = _reversed(PALETTES[DARK_NAME])
EIGHT_BIT_TINTS = Tints(*map(Color.parse, ("#ffaf00", "#00afaf", "#ff8787")))
"""Three of the 256 colours; their shades are in `tui.drawing.cell_colours`."""
PALETTES[DARK_NAME + EIGHT_BIT] = replace(
    PALETTES[DARK_NAME],
    output=Style.parse("bold #15181c on #5fd7d7"),
    fed=Style.parse("bold #5fd7d7"),
    hidden=Style.parse("#00005f"),
    tints=EIGHT_BIT_TINTS,
)
PALETTES[LIGHT_NAME + EIGHT_BIT] = replace(
    PALETTES[LIGHT_NAME], negative=Style.parse("#af0000"), hidden=Style.parse("#d7d7ff"), tints=EIGHT_BIT_TINTS
)

MUTED = ("text-muted", "text-disabled", "foreground-muted", "foreground-disabled")
"""Textual blends these with the background; with sixteen colours there is none in between."""

# The backgrounds are greys with a slight tint: with more, 256 colours would turn them pink, navy or black.
THEMES: tuple[Theme, ...] = (
    Theme(
        name=DARK_NAME,
        primary="#f2b84b",
        secondary="#34c3bd",
        accent="#34c3bd",
        warning="#f2b84b",
        error="#f07f8f",
        success="#7fc98b",
        foreground="#d8dee4",
        background="#15181c",
        surface="#1c1f23",
        panel="#262a30",
        dark=True,
    ),
    Theme(
        name=LIGHT_NAME,
        primary="#824c00",
        secondary="#006660",
        accent="#006660",
        warning="#824c00",
        error="#a81c34",
        success="#22662a",
        foreground="#23292f",
        background="#edece8",  # not white, so that a white picture has a visible edge
        surface="#e6e5e0",
        panel="#dcdad5",
        dark=False,
    ),
    Theme(
        name=DARK_NAME + FEW,
        primary="#ffff55",
        secondary="#55ffff",
        accent="#55ffff",
        warning="#ffff55",
        error="#ff5555",
        success="#55ff55",
        foreground="#aaaaaa",
        background="#000000",
        surface="#000000",
        panel="#0000aa",
        dark=True,
        variables=dict.fromkeys(MUTED, "#aaaaaa"),
    ),
    Theme(
        name=LIGHT_NAME + FEW,
        primary="#aa00aa",
        secondary="#0000aa",
        accent="#0000aa",
        warning="#aa00aa",
        error="#aa0000",
        success="#00aa00",
        foreground="#000000",
        background="#ffffff",
        surface="#ffffff",
        panel="#aaaaaa",
        dark=False,
        variables=dict.fromkeys(MUTED, "#000000"),
    ),
)

THEMES += tuple(replace(theme, name=theme.name + EIGHT_BIT) for theme in THEMES[:2])

# Its colours are never sent; attributes replace them.
THEMES += (
    replace(
        THEMES[0],
        name=PLAIN_NAME,
        variables={"block-cursor-text-style": "bold underline", "input-cursor-text-style": "reverse"},
    ),
)


def kept_palette(theme: str) -> Palette:
    """Return the palette for files, which have all colours even if the terminal has 256."""
    return palette(theme.removesuffix(EIGHT_BIT))


def palette(theme: str) -> Palette:
    """Return the palette of a theme by name; for a theme not ours, the dark one."""
    return PALETTES.get(theme, PALETTES[DARK_NAME])
