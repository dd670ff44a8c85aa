"""The convolution screen, driven by keys: the painted numbers are those that `cnncore` computed."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from screens_of import painted, ready, screen_lines, screen_text
from textual.widgets import Input
from walk_screens import front, redraw

from cnncore import filter2d, reference
from cnncore.lesson.kernels import KERNELS, SHARPEN
from cnncore.lesson.stepping import FilterStep
from tui.cnn_app import CnnApp, Options
from tui.walk.view import View
from tui.widgets.matrix import MatrixView

SIZES = [(80, 24), (80, 23), (120, 40), (200, 60)]


@pytest.mark.parametrize("size", SIZES)
async def test_every_painted_output_value_is_the_core_result(size: tuple[int, int]) -> None:
    app = CnnApp()
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        screen, state = app.screen, front(app)
        await pilot.press("end")
        walk = app.open_workbench().convolution()
        expected = filter2d(walk.sample.pixels, SHARPEN.weights)
        assert np.array_equal(walk.output, expected)
        seen = np.full(expected.shape, -1)
        for row, column in [(r, c) for r in range(0, 26, 3) for c in range(0, 26, 6)] + [(25, 25)]:
            # The cells before the cursor are known, those after it are not.
            state.cursor.jump(row, column)
            redraw(app)
            await pilot.pause()
            view = screen.query_one("#output-matrix", MatrixView)
            for r, values in enumerate(painted(app, "#output-matrix"), view.first_row):
                for c, value in enumerate(values, view.first_column):
                    if value is not None:
                        assert value == expected[r, c]
                        assert r * 26 + c <= row * 26 + column
                        seen[r, c] = value
                    else:
                        assert r * 26 + c > row * 26 + column
        assert np.count_nonzero(seen >= 0) > 26 * 26 // 2


@pytest.mark.parametrize("size", SIZES)
async def test_the_input_in_brackets_is_the_window(size: tuple[int, int]) -> None:
    app = CnnApp()
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        screen, state = app.screen, front(app)
        pixels = app.open_workbench().sample.pixels
        for row, column in [(0, 0), (12, 13), (25, 25), (3, 25), (25, 0)]:
            state.cursor.jump(row, column)
            redraw(app)
            await pilot.pause()
            region = screen.query_one("#input-matrix").region
            inside = [
                [int(word) for word in match.group(1).split()]
                for line in screen_lines(app)[region.y : region.bottom]
                if (match := re.search(r"\[([\d ]+)\]", line[region.x : region.right]))
            ]
            assert inside == pixels[row : row + 3, column : column + 3].tolist()


async def test_the_example_gives_65_and_warns_of_the_common_mistake() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("n")
        await pilot.pause()
        assert "[ 65]" not in screen_text(app), "the only cell must not start out finished"
        await pilot.press("end")
        await pilot.pause()
        text = screen_text(app)
        assert "[ 65]" in text
        assert "0 x 247 is 0" in text
        assert "312" in text
        await pilot.press("home", ".", ".")
        await pilot.pause()
        assert "312" not in screen_text(app), "the warning appears once its product is shown"
        await pilot.press(".")
        await pilot.pause()
        assert "312" in screen_text(app)


async def test_products_appear_one_at_a_time_and_the_sum_grows() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("n", "home")
        running = [0, 0, -205, -205, -449, 356, 219, 219, 65, 65]
        for done in range(10):
            await pilot.pause()
            lines = [line for line in screen_lines(app) if " x " in line and " = " in line and "->" not in line]
            assert sum("= " in line and not line.rstrip().endswith(".") for line in lines) == done
            strip = next(line for line in screen_lines(app) if line.startswith(" sum"))
            assert int(strip.split()[1]) == running[done]
            assert ("..." in strip) == (done < 9)
            await pilot.press(".")


async def test_a_clipped_sum_says_so() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        walk = app.open_workbench().convolution()
        high = next(step for step in walk.steps if isinstance(step, FilterStep) and step.clipped == "high")
        front(app).cursor.jump(high.row, high.column)
        redraw(app)
        await pilot.pause()
        assert f"{high.total} clamped to 255" in screen_text(app)


async def test_every_kernel_is_reached_and_shown() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        seen = []
        for _ in KERNELS:
            await pilot.press("k")
            await pilot.pause()
            kernel = app.open_workbench().kernel
            assert f"{kernel.title} {KERNELS.index(kernel)} (0-{len(KERNELS) - 1})" in screen_text(app)
            assert np.array_equal(
                app.open_workbench().convolution().output,
                filter2d(app.open_workbench().sample.pixels, kernel.weights, scale=float(kernel.scale)),
            )
            seen.append(kernel.id)
        assert sorted(seen) == sorted(kernel.id for kernel in KERNELS)


async def test_padding_keeps_the_size_and_is_shown() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("z", "home", ".")
        await pilot.pause()
        assert "28 x 28 [-1-1, -1-1]" in screen_text(app) or "[-1..1, -1..1]" in screen_text(app)
        assert app.open_workbench().convolution().output.shape == (28, 28)


async def test_a_click_goes_to_an_output_cell_or_selects_an_input_value() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.click("#output-picture", offset=(4, 3))
        await pilot.pause()
        assert (front(app).cursor.row, front(app).cursor.column) == (6, 4)
        await pilot.click("#input-picture", offset=(10, 5))
        await pilot.pause()
        assert front(app).pixel.on
        assert (front(app).pixel.row, front(app).pixel.column) == (10, 10)
        assert "feeds 9 output cells: rows 8-10, columns 8-10" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert (front(app).cursor.row, front(app).cursor.column) == (9, 9)
        assert "paused" in screen_text(app)


async def test_a_data_folder_without_images_is_named_and_garments_are_drawn(tmp_path: Path) -> None:
    app = CnnApp(Options(data=str(tmp_path)))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert "lacks t10k-images-idx3-ubyte.gz" in " ".join(screen_text(app).split())
        assert "drawn" in screen_text(app)


async def test_network_kernels_are_stepped_with_bias_and_relu(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    kernel = np.random.default_rng(3).normal(size=(3, 3, 1, 4)).astype(np.float32)
    bias = np.array([0.5, -0.5, 0.25, -0.25], np.float32)
    weights = tmp_path / "w.h5"
    with h5py.File(weights, "w") as file:
        file["layers/conv2d/vars/0"], file["layers/conv2d/vars/1"] = kernel, bias
    layer = {"kernel_size": [3, 3], "strides": [1, 1], "dilation_rate": [1, 1], "groups": 1, "activation": "relu"}
    layers = [{"class_name": "Conv2D", "config": {**layer, "data_format": "channels_last"}}]
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", json.dumps({"config": {"layers": layers}}))
        archive.write(weights, "model.weights.h5")
    app = CnnApp(Options(model=str(tmp_path / "m.keras")))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for _ in range(100):
            await pilot.pause(0.02)
            if app.open_workbench().network:
                break
        await pilot.press("k")
        await pilot.pause()
        assert "Network kernel 1 (0-3)" in screen_text(app)
        walk = app.open_workbench().convolution()
        pixels = app.open_workbench().sample.pixels.astype(np.float32) / np.float32(255)
        expected = reference.conv2d(pixels, kernel[:, :, 0, 1], bias[1:2], activation="relu")
        assert np.allclose(walk.output, expected, rtol=1e-5, atol=1e-6)
        step = walk.steps[front(app).cursor.index]
        strip = next(line for line in screen_lines(app) if line.startswith(" sum"))
        assert f"{step.total:.3f}" in strip
        assert "- bias 0.500 =" in strip
        assert "ReLU" in strip
        assert "clamp" not in strip
        await pilot.press("w")
        await pilot.pause()
        assert f"Sharpen 1 (0-{len(KERNELS) - 1})" in screen_text(app)


async def test_without_a_trained_network_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("cnncore.training.runs.folder.runs_folder", lambda: tmp_path / "none")
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("w")
        await pilot.pause()
        assert "There is no trained network yet" in screen_text(app)


async def test_a_picture_file_is_opened_and_a_wrong_path_is_reported(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("1,2,3,4\n5,6,7,8\n9,10,11,12\n", encoding="utf-8")
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("o")
        await pilot.pause()
        field = app.screen.query_one(Input)
        field.value = str(tmp_path / "none.png")
        await pilot.press("enter")
        await pilot.pause()
        assert "none.png" in str(app.screen.query_one("#wrong").render())
        field.value = str(tmp_path / "m.csv")
        await pilot.press("enter")
        await pilot.pause()
        assert "m.csv" in screen_text(app)
        assert app.open_workbench().sample.pixels.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]


async def test_a_window_in_the_padding_has_no_double_minus() -> None:
    app = CnnApp(Options(view=View(padding=((1, 1), (1, 1)), at=(0, 0))))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "[-1..1, -1..1]" in screen_text(app)


async def test_a_start_outside_the_output_is_reported() -> None:
    app = CnnApp(Options(view=View(at=(99, 3))))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "--at: row is 99; it must be from 0 to 25" in screen_text(app)
        await pilot.press("right")
        await pilot.pause()
        assert "--at" not in screen_text(app)


async def test_a_network_is_refused_as_a_picture_and_the_error_goes_with_the_next_letter(tmp_path: Path) -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("o")
        await pilot.pause()
        app.screen.query_one(Input).value = str(tmp_path / "a.keras")
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert "O opens it" in screen_text(app)
        await pilot.press("backspace")
        await pilot.pause()
        assert "O opens it" not in screen_text(app)
        assert "a.kera" in screen_text(app)
