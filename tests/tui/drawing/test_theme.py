"""Dark and light, 16 colours and none: the codes sent to the terminal, and the remembered theme."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color, ColorSystem
from screens_of import ready, screen_text
from textual.theme import Theme
from textual.widgets import OptionList

from tui.app import settings
from tui.cnn_app import CnnApp, Options
from tui.drawing.maps import digit_pairs, level_colour, look_of
from tui.drawing.picture import Picture, Scale, picture_line
from tui.drawing.theme import (
    DARK_NAME,
    EIGHT_BIT,
    FEW,
    LIGHT_NAME,
    PALETTES,
    PLAIN_NAME,
    THEMES,
    colour_depth,
    kept_palette,
    palette,
    text_colour_on,
    theme_name,
)
from tui.network.heat import Heat, heat_legend, heat_line

COLOUR_CODE = re.compile(r"(?:^|;)(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;|$)")


def sent(app: CnnApp) -> list[str]:
    """The parameters of all style sequences that the current screen sends to a terminal."""
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
        assert colour_depth(app) == "none"
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
        assert colour_depth(app) == "many"


async def test_sixteen_colours_have_a_theme_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("COLORTERM")
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert colour_depth(app) == "few"
        assert app.theme.endswith(FEW)
        assert not [code for code in sent(app) if "38;" in code or "48;" in code]
        await pilot.press("T")
        await pilot.pause()
        assert app.theme == theme_name(light=True, depth="few")


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
        colours = palette(theme.name)
        for field in ("text", "faint", "window", "padded", "fed", "negative", "notice", "empty"):
            colour = getattr(colours, field).color.get_truecolor()
            # Sixteen colours leave no choice on a panel.
            grounds = (
                (theme.background,) if theme.name.endswith(FEW) else (theme.background, theme.surface, theme.panel)
            )
            for ground in grounds:
                least = 7 if field == "text" else 4.5
                assert contrast(colour, Color.parse(str(ground)).get_truecolor()) >= least, (theme.name, field, ground)
        for style in (colours.term, colours.output):
            assert style.color is not None and style.bgcolor is not None
            assert contrast(style.color.get_truecolor(), style.bgcolor.get_truecolor()) >= 4.5, theme.name


@pytest.mark.parametrize("name", [theme.name for theme in THEMES if theme.name != PLAIN_NAME])
@pytest.mark.parametrize("output", [False, True])
def test_under_the_window_each_grey_can_be_told_apart(name: str, output: bool) -> None:
    levels = np.repeat(np.arange(0, 256, 17, dtype=np.uint8)[None], 2, axis=0)
    columns = levels.shape[1]
    window = Picture(levels, Scale(1), window=(0, 0, 2, columns), output=output)
    few = name.endswith(FEW)
    lights = [luminance(colour) for colour in drawn(window, name, few=few)]
    assert len(lights) == columns
    if few or name.endswith(EIGHT_BIT):  # of each colour there is a dark one, or some shades
        assert lights == sorted(lights) and lights[0] < lights[-1]
    else:
        assert all(later > before * 1.02 for before, later in pairwise(lights))
    # The darkest, too, does not look like a pixel that is not marked.
    assert (lights[0] + 0.05) / (luminance((0, 0, 0)) + 0.05) > 2


@pytest.mark.parametrize(
    "theme", [theme for theme in THEMES if not theme.name.endswith(FEW)], ids=lambda theme: theme.name
)
def test_in_256_colours_a_page_is_a_grey_of_its_own(theme: Theme) -> None:
    shown = []
    for colour in (theme.background, theme.surface, theme.panel):
        assert colour is not None
        red, green, blue = Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        assert red == green == blue
        shown.append(red)
    assert len(set(shown)) == 3


def test_a_pictures_white_edge_stands_out_from_a_light_page() -> None:
    theme = next(theme for theme in THEMES if theme.name == LIGHT_NAME)
    assert contrast((255, 255, 255), Color.parse(str(theme.background)).get_truecolor()) >= 1.15


def drawn(picture: Picture, name: str, *, few: bool) -> list[tuple[int, ...]]:
    """The colours of a picture's first row of pixels."""
    colours: list[tuple[int, ...]] = []
    for segment in picture_line(picture, 0, palette(name), few=few):
        assert segment.style is not None and segment.style.color is not None
        colours += [tuple(segment.style.color.get_truecolor())] * len(segment.text)
    return colours


@pytest.mark.parametrize("name", [theme.name for theme in THEMES if theme.name != PLAIN_NAME])
def test_text_on_a_weight_or_on_heat_is_legible(name: str) -> None:
    colours = palette(name)
    levels = list(range(-255, 256))
    segments = digit_pairs([0] * len(levels), levels, look_of(colours))
    for line in heat_legend(0.5, 80, colours):
        segments += line
    checked = 0
    for segment in segments:
        assert segment.style is not None
        front, back = segment.style.color, segment.style.bgcolor
        if front is not None and back is not None:
            checked += 1
            assert contrast(front.get_truecolor(), back.get_truecolor()) >= 4.5, segment
    assert checked == len(levels) + 18


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_text_is_legible_on_any_colour(back: tuple[int, int, int]) -> None:
    ink = text_colour_on(Color.from_rgb(*back)).get_truecolor()
    assert contrast(ink, back) >= 4.5


def contrast(colour: tuple[int, ...], background: tuple[int, ...]) -> float:
    """The contrast ratio of WCAG, from 1 to 21."""
    high, low = sorted((luminance(colour), luminance(background)), reverse=True)
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
    assert again.theme == theme_name(light=True, depth="many")


def test_the_chosen_theme_overrides_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
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


def in_256(colour: Color | None) -> tuple[int, ...]:
    """A colour as a terminal with 256 colours shows it."""
    assert colour is not None
    return tuple(colour.downgrade(ColorSystem.EIGHT_BIT).get_truecolor())


EIGHT_BIT_NAMES = [DARK_NAME + EIGHT_BIT, LIGHT_NAME + EIGHT_BIT]


@pytest.mark.parametrize("name", EIGHT_BIT_NAMES)
@pytest.mark.parametrize("sign", [-1, 1])
def test_in_256_colours_what_is_negative_is_blue_and_what_is_positive_orange(name: str, sign: int) -> None:
    shown = [in_256(level_colour(sign * size, True, "plain", look_of(palette(name)))) for size in range(256)]
    assert all(later >= before for before, later in pairwise(luminance(colour) for colour in shown))
    zero, *steps = dict.fromkeys(shown)
    assert len(set(zero)) == 1
    assert len(steps) == 6
    assert shown[20] in steps  # small weights are to be seen
    for red, green, blue in steps:
        assert (blue > green > red) if sign < 0 else (red > green > blue)
        assert abs(red - blue) >= 2 * 40
        assert 0.3 <= (green - min(red, blue)) / abs(red - blue) <= 0.75  # neither pure red or blue nor yellow or cyan


@pytest.mark.parametrize("name", EIGHT_BIT_NAMES)
@pytest.mark.parametrize(("output", "least"), [(False, 8), (True, 7)])
def test_in_256_colours_the_window_still_shows_greys(name: str, output: bool, least: int) -> None:
    levels = np.arange(256, dtype=np.uint8)[None]
    window = Picture(levels, Scale(1), window=(0, 0, 1, 256), output=output)
    shown = [in_256(Color.from_rgb(*colour)) for colour in drawn(window, name, few=False)]
    assert all(later >= before for before, later in pairwise(luminance(colour) for colour in shown))
    assert len(set(shown)) >= least
    assert all(len(set(colour)) > 1 for colour in shown)  # none of them is a grey that the picture has
    assert contrast(shown[0], (0, 0, 0)) > 2


@pytest.mark.parametrize("name", EIGHT_BIT_NAMES)
@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_in_256_colours_heat_grows_from_grey_to_one_hue(name: str, sign: int, level: int) -> None:
    steps = np.array([[sign * step for step in range(10)]])
    line = heat_line(Heat(steps, np.full(steps.shape, level, np.uint8)), 0, palette(name))
    shown = [in_256(seg.style.color) for seg in line if seg.style is not None for _cell in seg.text]
    assert len(shown) == 10
    tints = [red - blue if sign > 0 else blue - red for red, _green, blue in shown]
    assert tints[0] == 0
    assert tints[9] >= 120
    assert all(green == blue for _red, green, blue in shown)
    assert len(set(shown)) >= 4


@pytest.mark.parametrize("name", EIGHT_BIT_NAMES)
def test_in_256_colours_what_is_not_known_yet_is_no_grey(name: str) -> None:
    red, green, blue = in_256(palette(name).hidden.color)
    assert red == green < blue


async def test_256_colours_have_a_theme_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLORTERM")
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert colour_depth(app) == "256"
        assert app.theme.endswith(EIGHT_BIT)
        assert not [code for code in sent(app) if "8;2;" in code]
        await pilot.press("T")
        await pilot.pause()
        assert app.theme == theme_name(light=True, depth="256")


def test_exported_files_have_all_colours() -> None:
    for name in (DARK_NAME, LIGHT_NAME):
        assert kept_palette(name + EIGHT_BIT) is kept_palette(name) is palette(name)
