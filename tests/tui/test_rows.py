"""Rows that are kept: what did not change is neither drawn nor painted again, and colours and sizes are followed."""

from __future__ import annotations

from typing import Any

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Region

from tui.theme import DARK_NAME, LIGHT_NAME, THEMES, palette
from tui.widgets.rows import Row, Rows, TextRows


class Numbers(Rows):
    """A number a row."""

    DEFAULT_CSS = "Numbers { height: 5; }"

    def __init__(self) -> None:
        super().__init__(id="numbers")
        self.numbers = [0] * 5
        self.drawn: list[int] = []
        self.painted: list[tuple[Region, ...]] = []

    def draw_row(self, y: int, width: int) -> Row:  # noqa: ARG002
        self.drawn.append(y)
        return [Segment(str(self.numbers[y]), palette(self.app.theme).text)]

    def _set_dirty(self, *regions: Region) -> None:
        self.painted.append(regions)
        super()._set_dirty(*regions)


class Shown(App[None]):
    CSS = "#text { height: 2; }"

    def __init__(self) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK_NAME

    def compose(self) -> ComposeResult:
        yield Numbers()
        yield TextRows(id="text", indent=1)


def lines(app: App[Any]) -> list[str]:
    return ["".join(segment.text for segment in strip).rstrip() for strip in app.screen._compositor.render_strips()]


def styles(app: App[Any]) -> set[str]:
    return {str(segment.style) for segment in app.screen._compositor.render_strips()[0] if segment.text.strip()}


async def test_only_what_changed_is_painted() -> None:
    app = Shown()
    async with app.run_test(size=(20, 8)) as pilot:
        numbers = app.query_one(Numbers)
        numbers.numbers = [1, 2, 3, 4, 5]
        numbers.redraw()
        await pilot.pause()
        assert lines(app)[:5] == ["1", "2", "3", "4", "5"]
        numbers.drawn, numbers.painted = [], []
        numbers.numbers[3] = 9
        numbers.redraw([1, 3, 7])
        assert numbers.drawn == [1, 3]
        assert numbers.painted == [(Region(0, 3, 20, 1),)]
        await pilot.pause()
        assert numbers.drawn == [1, 3]
        assert lines(app)[:5] == ["1", "2", "3", "9", "5"]
        numbers.painted = []
        numbers.redraw()
        assert numbers.painted == []


async def test_sizes_and_colours_are_followed() -> None:
    app = Shown()
    async with app.run_test(size=(20, 8)) as pilot:
        dark = styles(app)
        app.theme = LIGHT_NAME
        await pilot.pause()
        assert styles(app) != dark
        app.query_one(TextRows).update("a line too long for so few cells\nb")
        await pilot.pause()
        assert lines(app)[5:7] == [" a line too long fo", " b"]
        await pilot.resize_terminal(30, 8)
        await pilot.pause()
        assert lines(app)[5:7] == [" a line too long for so few c", " b"]
        assert app.screen._compositor.render_strips()[0].cell_length == 30
