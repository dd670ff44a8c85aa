"""The walk's screens at every size and in both languages: everything that must fit does."""

from __future__ import annotations

import re

import pytest
from screens_of import ready, screen_lines, screen_text
from walk_screens import front

from tui.cnn_app import CnnApp
from tui.i18n import set_language


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_nothing_is_cut_off_at_80x24(language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        text = screen_text(app)
        assert ("paused" if language == "en" else "일시정지") in text
        assert ("clamp 0..255" if language == "en" else "0~255로 제한") in text
        assert text.splitlines()[-1].rstrip().endswith("? Help" if language == "en" else "? 도움말")


async def test_resizing_keeps_the_position() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("right", "right", "down", ".", ".")
        before = front(app).cursor
        state = (before.row, before.column, before.term)
        for size in [(200, 60), (20, 5), (120, 40), (1, 1), (80, 24)]:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            after = front(app).cursor
            assert (after.row, after.column, after.term) == state
        assert f"[{state[0]}, {state[1]}]" in screen_text(app)


async def test_a_small_terminal_is_asked_for_more_room() -> None:
    app = CnnApp()
    async with app.run_test(size=(40, 8)) as pilot:
        await ready(pilot)
        assert "80 columns and 22 lines" in " ".join(screen_text(app).split())


async def test_switching_the_language_keeps_the_position() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("right", "down")
        place = (front(app).cursor.row, front(app).cursor.column)
        await pilot.press("L")
        await pilot.pause()
        assert "합성곱" in screen_text(app)
        assert "선명하게" in screen_text(app)
        assert "Sharpen" not in screen_text(app)
        await pilot.press("l")
        await pilot.pause()
        assert "Sharpen" in screen_text(app)
        assert (front(app).cursor.row, front(app).cursor.column) == place


async def test_a_beginner_reads_an_introduction() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert "A kernel lies on the picture." in screen_text(app)
        assert "output size (28 - 3) / 1 + 1 = 26" in screen_text(app)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("start", ["convolution", "pooling"])
async def test_no_line_is_longer_than_the_terminal_in_any_state(
    language: str, size: tuple[int, int], start: str
) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start=start)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        for keys in (("s",), ("d",), ("tab",), ("escape", "j"), ("j",), ("e",), ("escape", "m"), ("M",), ("z",)):
            await pilot.press(*keys)
            await pilot.pause()
            lines = screen_lines(app)
            assert lines[-1].rstrip().endswith("Help" if language == "en" else "도움말")
            facts = app.screen.query_one("#facts")
            for line in lines[facts.region.y : facts.region.bottom]:
                assert "…" not in line, line
            assert "#" not in re.sub(r"[^#]", "", lines[app.screen.query_one("#strip").region.y])
