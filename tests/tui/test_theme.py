"""Dark and light, 16 colours and none: what is sent to the terminal, and what is remembered."""

from __future__ import annotations

import re

import pytest
from rich.color import ColorSystem
from screens_of import ready, screen_text
from textual.widgets import OptionList

from tui import settings
from tui.app import CnnApp, Options
from tui.theme import FEW, PALETTES, PLAIN_NAME, THEMES, inks_of, palette, theme_name

COLOUR_CODE = re.compile(r"(?:^|;)(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;|$)")


def sent(app: CnnApp) -> list[str]:
    """The parameters of all sequences that set how text looks, as the screen in front is sent to a terminal."""
    from textual._compositor import LayoutUpdate

    compositor = app.screen._compositor
    update = compositor.render_update(full=True)
    assert isinstance(update, LayoutUpdate)
    return re.findall(r"\x1b\[([0-9;]*)m", update.render_segments(app.console))


@pytest.mark.parametrize("start", ["convolution", "pooling", "network", "training", "validation"])
async def test_no_color_sends_no_colour_not_even_a_grey(start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = CnnApp(start=start)
    async with app.run_test(size=(80, 24)) as pilot:
        if start in ("convolution", "pooling"):
            await ready(pilot)
        else:
            await pilot.pause()
        assert inks_of(app) == "none"
        codes = sent(app)
        assert codes
        assert not [code for code in codes if COLOUR_CODE.search(code)]
        await pilot.press("question_mark")
        await pilot.pause()
        assert not [code for code in sent(app) if COLOUR_CODE.search(code)]


async def test_without_colour_the_picture_and_the_window_in_it_can_still_be_made_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        text = screen_text(app)
        assert "▀" not in text
        assert sum(text.count(sign) for sign in "%@#") > 50
        assert any("7" in code.split(";") for code in sent(app))


async def test_without_colour_the_chosen_line_of_a_list_is_underlined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("x")
        await pilot.pause()
        options = app.screen.query_one(OptionList)
        lines = [options.render_line(y) for y in range(3)]
        assert [any(seg.style and seg.style.underline for seg in line) for line in lines] == [True, False, False]


async def test_an_empty_no_color_is_none() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_COLOR", "")
        app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert inks_of(app) == "many"


async def test_sixteen_colours_have_a_theme_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("COLORTERM")
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert inks_of(app) == "few"
        assert app.theme.endswith(FEW)
        assert not [code for code in sent(app) if "38;" in code or "48;" in code]
        await pilot.press("T")
        await pilot.pause()
        assert app.theme == theme_name(light=True, inks="few")


def test_every_theme_has_a_palette_and_few_colours_are_the_terminals_own() -> None:
    assert {theme.name for theme in THEMES} == set(PALETTES)
    for name, colours in PALETTES.items():
        if not name.endswith(FEW):
            continue
        for field in ("text", "faint", "window", "term", "output", "negative", "notice", "rule", "hidden"):
            style = getattr(colours, field)
            for colour in (style.color, style.bgcolor):
                if colour is not None:
                    reduced = colour.downgrade(ColorSystem.STANDARD)
                    assert reduced.get_truecolor() is not None
                    assert set(colour.get_truecolor()) <= {0, 85, 170, 255}


def test_text_stands_out_from_its_background() -> None:
    for theme in THEMES:
        if theme.name == PLAIN_NAME:
            continue
        assert theme.background is not None and theme.panel is not None
        colours = palette(theme.name)
        for field, least in (("text", 7), ("faint", 4), ("window", 4.5), ("fed", 4.5), ("negative", 4.5)):
            colour = getattr(colours, field).color
            assert contrast(tuple(colour.get_truecolor()), theme.background) >= least, (theme.name, field)


def contrast(colour: tuple[int, ...], background: str) -> float:
    """As WCAG has it, from 1 to 21."""
    back = tuple(int(background[at : at + 2], 16) for at in (1, 3, 5))
    high, low = sorted((luminance(colour), luminance(back)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: tuple[int, ...]) -> float:
    parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


async def test_the_theme_is_remembered() -> None:
    assert settings.usual_theme() == "dark"
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("T")
    assert settings.usual_theme() == "light"
    again = CnnApp(Options(theme=settings.usual_theme()))
    assert again.theme == theme_name(light=True, inks="many")


def test_what_was_chosen_comes_before_what_the_terminal_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORFGBG", "0;15")
    assert settings.usual_theme() == "light"
    settings.remember(theme="dark")
    assert settings.usual_theme() == "dark"
    settings.remember(theme="pink")
    assert settings.usual_theme() == "light"
    monkeypatch.setenv("COLORFGBG", "15;default;0")
    assert settings.usual_theme() == "dark"


def test_settings_that_cannot_be_read_or_written_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/proc/none")
    settings.remember(theme="light")
    assert settings.usual_theme() == "dark"
