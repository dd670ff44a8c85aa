"""Rows are kept: unchanged ones are neither drawn nor painted again, and colours and sizes are followed."""

from __future__ import annotations

from typing import Any

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult
from textual.geometry import Region

from tui.drawing.theme import DARK_NAME, LIGHT_NAME, THEMES, palette
from tui.widgets.message import MessageLine
from tui.widgets.rows import Box, Row, Rows, TextRows


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


async def test_a_style_of_two_true_colours_is_as_it_is_and_others_are_on_the_widgets_own() -> None:
    app = Shown()
    async with app.run_test(size=(20, 8)):
        numbers = app.query_one(Numbers)
        one, other = Color.from_rgb(1, 2, 3), Color.from_rgb(4, 5, 6)
        both = Style(color=one, bgcolor=other)
        segments = list(numbers._strip([Segment("ab", both), Segment("c", Style(color=one))], 5))
        assert [segment.text for segment in segments] == ["ab", "c", "  "]
        assert segments[0].style == both
        ground = numbers.rich_style.bgcolor
        assert segments[1].style is not None
        assert segments[1].style.color == one
        assert [segment.style.bgcolor for segment in segments[1:] if segment.style is not None] == [ground, ground]
        (dim,) = [segment.style for segment in numbers._strip([Segment("a", both + Style(dim=True))], 1)]
        assert dim is not None
        assert dim.color not in (one, other)  # what is dim is mixed with what is under it


async def test_an_equal_text_is_not_drawn_again_and_another_style_is() -> None:
    app = Shown()
    async with app.run_test(size=(20, 8)) as pilot:
        text = app.query_one(TextRows)
        text.update(Text("a", "red"))
        await pilot.pause()
        kept = text._rows[0]
        text.update(Text("a", "red"))
        assert text._rows[0] is kept
        text.update(Text("a", "bold"))
        assert text._rows[0] is not kept
        text.update("a\nb")
        text.update("c")
        await pilot.pause()
        assert lines(app)[5:7] == [" c", ""]


async def test_a_box_is_empty_where_nothing_lies_on_it() -> None:
    class Boxed(Shown):
        def compose(self) -> ComposeResult:
            with Box(id="box"):
                yield Numbers()

    app = Boxed()
    async with app.run_test(size=(20, 8)) as pilot:
        box = app.query_one(Box)
        assert [strip.text for strip in box.render_lines(box.size.region)] == [" " * 20] * 8
        assert lines(app) == ["0"] * 5 + [""] * 3
        app.theme = LIGHT_NAME
        await pilot.pause()
        segments = [segment for strip in box.render_lines(box.size.region) for segment in strip]
        ground = {segment.style.bgcolor for segment in segments if segment.style is not None}
        assert ground == {box.rich_style.bgcolor}


async def test_a_message_takes_as_many_lines_as_it_needs_and_stays_where_it_is_told_to() -> None:
    class Said(Shown):
        def compose(self) -> ComposeResult:
            yield MessageLine(id="said", indent=1)
            yield Numbers()

    app = Said()
    async with app.run_test(size=(20, 8)) as pilot:
        said = app.query_one(MessageLine)
        for text, stays, shown in (
            ("", False, []),
            ("", True, [""]),
            ("short", False, [" short"]),
            ("more than one line of twenty", True, [" more than one line", " of twenty"]),
            (
                "many words as are too much for two lines of twenty",
                False,
                [" many words as are", " too much for two"],
            ),
            ("/a/path/without/a/space/in/it", False, [" /a/path/without/a/", " space/in/it"]),
            ("", False, []),
        ):
            said.say(text, Style(), 20, stays=stays)
            await pilot.pause()
            assert said.lines == len(shown)
            assert lines(app)[: len(shown) + 5] == [*shown, *["0"] * 5]
