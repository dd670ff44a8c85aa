"""What is on screen can be taken along: the command line opens it again, the files hold what is shown."""

from __future__ import annotations

import shlex
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from screens_of import ready, screen_text
from textual.widgets import Input
from walk_screens import front, options_of, redraw, shown_command, state_of

from cnncore import filter2d
from cnncore.datasets.pictures import load_picture, save_picture
from cnncore.keras.first_layer import FirstLayer
from cnncore.lesson.kernels import KERNELS, custom_kernel, kernel_by_id, parse_kernel
from tui.cli import main as cli
from tui.cnn_app import CnnApp, Options
from tui.i18n import set_language
from tui.walk.command_line import map_names_text, weight_text
from tui.walk.padding import typed_padding
from tui.walk.screen import WalkScreen
from tui.walk.view import View, typed_maps


@pytest.mark.parametrize("keys", [
    ["right", "down"],
    ["n", "n", "k", "z", "home", "right"],
    ["2", "down", "k", "k"],
    ["s", "z", "right"],
    ["s", "s", "d", "down"],
    ["2", "d", "s", "z", "right"],
    ["z", "s", "2", "d", "d", "d", "s", "s", "left"],
    ["z", "z", "right"],
    ["z", "z", "z", "up", "plus"],
    ["m", "k", "m", "k", "k", "m", "right_square_bracket"],
    ["M", "comma", "comma"],
    ["tab", "down", "right"],
    ["e", "3", "enter", "e", "m", "k", "k", "m", "minus"],  # one's own kernel kept, another walked
    ["e", "3", "enter", "e", "k"],  # one's own kernel neither kept nor walked
    ["e", "left_square_bracket", "-", "1", "/", "3", "enter", "-", "1", "/", "7", "enter", "escape"],  # 1 x 1
])  # fmt: skip
async def test_the_command_line_opens_the_same(keys: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press(*keys)
        await pilot.pause()
        expected, command = state_of(app), shown_command(app)
    options, start = options_of(command, monkeypatch)
    again = CnnApp(options, start=start)
    async with again.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert state_of(again) == expected
        assert shown_command(again) == command


async def test_oblong_windows_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    app = CnnApp(start="pooling")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        workbench = app.open_workbench()
        workbench.set_strides((2, 1))
        workbench.set_dilation((1, 3))
        workbench.set_pool((3, 2), (1, 2))
        workbench.set_pool_padding(((1, 0), (0, 1)))
        redraw(app)
        await pilot.press("right", "down")
        expected, command = state_of(app), shown_command(app)
        words = shlex.split(command)
        for option, value in (("stride", "2,1"), ("dilation", "1,3"), ("pool", "3,2"), ("pool-stride", "1,2")):
            assert words[words.index(f"--{option}") + 1] == value
    options, start = options_of(command, monkeypatch)
    again = CnnApp(options, start=start)
    async with again.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert state_of(again) == expected
        assert shown_command(again) == command


@pytest.mark.parametrize(
    ("keys", "layer"),
    [
        (["s", "s"], "strides=(3, 3), padding='valid'"),
        (["d", "z"], "dilation_rate=(2, 2)"),
        (["z", "s", "2", "d"], "MaxPooling2D((3, 3), strides=(3, 3), padding='valid')"),
        (["2", "s", "z"], "MaxPooling2D((2, 2), strides=(1, 1), padding='same')"),
    ],
)
async def test_the_keras_layer_moves_its_window_alike(keys: list[str], layer: str, tmp_path: Path) -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press(*keys, "x", "k")
        await pilot.pause()
        app.screen.query_one(Input).value = str(tmp_path / "layer.py")
        await pilot.press("enter")
        await pilot.pause()
    assert layer in (tmp_path / "layer.py").read_text("utf-8")


async def test_what_keras_has_no_layer_for_is_said(tmp_path: Path) -> None:
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


async def test_an_own_picture_and_an_own_kernel_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = tmp_path / "my photo's.png"
    save_picture(np.random.default_rng(0).integers(0, 256, (20, 30), dtype=np.uint8), picture)
    app = CnnApp(Options(image=str(picture)))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        app.open_workbench().set_custom(
            custom_kernel([["-1", "1/3", "0.25"], ["0", "2", "-0.5"], ["1", "1", "1"]], "1/7")
        )
        redraw(app)
        front(app).cursor.jump(7, 11)
        expected, command = state_of(app), shown_command(app)
        assert str(picture.absolute()) in shlex.split(command)
    options, start = options_of(command, monkeypatch)
    assert options.view.at == (7, 11)
    again = CnnApp(options, start=start)
    async with again.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert state_of(again) == expected


@pytest.mark.parametrize("keys", [["m", "k", "m", "k", "w", "k", "m"], ["m", "k", "k", "m", "w", "m", "w", "tab"]])
async def test_kept_maps_of_presets_and_of_a_network_come_back(
    keys: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    model = tmp_path / "net.keras"
    model.write_bytes(b"")
    rng = np.random.default_rng(4)
    layer = FirstLayer(rng.normal(size=(3, 3, 1, 8)).astype(np.float32), rng.normal(size=8).astype(np.float32))
    monkeypatch.setattr("tui.walk.samples.find_layer", lambda path: (layer, path or str(model)))
    app = CnnApp(Options(model=str(model)))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.pause()
        await pilot.press(*keys)
        workbench = app.open_workbench()
        assert {choice.network for choice in workbench.maps} == {True, False}
        expected, command = state_of(app), shown_command(app)
    options, start = options_of(command, monkeypatch)
    again = CnnApp(options, start=start)
    async with again.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.pause()
        assert shown_command(again) == command
        found = state_of(again)
        if not workbench.network:  # which filter it was is of no use where a preset is walked
            place = expected.index(workbench.network) + 1
            assert expected[place - 1] is False
            del expected[place], found[place]
        assert found == expected


@pytest.mark.parametrize("typed", ["3", "1, 2", "1,0,2,0", "0 5 0 0", "same", "valid"])
async def test_typed_padding_walks_over_zeros_and_comes_back(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("Z")
        await pilot.pause()
        app.screen.query_one(Input).value = typed
        await pilot.press("enter")
        await pilot.pause()
        workbench = app.open_workbench()
        padding = typed_padding(typed)
        assert workbench.padding == padding
        walk = workbench.convolution()
        sides = ((1, 1), (1, 1)) if padding == "same" else ((0, 0), (0, 0)) if padding == "valid" else padding
        zeros = np.pad(walk.inputs, sides)
        assert walk.output.shape == (zeros.shape[0] - 2, zeros.shape[1] - 2)
        np.testing.assert_array_equal(walk.output, filter2d(zeros, workbench.kernel.weights))
        if any(map(any, sides)):
            assert "ZeroPadding2D" in screen_text(app) or padding == "same"
            added = "".join(f" + {count}" for count in sides[0]) if any(sides[0]) else ""
            assert f"(28{added} - 3) / 1 + 1 = {walk.output.shape[0]}" in screen_text(app)
        await pilot.press("home", "full_stop")
        step = walk.steps[0]
        top, left = sides[0][0], sides[1][0]
        assert (step.terms[0].input_row, step.terms[0].input_column) == (-top, -left)
        assert step.terms[0].value == (0 if top or left else walk.inputs[0, 0])
        expected, command = state_of(app), shown_command(app)
    options, start = options_of(command, monkeypatch)
    again = CnnApp(options, start=start)
    async with again.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert state_of(again) == expected


@pytest.mark.parametrize("typed", ["", "1,2,3", "-1", "100", "x", "1 2 3 4 5", "1.5", "full"])
async def test_what_is_no_padding_is_said_and_changes_nothing(typed: str) -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("Z")
        await pilot.pause()
        app.screen.query_one(Input).value = typed
        await pilot.press("enter")
        await pilot.pause()
        assert "is no padding" in " ".join(screen_text(app).split())
        assert app.screen.query_one(Input).value == typed
        assert app.open_workbench().padding == "valid"


async def test_a_colour_picture_is_said_to_be_walked_in_grey_and_c_chooses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "rainbow.png"
    colours = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    save_picture(colours, picture)
    app = CnnApp(Options(image=str(picture)))
    async with app.run_test(size=(90, 24)) as pilot:
        await ready(pilot)
        assert "0.299 R + 0.587 G + 0.114 B" in screen_text(app)
        exact = colours @ np.array([0.299, 0.587, 0.114])
        assert np.abs(app.open_workbench().convolution().inputs - exact).max() < 1
        for channel, word in enumerate(("red alone", "green alone", "blue alone")):
            await pilot.press("c")
            await pilot.pause()
            assert word in screen_text(app)
            np.testing.assert_array_equal(app.open_workbench().convolution().inputs, colours[:, :, channel])
        await pilot.press("C", "n", "p")
        expected, command = state_of(app), shown_command(app)
        assert "--channel green" in command
        await pilot.press("n", "c")
        await pilot.pause()
        assert "no colour channels" in screen_text(app)
    options, start = options_of(command, monkeypatch)
    again = CnnApp(options, start=start)
    async with again.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert state_of(again) == expected


@pytest.mark.parametrize("suffix", [".npy", ".csv", ".png"])
async def test_all_maps_are_written(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"maps{suffix}"
    app = CnnApp()
    async with app.run_test(size=(200, 60)) as pilot:
        await ready(pilot)
        await pilot.press("x", "a")  # only one map: there is no such thing to take
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


async def test_maps_of_different_sizes_are_a_file_each(tmp_path: Path) -> None:
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


KEPT = st.sampled_from([kernel.id for kernel in KERNELS]) | st.integers(1, 70).map(str)


@given(st.lists(KEPT, unique=True, min_size=1))
def test_kept_kernels_are_written_so_that_they_read_back(names: list[str]) -> None:
    assert typed_maps(map_names_text(names)) == tuple(names)


def test_all_kernels_are_written_shortly() -> None:
    assert map_names_text([*(kernel.id for kernel in KERNELS), *map(str, range(1, 65)), "70"]) == "all,1-64,70"


async def test_a_networks_kernel_comes_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = tmp_path / "net.keras"
    model.write_bytes(b"")
    rng = np.random.default_rng(4)
    layer = FirstLayer(rng.normal(size=(3, 3, 1, 8)).astype(np.float32), rng.normal(size=8).astype(np.float32))
    monkeypatch.setattr("tui.walk.samples.find_layer", lambda path: (layer, path))
    app = CnnApp(Options(model=str(model)))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.pause()
        await pilot.press("k", "k", "right")
        expected, command = state_of(app), shown_command(app)
        assert app.open_workbench().filter == 2 and "--filter 2" in command
    options, start = options_of(command, monkeypatch)
    again = CnnApp(options, start=start)
    async with again.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.pause()
        assert state_of(again) == expected


@pytest.mark.parametrize("screen", ["convolution", "pooling", "network"])
def test_the_command_line_names_the_screen(screen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert options_of(f"cnn-tui --screen {screen}", monkeypatch)[1] == screen


@given(st.fractions(min_value=-999, max_value=999, max_denominator=999), st.booleans())
def test_a_weight_is_written_so_that_it_reads_back(number: Fraction, whole: bool) -> None:
    weight = round(number) if whole else float(number)
    assert parse_kernel(f"{weight_text(weight)} 0.5", "").weights[0][0] == weight


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--at", "3"], "--at: '3' is not a position"),
        (["--at=-1,2"], "is not a position"),
        (["--stride", "0"], "--stride: '0' is not a size"),
        (["--dilation", "1,2,3"], "is not a size"),
        (["--pool-stride", "x"], "--pool-stride: 'x' is not a size"),
        (["--picture", "-1"], "--picture"),
        (["--picture", "1,2"], "--picture: '1,2' is not a whole number"),
        (["--keep", "sharpen,nonsense"], "kernel is 'nonsense'"),
        (["--custom", "sharpen"], "--custom is 'sharpen'"),
        (["--padding", "1,2,3"], "'1,2,3' is no padding"),
        (["--term", "x"], "--term: 'x' is not a whole number"),
        (["--kernel", "nonsense"], "kernel is 'nonsense'"),
        (["--layer", "conv2d"], "--layer needs --screen network"),
        (["--screen", "pooling", "--why"], "--why needs --screen network"),
        (["--screen", "network", "--map", "x"], "--map: 'x' is not a whole number"),
        (["--screen", "network", "--at", "x"], "--at: 'x' is not a position"),
        (["--screen", "network", "--fresh", "--model", __file__], "--fresh and --model exclude each other"),
        (["--screen", "network", "--depth", "deep"], "--depth"),
    ],
)
def test_wrong_options_are_sentences(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tui.cli.opening.no_terminal", lambda: "")
    with pytest.raises(SystemExit) as end:
        cli.main(["--lang=en", *arguments])
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


async def test_a_picture_that_is_not_there_is_said_and_the_first_is_shown() -> None:
    app = CnnApp(Options(view=View(picture=999)))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "--picture is 999; it must be from 0 to" in screen_text(app)
        assert app.open_workbench().sample_index == 0


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
async def test_files_hold_what_is_shown(key: str, name: str, tmp_path: Path) -> None:
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
        found = {
            ".png": load_picture, ".npy": np.load, ".csv": lambda file: np.loadtxt(file, delimiter=","),
        }[path.suffix](path)  # fmt: skip
        assert np.array_equal(found, values)
        # A file that is there is written over only when Enter is pressed again.
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
async def test_what_cannot_be_written_is_said_and_the_name_stays(name: str, tmp_path: Path) -> None:
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


async def test_the_layer_of_a_large_picture_brings_its_pixels(tmp_path: Path) -> None:
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


async def test_the_palette_offers_them_all() -> None:
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
