"""A photograph of 4000 x 3000: it opens, scrolls and filters, and a key recomputes only the visible part."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len
from rich.style import Style
from screens_of import ready, screen_lines, screen_text
from textual.pilot import Pilot
from walk_screens import front, redraw

from cnncore import conv2d, filter2d
from cnncore.datasets.pictures import load_picture
from cnncore.display.greys import unit_pixels
from cnncore.keras.first_layer import FirstLayer
from cnncore.lesson.kernels import SHARPEN
from tui.cnn_app import CnnApp, Options
from tui.drawing.theme import DARK_NAME, palette
from tui.walk.status import status_text
from tui.walk.walks import Sample
from tui.widgets.picture import PictureView

ROWS, COLUMNS = 3000, 4000


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradient with noise, as a colour JPEG."""
    from PIL import Image

    path = tmp_path_factory.mktemp("photo") / "photo.jpg"
    noise = (
        np.random.default_rng(0).integers(0, 60, (ROWS // 4, COLUMNS // 4, 3), dtype=np.uint8).repeat(4, 0).repeat(4, 1)
    )
    noise += np.linspace(0, 190, COLUMNS).astype(np.uint8)[None, :, None]
    Image.fromarray(noise).save(path, quality=85)
    return path


@asynccontextmanager
async def opened(photo: Path, size: tuple[int, int]) -> AsyncIterator[tuple[CnnApp, Pilot[None]]]:
    app = CnnApp(Options(image=str(photo)))
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        yield app, pilot


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_a_photo_is_shown_filtered_and_marked(photo: Path, size: tuple[int, int]) -> None:
    async with opened(photo, size) as (app, pilot):
        pixels = load_picture(photo)
        assert np.array_equal(app.open_workbench().sample.pixels, pixels)
        expected = filter2d(pixels, SHARPEN.weights)
        for row, column in [(0, 0), (1500, 2000), (ROWS - 3, COLUMNS - 3)]:
            front(app).cursor.jump(row, column)
            redraw(app)
            await pilot.pause()
            assert f"[{expected[row, column]:>3}]" in screen_text(app)
            window = "[" + " ".join(f"{value:>3}" for value in pixels[row + 1, column : column + 3]) + "]"
            assert any(window in line for line in screen_lines(app))
            picture = app.screen.query_one("#input-picture", PictureView).picture
            assert picture is not None and picture.scale.every > 1
            lines, cells = picture.size
            assert lines <= size[1] and cells <= size[0] // 2


def test_the_grey_formula_is_shown_if_it_leaves_the_name_room() -> None:
    grey = np.zeros((4, 4), np.uint8)
    sample = Sample("photo.png", grey, channels=(grey,) * 4)
    colours = palette(DARK_NAME)
    said = [status_text(sample, "1/10,010", ("|| paused", Style()), 10, width, colours).plain for width in (78, 118)]
    assert [cell_len(line) for line in said] == [78, 118]
    assert said[0].startswith("photo.png  1/10,010  grey (c)  ")
    assert said[1].startswith("photo.png  1/10,010  grey = 0.299 R + 0.587 G + 0.114 B (c)  ")


async def test_a_key_neither_copies_nor_recomputes_the_map(photo: Path) -> None:
    async with opened(photo, (200, 60)) as (app, pilot):
        walk = app.open_workbench().convolution()
        for key in ("right", "down", "full_stop"):  # the first keys fill the caches
            await pilot.press(key)
        tracemalloc.start()
        try:
            for key in ("right", "down", "full_stop", "left", "up", "comma"):
                tracemalloc.reset_peak()
                before = tracemalloc.get_traced_memory()[0]
                await pilot.press(key)
                peak = tracemalloc.get_traced_memory()[1] - before
                assert peak < walk.output.nbytes // 3, f"{key} took {peak:,} bytes"
        finally:
            tracemalloc.stop()
        assert app.open_workbench().convolution() is walk


async def test_keys_cost_about_what_they_cost_on_a_small_picture(photo: Path) -> None:
    """A ratio, because the machine is shared. If the cost grew with the map, it would be about a thousand."""

    async def seconds(options: Options) -> float:
        app = CnnApp(options)
        async with app.run_test(size=(120, 40)) as pilot:
            await ready(pilot)
            taken = []
            for _ in range(30):
                start = time.process_time()
                await pilot.press("down")
                taken.append(time.process_time() - start)
            return sorted(taken)[len(taken) // 2]

    assert await seconds(Options(image=str(photo))) < 6 * await seconds(Options())


async def test_network_kernels_and_pooling_work_on_a_photo(photo: Path) -> None:
    rng = np.random.default_rng(1)
    layer = FirstLayer(rng.normal(size=(3, 3, 1, 2)).astype(np.float32), np.array([0.1, -0.1], np.float32))
    async with opened(photo, (120, 40)) as (app, pilot):
        app.open_workbench().set_layer(layer)
        redraw(app)
        await pilot.press("down")
        cursor = front(app).cursor
        output = conv2d(
            unit_pixels(app.open_workbench().sample.pixels), layer.kernel[:, :, 0, 0], layer.bias[:1], activation="relu"
        )
        assert f"{output[cursor.row, cursor.column]:.3f}" in screen_text(app)
        await pilot.press("2", "right")
        await pilot.pause()
        assert "max(" in screen_text(app) and "1499" in screen_text(app)
