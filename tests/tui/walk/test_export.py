"""The current view can be exported: a command line reopens it, and files hold its values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from screens_of import ready, screen_text
from textual.widgets import Input
from walk_screens import shown_command

from cnncore import filter2d
from cnncore.datasets.pictures import load_picture, save_picture
from cnncore.lesson.kernels import KERNELS, kernel_by_id
from tui.cnn_app import CnnApp, Options
from tui.i18n import set_language
from tui.walk.screen import WalkScreen


@pytest.mark.parametrize(
    ("keys", "layer"),
    [
        (["s", "s"], "strides=(3, 3), padding='valid'"),
        (["d", "z"], "dilation_rate=(2, 2)"),
        (["z", "s", "2", "d"], "MaxPooling2D((3, 3), strides=(3, 3), padding='valid')"),
        (["2", "s", "z"], "MaxPooling2D((2, 2), strides=(1, 1), padding='same')"),
    ],
)
async def test_the_keras_layer_has_the_same_window(keys: list[str], layer: str, tmp_path: Path) -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press(*keys, "x", "k")
        await pilot.pause()
        app.screen.query_one(Input).value = str(tmp_path / "layer.py")
        await pilot.press("enter")
        await pilot.pause()
    assert layer in (tmp_path / "layer.py").read_text("utf-8")


async def test_settings_without_a_keras_layer_are_refused(tmp_path: Path) -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("s", "d", "x", "k")
        await pilot.pause()
        app.screen.query_one(Input).value = str(tmp_path / "layer.py")
        await pilot.press("enter")
        await pilot.pause()
        assert "strides or a dilation_rate, not both" in screen_text(app)
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".npy", ".csv", ".png"])
async def test_all_maps_are_written(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"maps{suffix}"
    app = CnnApp()
    async with app.run_test(size=(200, 60)) as pilot:
        await ready(pilot)
        await pilot.press("x", "a")  # a single map: the menu does not offer all maps
        await pilot.pause()
        assert not app.screen.query(Input)
        await pilot.press("escape", "m", "k", "m", "k", "k", "x", "a")
        await pilot.pause()
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await pilot.pause()
        workbench = app.open_workbench()
        names = ["sharpen", "blur", "emboss"]
        pixels = workbench.sample.pixels
        right = [filter2d(pixels, k.weights, scale=float(k.scale)) for k in map(kernel_by_id, names)]
        if suffix == ".npy":
            np.testing.assert_array_equal(np.load(path), right)
            assert "in this order: sharpen, blur, emboss" in " ".join(screen_text(app).split())
        else:
            read = load_picture if suffix == ".png" else lambda file: np.loadtxt(file, delimiter=",")
            for name, values in zip(names, right, strict=True):
                np.testing.assert_array_equal(read(tmp_path / f"maps-{name}{suffix}"), values)
            assert not path.exists()
            await pilot.press("x", "a")
            await pilot.pause()
            app.screen.query_one(Input).value = str(path)
            await pilot.press("enter")
            await pilot.pause()
            assert "already exists" in screen_text(app)


async def test_maps_of_different_sizes_are_written_one_file_per_map(tmp_path: Path) -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("M", "x", "a")
        await pilot.pause()
        app.screen.query_one(Input).value = str(tmp_path / "maps.npy")
        await pilot.press("enter")
        await pilot.pause()
    assert len(list(tmp_path.glob("maps-*.npy"))) == len(KERNELS)
    assert np.load(tmp_path / "maps-gaussian.npy").shape == (24, 24)


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_the_menu_shows_the_command_and_copies_it(language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        command = shown_command(app)
        await pilot.press("x")
        await pilot.pause()
        assert "--at 12,13" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.clipboard == command
        assert command in screen_text(app).replace("\n", "")
        await pilot.press("x", "escape")
        await pilot.pause()
        assert isinstance(app.screen, WalkScreen)


@pytest.mark.parametrize(("key", "name"), [("i", "in.png"), ("o", "out.png"), ("m", "in.npy"), ("n", "out.csv")])
async def test_files_hold_the_values_shown(key: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    app = CnnApp()
    async with app.run_test(size=(200, 60)) as pilot:
        await ready(pilot)
        walk = app.open_workbench().convolution()
        await pilot.press("x", key)
        await pilot.pause()
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await pilot.pause()
        assert f"Saved: {path}" in screen_text(app)
        values = walk.inputs if name.startswith("in") else walk.output
        readers: dict[str, Callable[[Path], Any]] = {
            ".png": load_picture,
            ".npy": np.load,
            ".csv": lambda file: np.loadtxt(file, delimiter=","),
        }
        read_back = readers[path.suffix](path)
        assert np.array_equal(read_back, values)
        # An existing file is overwritten only after a second Enter.
        path.write_bytes(b"mine")
        await pilot.press("x", key)
        await pilot.pause()
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await pilot.pause()
        assert "already exists" in screen_text(app) and path.read_bytes() == b"mine"
        await pilot.press("enter")
        await pilot.pause()
        assert path.read_bytes() != b"mine" and isinstance(app.screen, WalkScreen)


@pytest.mark.parametrize("name", ["layer.txt", "none/layer.py", "", "folder.py"])
async def test_a_failed_write_is_reported_and_the_name_stays(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("x", "k")
        await pilot.pause()
        typed = str(tmp_path / name) if name else ""
        app.screen.query_one(Input).value = typed
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen.query_one(Input).value == typed
        assert any(
            word in screen_text(app) for word in ("must end in", "cannot be written", "Enter a file name", "folder")
        )
        assert [path.name for path in tmp_path.iterdir()] == ["folder.py"]


async def test_the_code_of_a_large_picture_has_its_pixels_in_a_file(tmp_path: Path) -> None:
    picture = tmp_path / "photo.png"
    save_picture(np.random.default_rng(0).integers(0, 256, (80, 90), dtype=np.uint8), picture)
    app = CnnApp(Options(image=str(picture)))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("x", "k")
        await pilot.pause()
        app.screen.query_one(Input).value = str(tmp_path / "layer.py")
        await pilot.press("enter")
        await pilot.pause()
    assert np.array_equal(np.load(tmp_path / "layer_pixels.npy"), load_picture(picture))
    compile((tmp_path / "layer.py").read_text(), "layer.py", "exec")


async def test_the_palette_offers_every_export() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert "The layer as Keras code" in titles and "Predict, then reveal" in titles
        next(c for c in app.get_system_commands(app.screen) if c.title.startswith("Copy the command")).callback()
        assert app.clipboard == shown_command(app)
        await pilot.press("3")
        await pilot.pause()
        assert "The layer as Keras code" not in [c.title for c in app.get_system_commands(app.screen)]
