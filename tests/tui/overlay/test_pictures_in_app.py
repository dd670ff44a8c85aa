"""Pictures in pixels while the app runs: they follow keys, dialogs and sizes."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from graphics import CELL, Fixed
from screens_of import ready
from terminal_model import Laid
from textual.pilot import Pilot

from tui.cnn_app import CnnApp, Options
from tui.drawing.theme import PALETTES
from tui.overlay.pixels import draw, tones_of
from tui.widgets.picture import PictureView


@contextlib.asynccontextmanager
async def app_with_board(protocol: Any, size: tuple[int, int] = (100, 36)) -> Any:
    app = CnnApp(Options())
    fixed = Fixed(protocol)
    app.terminal_pictures = fixed.terminal_pictures
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        yield app, pilot, fixed


def views(app: CnnApp) -> list[PictureView]:
    return list(app.screen.query(PictureView))


def check_pictures(app: CnnApp, fixed: Fixed) -> None:
    """Check that the terminal's pictures equal the walk's, pixel for pixel, at their cells."""
    pictures = fixed.terminal.pictures
    if fixed.terminal_pictures.protocol == "kitty":
        assert len(pictures) == sum(view.picture is not None for view in views(app))
    places: dict[tuple[int, int], Laid] = {(laid.x, laid.y): laid for laid in pictures.values()}
    for view in views(app):
        if view.picture is None:  # its kernel does not fit
            continue
        laid = places[view.region.x, view.region.y]
        tones = tones_of(PALETTES[app.theme], view.background_colors[1].rgb, output=view.picture.output)
        colours = np.array([*((level,) * 3 for level in range(256)), *tones.colours], np.uint8)
        expected = colours[draw(view.picture, CELL)]
        assert laid.pixels.shape == expected.shape
        assert np.abs(laid.pixels.astype(int) - expected).max() <= (
            0 if fixed.terminal_pictures.protocol == "kitty" else 2
        )
        if fixed.terminal_pictures.protocol == "kitty":
            assert (laid.lines, laid.cells) == view.picture.size


async def check_when_settled(app: CnnApp, pilot: Pilot[None], fixed: Fixed) -> None:
    """As `check_pictures`, as soon as the frame is there."""
    for _ in range(100):
        await pilot.pause(0.01)
        with contextlib.suppress(AssertionError, KeyError):
            return check_pictures(app, fixed)
    return check_pictures(app, fixed)


@pytest.mark.parametrize("protocol", ["kitty", "sixel"])
async def test_both_pictures_follow_the_keys(protocol: str) -> None:
    async with app_with_board(protocol) as (app, pilot, fixed):
        await check_when_settled(app, pilot, fixed)
        workbench = app.open_workbench()
        picture = views(app)[0].picture
        assert picture is not None and picture.levels is workbench.convolution().input_levels
        walk = workbench.convolution()
        np.testing.assert_array_equal(walk.input_levels, walk.inputs)  # its very pixels
        for key in ("right", "down", "full_stop", "tab", "left", "escape", "end", "k", "T", "s", "T", "d", "s", "n"):
            await pilot.press(key)
            await pilot.pause()
            if app.screen is not app.get_screen_stack()[0]:  # a question for a number
                await pilot.press("escape")
            await check_when_settled(app, pilot, fixed)


async def test_kitty_takes_pictures_away_for_dialogs_other_screens_and_no_room() -> None:
    async with app_with_board("kitty") as (app, pilot, fixed):

        async def settled(count: int) -> None:
            for _ in range(100):
                await pilot.pause(0.02)
                if len(fixed.terminal.pictures) == count:
                    return
            raise AssertionError(f"{len(fixed.terminal.pictures)} pictures, not {count}")

        for away, back in (("question_mark", "escape"), ("ctrl+p", "escape"), ("4", "1"), ("5", "1")):
            await pilot.press(away)
            await settled(0)
            assert not fixed.terminal.memory
            await pilot.press(back)
            await settled(2)
            await check_when_settled(app, pilot, fixed)
        await pilot.press("2")
        await settled(2)
        await check_when_settled(app, pilot, fixed)
        await pilot.resize_terminal(20, 5)
        await settled(0)
        await pilot.resize_terminal(120, 40)
        await settled(2)
        await check_when_settled(app, pilot, fixed)
        await pilot.press("q")
        assert not fixed.terminal.pictures


async def test_behind_a_dialog_there_are_half_blocks_of_now() -> None:
    async with app_with_board("sixel") as (app, pilot, _fixed):
        view = views(app)[0]
        blank = view.render_lines(view.size.region)
        assert not "".join(strip.text for strip in blank).strip()
        await pilot.press("right")
        await pilot.press("question_mark")
        await pilot.pause()
        drawn = view.render_lines(view.size.region)
        assert any("▀" in strip.text for strip in drawn)
        await pilot.press("escape")
        await pilot.pause()
        assert not "".join(strip.text for strip in view.render_lines(view.size.region)).strip()


async def test_without_graphics_nothing_is_written_and_nothing_loaded() -> None:
    code = (
        "import sys, tui.cnn_app, tui.walk.convolution; "
        "print(*[m for m in sys.modules if m.startswith('tui.overlay') or m == 'tui.overlay.pixels'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["tui.overlay"]
    app = CnnApp(Options())
    async with app.run_test(size=(100, 36)) as pilot:
        await ready(pilot)
        assert app.terminal_pictures is None
        assert any("▀" in strip.text for strip in views(app)[0].render_lines(views(app)[0].size.region))


async def test_hammered_keys_and_sizes_leave_what_should_be_there() -> None:
    random = np.random.default_rng(4)
    keys = ["right", "down", "up", "left", "full_stop", "tab", "question_mark", "escape", "1", "2", "4", "n", "k", "T"]
    async with app_with_board("kitty") as (app, pilot, fixed):
        for _ in range(150):
            await pilot.press(str(random.choice(keys)))
            if random.random() < 0.06:
                await pilot.resize_terminal(*((20, 5), (80, 24), (120, 40))[random.integers(3)])
        await pilot.press("escape", "escape", "1")
        await pilot.resize_terminal(100, 36)
        await check_when_settled(app, pilot, fixed)
        assert set(fixed.terminal.memory) == set(fixed.terminal.pictures)
