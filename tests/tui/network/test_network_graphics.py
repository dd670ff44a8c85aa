"""The network screen's pictures in pixels: the picture, the map before, the large map."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from terminal_model import Laid, TerminalModel
from textual.pilot import Pilot

from cnncore.activations import ActivationName
from cnncore.datasets.network_images import Pictures
from cnncore.display.greys import unit_pixels
from cnncore.network import Conv2D, Network
from tui.cnn_app import CnnApp
from tui.drawing.maps import look_of
from tui.drawing.theme import DARK_NAME, PALETTES
from tui.network.activations import Activations
from tui.network.cursor import Cursor, Depth
from tui.network.layer_depth import layer_depth
from tui.network.screen import NetworkScreen
from tui.overlay import Cell
from tui.overlay.pictures import TerminalPictures

CELL = Cell(10, 20)


@pytest.fixture(autouse=True)
def _no_keras_and_few_pictures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    def pictures(network: Network, _data: str = "") -> Pictures:
        rng = np.random.default_rng(4)
        shape = (5, *network.input_shape[:2])
        labels = np.arange(5, dtype=np.uint8)
        return Pictures(rng.integers(0, 256, shape, dtype=np.uint8), labels, tuple("abcdefghij"), "here")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(NetworkScreen, "keras_command", [sys.executable, "-c", "pass"])
    monkeypatch.setattr("cnncore.datasets.network_images.find_pictures", pictures)
    yield


@contextlib.asynccontextmanager
async def network_app(protocol: Any) -> Any:
    app = CnnApp(start="network")
    terminal = TerminalModel()
    app.terminal_pictures = TerminalPictures(protocol, lambda text: terminal.feed(text.encode("ascii")), lambda: CELL)
    async with app.run_test(size=(120, 40)) as pilot:
        for _ in range(300):
            await pilot.pause(0.02)
            if isinstance(app.screen, NetworkScreen) and app.screen.state and app.screen.state.picture_set:
                break
        yield app, pilot, terminal


def cursor_of(app: CnnApp) -> Cursor:
    assert isinstance(app.screen, NetworkScreen) and app.screen.state is not None
    return app.screen.state.cursor


async def until(pilot: Pilot[None], true: Callable[[], bool]) -> None:
    for _ in range(200):
        await pilot.pause(0.02)
        if true():
            return
    raise AssertionError("it did not come")


def shows(laid: Laid, levels: Any, cell: tuple[int, int] | None = None) -> bool:
    """Return true if a picture shows `levels` as squares, read outside outlines; `cell` has an outline."""
    rows, columns = levels.shape
    zoom = laid.pixels.shape[1] // (CELL.width * columns)
    size = zoom * CELL.width
    if laid.pixels.shape[1] != size * columns or zoom == 0:
        return False
    middles = laid.pixels[size // 2 : size * rows : size, size // 2 : size * columns : size]
    if middles.shape[:2] != levels.shape or np.abs(middles.astype(int) - levels[..., None]).max() > 2:
        return False
    if cell is None:
        return True
    corner = laid.pixels[cell[0] * size, cell[1] * size]
    return bool(len(set(corner.tolist())) > 1)  # the outline has a colour


@pytest.mark.parametrize("protocol", ["kitty", "sixel"])
async def test_picture_and_large_map_are_what_the_core_computes(protocol: str) -> None:
    async with network_app(protocol) as (app, pilot, terminal):
        pixels = cursor_of(app).activations.inputs
        picture = np.rint(np.asarray(pixels).reshape(28, 28) * 255)
        await until(pilot, lambda: any(shows(laid, picture) for laid in terminal.pictures.values()))
        await pilot.press("down", "enter")
        cursor = cursor_of(app)
        assert cursor.depth == Depth.LAYER and not cursor.activations.signed(cursor.layer)
        for key in ("right", "down", "right_square_bracket", "m", "greater_than_sign"):
            await pilot.press(key)
            levels = cursor.activations.levels(cursor.layer, cursor.map, cursor.scale)
            cell = (cursor.row, cursor.column)
            await until(
                pilot,
                lambda levels=levels, cell=cell: any(shows(laid, levels, cell) for laid in terminal.pictures.values()),
            )


async def test_kitty_has_no_picture_left_behind_a_dialog_and_elsewhere() -> None:
    async with network_app("kitty") as (_app, pilot, terminal):
        await until(pilot, lambda: len(terminal.pictures) == 1)
        await pilot.press("down", "enter")
        await until(pilot, lambda: len(terminal.pictures) == 3)
        for away, back in (("question_mark", "escape"), ("4", "3")):
            await pilot.press(away)
            await until(pilot, lambda: not terminal.pictures)
            assert not terminal.memory
            await pilot.press(back)
            await until(pilot, lambda: len(terminal.pictures) == 3)
        await pilot.press("enter")  # one value's arithmetic
        await until(pilot, lambda: not terminal.pictures)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: len(terminal.pictures) == 1)
        await pilot.resize_terminal(20, 5)
        await until(pilot, lambda: not terminal.pictures)
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: len(terminal.pictures) == 1)


@pytest.mark.parametrize("activation", ["relu", "linear"])
def test_a_map_with_negative_values_keeps_the_signs_in_its_cells(activation: ActivationName) -> None:
    kernel = np.random.default_rng(3).normal(size=(3, 3, 1, 4)).astype(np.float32)
    layer = Conv2D(name="conv", input_shape=(8, 8, 1), kernel=kernel, activation=activation)
    pixels = np.random.default_rng(1).integers(0, 256, (8, 8), np.uint8)
    cursor = Cursor(Activations.of(Network([layer], (8, 8, 1)), unit_pixels(pixels)[..., None]))
    cursor.to_layer(0)
    colours = PALETTES[DARK_NAME]
    drawn = [each.block.picture for each in layer_depth(cursor, pixels, 120, 40, colours, look_of(colours))]
    pictures = [picture for picture in drawn if picture is not None]
    assert pictures[0].levels is pixels
    assert len(pictures) == (2 if activation == "relu" else 1)
