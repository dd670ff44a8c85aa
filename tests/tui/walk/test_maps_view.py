"""Several maps side by side, each of its own kernel."""

from __future__ import annotations

import numpy as np
from screens_of import ready, screen_lines, screen_text

from cnncore import filter2d
from cnncore.lesson.kernels import KERNELS, SHARPEN, kernel_by_id
from tui.cnn_app import CnnApp
from tui.walk.maps_view import MapsView


async def test_maps_of_several_kernels_are_side_by_side_with_one_selected() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("m", "k", "m", "k", "k", "m")
        await pilot.pause()
        view = app.screen.query_one("#maps", MapsView)
        names = screen_lines(app)[view.region.y].split("  ")
        assert [name.strip() for name in names if name.strip()] == ["Sharpen", "Blur", "[Emboss]"]
        for tile, name in zip(view.tiles, ("sharpen", "blur", "emboss"), strict=True):
            kernel = kernel_by_id(name)
            pixels = app.open_workbench().sample.pixels
            assert tile.picture is not None
            assert np.array_equal(tile.picture.levels, filter2d(pixels, kernel.weights, scale=float(kernel.scale)))
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert app.open_workbench().kernel is SHARPEN
        assert "[Sharpen]" in screen_text(app)
        await pilot.click("#maps", offset=(20, 3))
        await pilot.pause()
        assert app.open_workbench().kernel.id == "blur"
        await pilot.press("M")
        await pilot.pause()
        assert not app.screen.query_one("#maps").display
        await pilot.press("M")
        await pilot.pause()
        assert len(view.tiles) == len(KERNELS)


async def test_the_map_of_an_edited_kernel_follows_the_edit() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("m", "e", "pageup", "pageup")
        await pilot.pause()
        workbench = app.open_workbench()
        tiles = app.screen.query_one("#maps", MapsView).tiles
        assert [tile.title for tile in tiles] == ["Sharpen", "Custom"]
        assert tiles[1].picture is not None
        assert np.array_equal(tiles[1].picture.levels, filter2d(workbench.sample.pixels, workbench.kernel.weights))
