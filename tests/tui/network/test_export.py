"""The view of the network screen can be exported at each depth: a command line reopens it, and files hold its
values."""

from __future__ import annotations

import runpy
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from network_screens import colour_network, cursor_of, front, kept, shown, state_in
from screens_of import screen_text, until
from textual.pilot import Pilot
from textual.widgets import Input

from cnncore.datasets.pictures import load_picture, save_picture
from cnncore.display.maps import signed_levels
from cnncore.training.fresh import fresh_network
from tui.cli import main as cli
from tui.cnn_app import CnnApp, Options
from tui.i18n import set_language
from tui.network.activations import INPUT
from tui.network.cursor import Depth
from tui.network.start import Start

pytestmark = pytest.mark.usefixtures("no_keras_and_few_pictures")


def options_of(command: str, monkeypatch: pytest.MonkeyPatch) -> Options:
    """Parse a command line to the app's options."""
    asked: dict[str, Any] = {}
    monkeypatch.setattr("tui.cli.opening.no_terminal", lambda: "")
    monkeypatch.setattr("tui.cnn_app.run", lambda **given: asked.update(given) or 0)
    words = shlex.split(command)
    assert words[0] == "cnn-tui"
    assert cli.main(words[1:]) == 0
    assert asked["start"] == "network"
    return Options(asked["data"], asked["image"], asked["model"], None, asked["view"], network=asked["network"])


def view_of(app: CnnApp) -> list[Any]:
    """Everything that the command line has to restore."""
    state = state_in(app)
    cursor, arithmetic = state.cursor, state.arithmetic
    return [
        state.source.path, state.title, state.picture_number, state.picture.inverted, state.filter,
        state.picture.fitted.tolist(), cursor.position, cursor.channel, cursor.input_number, cursor.scale,
        cursor.weights, cursor.term, state.heat_asked, arithmetic.order, arithmetic.unfolded, cursor.value,
    ]  # fmt: skip


IN = ["down", "down", "enter", "enter"]


@pytest.mark.parametrize(
    "keys",
    [
        ["n", "n", "down", "right", "right"],
        ["up", "enter", "down", "right"],  # the picture, and a pixel of it
        ["down", "down", "right", "enter", "down", "left", "full_stop", "full_stop", "s"],
        [*IN, "right_square_bracket", "down", "down"],
        [*IN, "r", "down", "down", "enter", "down", "down", "n"],
        [*IN, "down", "enter", "down", "down", "down"],  # the products of a map
        ["end", *["greater_than_sign"] * 5, "full_stop", "s", "s", "k"],
        ["n", "z", "c", "c", "c"],
        ["n", "n", "y"],
    ],
)
async def test_the_command_line_reopens_the_view(
    keys: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    model = kept(fresh_network(seed=3), tmp_path)
    app = CnnApp(Options(model=model), start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press(*keys)
        await pilot.pause(0.1)
        front(app).say("")  # a sentence stands until the next key, and no command line restores it
        expected, text, command = view_of(app), screen_text(app), front(app).command_line()
        assert model in shlex.split(command)
    again = CnnApp(options_of(command, monkeypatch), start="network")
    async with again.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await until(pilot, lambda: view_of(again) == expected)
        assert view_of(again) == expected
        assert front(again).command_line() == command
        if "y" not in keys and "enter" not in keys[-3:]:  # what comes bit by bit, or is said of Keras, may differ
            await until(pilot, lambda: screen_text(again) == text)
            assert screen_text(again) == text


async def test_the_command_line_keeps_the_filter_of_misclassified_pictures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = CnnApp(Options(model=kept(fresh_network(seed=3), tmp_path)), start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press("f")
        await until(pilot, lambda: "[misclassified: " in screen_text(app))
        await pilot.press("n", "n", "n")
        await pilot.pause()
        expected, command = view_of(app), front(app).command_line()
        assert "--only-wrong" in command
    again = CnnApp(options_of(command, monkeypatch), start="network")
    async with again.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await until(pilot, lambda: "[misclassified: " in screen_text(again))
        assert view_of(again) == expected
        await pilot.press("n")
        state = front(again).state
        assert state is not None
        assert state.picture_number > expected[2]


async def test_the_command_line_keeps_a_picture_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    picture = tmp_path / "my photo's.png"
    save_picture(np.random.default_rng(0).integers(0, 90, (40, 30), dtype=np.uint8), picture)
    app = CnnApp(Options(model=kept(fresh_network(seed=3), tmp_path)), start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press("o")
        await pilot.pause()
        app.screen.query_one(Input).value = str(picture)
        await pilot.press("enter")
        await pilot.pause(0.3)
        await pilot.press("z", "down", "enter")
        await pilot.pause()
        expected, command = view_of(app), front(app).command_line()
        assert expected[1:4] == ["my photo's.png", 0, True]
    again = CnnApp(options_of(command, monkeypatch), start="network")
    async with again.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await until(pilot, lambda: view_of(again) == expected)
        assert view_of(again) == expected
        assert front(again).command_line() == command


async def test_the_command_line_keeps_random_weights_after_a_training(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        command = front(app).command_line()
    assert "--fresh" in command
    trained = kept(colour_network(), tmp_path)
    monkeypatch.setattr("tui.app.current_network.trained_model", lambda: trained)
    again = CnnApp(options_of(command, monkeypatch), start="network")
    async with again.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        assert cursor_of(again).network.input_shape == (28, 28, 1)
        # A network that is trained now takes its place.
        newer = kept(colour_network(), tmp_path, "newer.keras")
        monkeypatch.setattr("tui.app.current_network.trained_model", lambda: newer)
        await pilot.press("1", "3")
        await until(pilot, lambda: cursor_of(again).network.input_shape == (12, 10, 3))
        assert cursor_of(again).network.input_shape == (12, 10, 3)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (Start(layer="conv9"), "--layer is 'conv9'; the network has these: input, conv2d, max_pooling2d"),
        (Start(layer="conv2d", map=64), "--map is 64; it must be from 0 to 63"),
        (Start(layer="conv2d", at=(3, 26)), "--at is 26; it must be from 0 to 25"),
        (Start(layer="conv2d_1", input_map=64), "--input-map is 64; it must be from 0 to 63"),
        (Start(picture=99), "--picture is 99; it must be from 0 to 29"),
        (Start(label=10), "--only-class is 10; it must be from 0 to 9"),
        (Start(layer="dense", depth="value", term=1600), "--term is 1600; it must be from 0 to 1599"),
        (Start(layer="conv2d_1", depth="value", unfold=64), "--unfold is 64; it must be from 0 to 63"),
    ],
)
async def test_a_start_that_does_not_exist_is_reported(start: Start, message: str) -> None:
    app = CnnApp(Options(network=start), start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await until(pilot, lambda: message in " ".join(screen_text(app).split()))
        assert message in " ".join(screen_text(app).split())


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_the_menu_shows_the_command_and_copies_it(language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        await pilot.press(*IN)
        await pilot.pause()
        command = front(app).command_line()
        assert shlex.split(command)[1:3] == (["--lang", "ko"] if language == "ko" else ["--screen", "network"])
        await pilot.press("x")
        await pilot.pause()
        assert "--depth value" in " ".join(screen_text(app).split())
        await pilot.press("enter")
        await pilot.pause()
        assert app.clipboard == command
        await pilot.press("x", "x")
        await pilot.pause()
        assert front(app).state is not None


async def offered(pilot: Pilot[None]) -> str:
    """The keys of the menu."""
    from tui.export.menu import ExportDialog

    await pilot.press("x")
    await pilot.pause()
    dialog = pilot.app.screen
    assert isinstance(dialog, ExportDialog)
    pressed = "".join(item.key for item in dialog._items)
    await pilot.press("escape")
    await pilot.pause()
    return pressed


async def test_each_depth_offers_what_is_there() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        assert await offered(pilot) == "cimonalk"
        await pilot.press("up")
        assert await offered(pilot) == "cimk"
        await pilot.press("down", "down", "enter")
        assert await offered(pilot) == "cimonalk"
        await pilot.press("enter")
        assert await offered(pilot) == "cimonatlk"
        await pilot.press("escape", "escape", *["down"] * 5)
        assert cursor_of(app).name == "dense_1"
        assert await offered(pilot) == "cimalk"


async def take(pilot: Pilot[None], key: str, path: Path) -> None:
    app = pilot.app
    assert isinstance(app, CnnApp)
    await pilot.press("x", key)
    await pilot.pause()
    app.screen.query_one(Input).value = str(path)
    await pilot.press("enter")
    await until(pilot, lambda: not app.screen.query(Input) or "One moment" not in screen_text(app))
    await pilot.pause()


async def test_pictures_and_numbers_are_what_is_shown(tmp_path: Path) -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press("down", "down", "right", "right", "enter")  # conv2d_1, signed or not as it falls
        cursor, state = cursor_of(app), front(app).state
        assert state is not None
        values = cursor.activations.values(cursor.layer)
        assert cursor.depth == Depth.LAYER and values.ndim == 3
        await take(pilot, "i", tmp_path / "picture.png")
        assert np.array_equal(load_picture(tmp_path / "picture.png"), state.picture.fitted)
        await take(pilot, "m", tmp_path / "picture.npy")
        assert np.array_equal(np.load(tmp_path / "picture.npy"), state.picture.values)
        await take(pilot, "m", tmp_path / "picture.csv")
        read_back = np.loadtxt(tmp_path / "picture.csv", delimiter=",", dtype=np.float32)
        assert np.array_equal(read_back, state.picture.values[:, :, 0])
        await take(pilot, "n", tmp_path / "map.csv")
        read_back = np.loadtxt(tmp_path / "map.csv", delimiter=",", dtype=np.float32)
        assert np.array_equal(read_back, values[:, :, cursor.map])
        await take(pilot, "o", tmp_path / "map.png")
        levels = signed_levels(values[:, :, cursor.map], float(np.abs(values[:, :, cursor.map]).max()))
        assert np.array_equal(load_picture(tmp_path / "map.png"), levels)
        await take(pilot, "a", tmp_path / "maps.npy")
        assert np.array_equal(np.load(tmp_path / "maps.npy"), values)
        assert "of shape (11, 11, 64)" in " ".join(screen_text(app).split())
        await take(pilot, "a", tmp_path / "maps.csv")
        read_back = np.loadtxt(tmp_path / "maps-07.csv", delimiter=",", dtype=np.float32)
        assert np.array_equal(read_back, values[:, :, 7])
        assert len(list(tmp_path.glob("maps-*.csv"))) == 64
        await take(pilot, "a", tmp_path / "maps.png")
        assert len(list(tmp_path.glob("maps-*.png"))) == 64


async def test_a_signed_map_has_the_colours_of_the_screen(tmp_path: Path) -> None:
    app = CnnApp(Options(model=kept(colour_network(), tmp_path)), start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        cursor = cursor_of(app)
        values = cursor.activations.values(0)[:, :, cursor.map]
        assert (values < 0).any() and (values > 0).any()
        await take(pilot, "o", tmp_path / "map.png")
        red, _green, blue = np.moveaxis(load_picture(tmp_path / "map.png", "rgb").astype(int), 2, 0)
        large = np.abs(values) > np.abs(values).max() / 4
        assert np.array_equal((red > blue)[large], (values > 0)[large])
        await take(pilot, "m", tmp_path / "in.csv")  # three colours, three files
        for number in range(3):
            read_back = np.loadtxt(tmp_path / f"in-{number}.csv", delimiter=",", dtype=np.float32)
            assert np.array_equal(read_back, cursor.activations.inputs[:, :, number])
        await take(pilot, "i", tmp_path / "in.png")
        assert load_picture(tmp_path / "in.png", "rgb").shape == (12, 10, 3)


async def test_rows_of_numbers_the_terms_and_the_heat_map(tmp_path: Path) -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press(*["down"] * 5)
        cursor, state = cursor_of(app), state_in(app)
        values = cursor.activations.values(cursor.layer)
        assert values.ndim == 1
        await take(pilot, "a", tmp_path / "values.npy")
        assert np.array_equal(np.load(tmp_path / "values.npy"), values)
        await take(pilot, "a", tmp_path / "values.csv")
        assert np.array_equal(np.loadtxt(tmp_path / "values.csv", delimiter=",", dtype=np.float32), values)
        await pilot.press("enter", "enter")
        await pilot.pause()
        await take(pilot, "t", tmp_path / "terms.csv")
        table = np.loadtxt(tmp_path / "terms.csv", delimiter=",", skiprows=1)
        assert np.array_equal(table[:, -1], state.explanation().sources.products)
        await pilot.press("escape", "escape", "y")
        await until(pilot, lambda: state.finished_heat is not None)
        heat = state.finished_heat
        assert heat is not None
        await take(pilot, "h", tmp_path / "heat.npy")
        assert np.array_equal(np.load(tmp_path / "heat.npy"), heat.heat)
        await take(pilot, "h", tmp_path / "heat.png")
        pixels = load_picture(tmp_path / "heat.png", "rgb").astype(int)
        assert pixels.shape == (28, 28, 3)
        red, _green, blue = np.moveaxis(pixels, 2, 0)
        full = np.abs(heat.heat) >= heat.most * 0.95
        assert np.array_equal((red > blue)[full], (heat.heat > 0)[full])


async def test_a_file_that_is_there_is_not_written_over_without_a_word(tmp_path: Path) -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        (tmp_path / "net_weights.npz").write_bytes(b"mine")
        await take(pilot, "k", tmp_path / "net.py")
        assert "net_weights.npz already exists" in "".join(screen_text(app).split("\n")).replace("  ", "")
        assert [path.name for path in tmp_path.glob("net*")] == ["net_weights.npz"]
        await pilot.press("enter")
        await until(pilot, lambda: not app.screen.query(Input))
        assert (tmp_path / "net_weights.npz").read_bytes() != b"mine"
        assert {path.name for path in tmp_path.glob("net*")} == {"net.py", "net_inputs.npy", "net_weights.npz"}
        assert not list(tmp_path.glob(".*.tmp"))


@pytest.mark.keras
async def test_the_code_computes_in_keras_what_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("keras")
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        cursor = cursor_of(app)
        await take(pilot, "k", tmp_path / "whole.py")
        await pilot.press(*IN)
        await pilot.pause()
        value, outputs, layer = cursor.value, cursor.activations.outputs, cursor.layer
        await take(pilot, "k", tmp_path / "part.py")
        await take(pilot, "l", tmp_path / "layer.py")
    assert layer not in (INPUT, len(outputs) - 1)
    capsys.readouterr()
    for name, expected in (("whole", outputs[-1]), ("part", outputs[layer]), ("layer", outputs[layer])):
        done = runpy.run_path(str(tmp_path / f"{name}.py"), run_name="__main__")
        np.testing.assert_allclose(done["output"], expected, rtol=1e-4, atol=1e-5)
        printed = capsys.readouterr().out
        if name != "whole":
            assert float(printed) == pytest.approx(value, rel=1e-4, abs=1e-5)


async def test_the_palette_offers_every_export() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        commands = {command.title: command for command in app.get_system_commands(app.screen)}
        assert {"The network as Keras code", "This map as a picture"} <= set(commands)
        commands["Copy the command line that reopens this"].callback()
        assert app.clipboard == front(app).command_line()
