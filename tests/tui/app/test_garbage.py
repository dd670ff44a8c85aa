"""Garbage is collected in a pause after a key, or without one after some time."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from rich.color import Color, ColorSystem
from rich.style import Style
from textual._styles_cache import StylesCache
from textual.app import App
from textual.strip import Strip
from textual.widgets import Static

from tui.app.garbage import AT_LEAST, CODES, REST, Sweeper
from tui.cnn_app import CnnApp
from tui.drawing.cell_colours import two_colours


@pytest.fixture
def sweeper() -> Iterator[Sweeper]:
    made = Sweeper(100.0)
    yield made
    made.end()


def test_a_rest_after_a_key_is_used_once(sweeper: Sweeper) -> None:
    assert not sweeper.look(101)
    sweeper.touched(102)
    assert not sweeper.look(102 + REST / 2)
    sweeper.touched(102 + REST)
    assert not sweeper.look(102 + REST)
    assert sweeper.look(102 + 2 * REST)
    assert not sweeper.look(102 + 3 * REST)


def test_without_a_rest_it_is_done_all_the_same(sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc, "collect", lambda: 0)  # when, not what: that is the next test's
    seconds = []
    for second in range(101, 400):
        sweeper.touched(second)
        if sweeper.look(second):
            seconds.append(second)
    assert seconds == [100 + AT_LEAST * turn for turn in range(1, int(299 / AT_LEAST) + 1)]


def test_circles_are_really_collected(sweeper: Sweeper) -> None:
    class Circle:
        def __init__(self) -> None:
            self.self = self

    gone = weakref.ref(Circle())
    sweeper.touched(101)
    assert sweeper.look(102)
    assert gone() is None


def test_codes_of_colours_are_let_go_once_they_are_many(sweeper: Sweeper) -> None:
    def remember(count: int) -> None:
        for number in range(count):
            Strip.render_ansi(Style(color=Color.from_rgb(number % 256, number // 256, 1)), ColorSystem.TRUECOLOR)

    Strip.render_ansi.cache_clear()
    remember(CODES)
    sweeper.look(100.1)
    assert Strip.render_ansi.cache_info().currsize == CODES
    remember(CODES + 1)
    sweeper.look(100.2)  # waits neither for a rest nor for its time
    assert Strip.render_ansi.cache_info().currsize == 0


async def test_a_widget_that_is_gone_leaves_nothing(sweeper: Sweeper) -> None:
    """A widget's drawn lines are in its `StylesCache`."""
    app = App[None]()
    async with app.run_test() as pilot:
        for _ in range(5):
            await app.mount(Static("text", classes="gone"))
            await pilot.pause()
            await app.query(".gone").remove()
        await pilot.pause()
        drawn = weakref.WeakSet(each for each in gc.get_objects() if isinstance(each, StylesCache))
        assert sweeper.look(100 + AT_LEAST)
        assert len(drawn) <= len(list(app.screen.walk_children(with_self=True))) + 1


def test_of_pairs_of_greys_few_are_kept() -> None:
    greys = [Color.from_rgb(level, level, level) for level in range(256)]
    for upper in greys:
        for lower in greys[:16]:
            style = two_colours(upper, lower)
            assert (style.color, style.bgcolor) == (upper, lower)
            assert two_colours(upper, lower) is style  # neighbours of one style become one segment
    assert two_colours.cache_info().currsize <= 1024


async def test_the_app_leaves_python_as_it_was() -> None:
    before = gc.get_threshold()
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)):
        assert gc.get_threshold() != before
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
