"""The command line of the current view opens the same view again."""

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
from cnncore.datasets.pictures import save_picture
from cnncore.keras.first_layer import FirstLayer
from cnncore.lesson.kernels import KERNELS, custom_kernel, parse_kernel
from tui.cli import main as cli
from tui.cnn_app import CnnApp, Options
from tui.walk.command_line import map_names_text, weight_text
from tui.walk.padding import typed_padding
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
    ["e", "3", "enter", "e", "m", "k", "k", "m", "minus"],  # the custom kernel's map shown, another kernel selected
    ["e", "3", "enter", "e", "k"],  # the custom kernel neither shown nor selected
    ["e", "left_square_bracket", "-", "1", "/", "3", "enter", "-", "1", "/", "7", "enter", "escape"],  # 1 x 1
])  # fmt: skip
async def test_the_command_line_reopens_the_view(keys: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
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


async def test_the_command_line_keeps_oblong_windows(monkeypatch: pytest.MonkeyPatch) -> None:
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


async def test_the_command_line_keeps_a_picture_file_and_a_custom_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
async def test_the_command_line_keeps_the_shown_maps(
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
        reopened = state_of(again)
        if not workbench.network:  # the filter's number does not matter while a preset is selected
            place = expected.index(workbench.network) + 1
            assert expected[place - 1] is False
            del expected[place], reopened[place]
        assert reopened == expected


@pytest.mark.parametrize("typed", ["3", "1, 2", "1,0,2,0", "0 5 0 0", "same", "valid"])
async def test_the_command_line_keeps_a_typed_padding(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
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


async def test_a_colour_picture_is_shown_in_grey_until_c_chooses_a_channel(
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


KEPT = st.sampled_from([kernel.id for kernel in KERNELS]) | st.integers(1, 70).map(str)


@given(st.lists(KEPT, unique=True, min_size=1))
def test_map_names_survive_a_round_trip(names: list[str]) -> None:
    assert typed_maps(map_names_text(names)) == tuple(names)


def test_all_kernels_are_written_as_all() -> None:
    assert map_names_text([*(kernel.id for kernel in KERNELS), *map(str, range(1, 65)), "70"]) == "all,1-64,70"


async def test_the_command_line_keeps_a_network_kernel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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
def test_a_weight_survives_a_round_trip(number: Fraction, whole: bool) -> None:
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
        (["--padding", "1,2,3"], "'1,2,3' is not a padding"),
        (["--term", "x"], "--term: 'x' is not a whole number"),
        (["--kernel", "nonsense"], "kernel is 'nonsense'"),
        (["--layer", "conv2d"], "--layer needs --screen network"),
        (["--screen", "pooling", "--why"], "--why needs --screen network"),
        (["--screen", "network", "--map", "x"], "--map: 'x' is not a whole number"),
        (["--screen", "network", "--at", "x"], "--at: 'x' is not a position"),
        (["--screen", "network", "--fresh", "--model", __file__], "--fresh and --model cannot be used together"),
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


async def test_a_missing_picture_number_is_reported_and_the_first_is_shown() -> None:
    app = CnnApp(Options(view=View(picture=999)))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "--picture is 999; it must be from 0 to" in screen_text(app)
        assert app.open_workbench().sample_index == 0
