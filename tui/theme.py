"""Colours: two themes for the app, and for each the styles that renderables draw with.

One accent is the window over the input, another the output cell. Whatever they say is said by a glyph or an attribute
(brackets, reverse, bold, a sign) as well, so that nothing is lost with 16 colours or with none.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from textual.theme import Theme


@dataclass(frozen=True, slots=True)
class Palette:
    """What renderables draw with; see the module. `term` is the one multiplication at hand, `fed` the output cells that
    a chosen input value goes into, `hidden` what a picture shows where nothing is known yet."""

    text: Style
    faint: Style
    strong: Style
    title: Style
    key: Style
    window: Style
    term: Style
    output: Style
    fed: Style
    negative: Style
    notice: Style
    empty: Style
    rule: Style
    hidden: Style


def _palette(
    *, text: str, faint: str, window: str, output: str, negative: str, notice: str, back: str, lift: str, hidden: str
) -> Palette:
    return Palette(
        text=Style.parse(text),
        faint=Style.parse(faint),
        strong=Style.parse(f"bold {text}"),
        title=Style.parse(f"bold {text}"),
        key=Style.parse(f"bold {window}"),
        window=Style.parse(f"bold {window}"),
        term=Style.parse(f"bold {back} on {window}"),
        output=Style.parse(f"bold {back} on {output}"),
        fed=Style.parse(f"bold {output}"),
        negative=Style.parse(negative),
        notice=Style.parse(f"bold {notice}"),
        empty=Style.parse(faint),
        rule=Style.parse(lift),
        hidden=Style.parse(hidden),
    )


DARK_NAME, LIGHT_NAME = "cnn-dark", "cnn-light"

PALETTES: dict[str, Palette] = {
    DARK_NAME: _palette(
        text="#d8dee4",
        faint="#7d8794",
        window="#f2b84b",
        output="#34c3bd",
        negative="#f07f8f",
        notice="#f2b84b",
        back="#14181d",
        lift="#3a434d",
        hidden="#27323f",
    ),
    LIGHT_NAME: _palette(
        text="#23292f",
        faint="#6f7883",
        window="#9a5b00",
        output="#00736c",
        negative="#b3213a",
        notice="#9a5b00",
        back="#fbfaf7",
        lift="#c9cdd2",
        hidden="#d5dde6",
    ),
}

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
        background="#14181d",
        surface="#1a1f25",
        panel="#232a32",
        dark=True,
    ),
    Theme(
        name=LIGHT_NAME,
        primary="#9a5b00",
        secondary="#00736c",
        accent="#00736c",
        warning="#9a5b00",
        error="#b3213a",
        success="#2d7d3a",
        foreground="#23292f",
        background="#fbfaf7",
        surface="#f3f1ec",
        panel="#e8e5de",
        dark=False,
    ),
)


def palette(theme: str) -> Palette:
    """The palette of a theme by name; of any theme not ours, the dark one."""
    return PALETTES.get(theme, PALETTES[DARK_NAME])
