"""The keys of the backward view, in the app."""

from __future__ import annotations

import pytest
from network_screens import cursor_of, front, shown, state_in
from screens_of import screen_lines, screen_text, until

from tui.cnn_app import CnnApp, Options
from tui.network.cursor import Depth
from tui.network.start import Start

pytestmark = pytest.mark.usefixtures("no_keras_and_few_pictures")


async def test_b_turns_the_view_backwards_and_back_at_every_depth() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        for depth in (Depth.NETWORK, Depth.LAYER, Depth.VALUE):
            assert cursor_of(app).depth == depth
            await pilot.press("b")
            await pilot.pause()
            assert screen_lines(app)[2].startswith(" Gradient of the loss")
            assert "e Step this weight" not in screen_text(app)
            assert "E Step all weights" in screen_text(app)
            await pilot.press("b")
            await pilot.pause()
            assert "Gradient of the loss" not in screen_text(app)
            await pilot.press("b", "escape")
            await pilot.pause()
            assert "Gradient of the loss" not in screen_text(app)
            assert cursor_of(app).depth == depth
            await pilot.press("enter")


async def test_a_batch_is_computed_beside_the_screen() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press("B")
        await until(pilot, lambda: state_in(app).backward.gradients is not None)
        assert "mean of this picture and 29 others" in screen_text(app)
        await pilot.press("n")
        await until(pilot, lambda: state_in(app).backward.gradients is not None)
        await pilot.press("B")
        await pilot.pause()
        assert "this picture alone" in screen_text(app)


async def test_a_step_of_a_weight_and_of_all_and_undo() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        opened = state_in(app).network
        await pilot.press("down", "down", "b", "enter", "k")
        await until(pilot, lambda: "new weight" in screen_text(app))
        assert "Adam, step 1, learning rate 0.001, its averages begin at 0" in screen_text(app)
        await pilot.press("e")
        await pilot.pause()
        assert "One step of this weight. Loss of this picture" in screen_text(app)
        assert "Adam, step 2" in screen_text(app)
        await pilot.press("E")
        await pilot.pause()
        assert "One step of all weights." in screen_text(app)
        assert "Weights changed by hand, steps: 2" in screen_text(app)
        await pilot.press("b", "escape", "escape")
        await pilot.pause()
        assert "Weights changed by hand, steps: 2" in screen_text(app)  # forwards, too
        assert "changed weights" in screen_text(app)
        await pilot.press("U")
        await pilot.pause()
        assert state_in(app).network is opened
        assert "changed by hand" not in screen_text(app)


async def test_the_weights_are_stepped_through_and_chosen_from_a_list() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        await pilot.press("down", "down", "enter", "b", "k")
        await pilot.pause()
        backward, cursor = state_in(app).backward, cursor_of(app)
        first = backward.weight_position(cursor)
        await pilot.press("full_stop")
        assert backward.weight_position(cursor) != first
        await pilot.press("comma")
        assert backward.weight_position(cursor) == first
        await pilot.press("g")
        await pilot.pause()
        assert "largest gradient first" in screen_text(app)
        await pilot.press("down", "down", "enter")  # past the bias and the largest of the kernel
        await pilot.pause()
        assert backward.weight_position(cursor) != first
        await pilot.press("m", "r", "pagedown", "end")
        await pilot.pause()
        assert cursor.term == backward.count(cursor) - 1


async def test_words_and_commands_know_the_backward_view() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        await pilot.press("enter", "enter", "b", "A")
        await pilot.pause()
        assert "gradient of row" in screen_text(app)
        assert "this picture alone" in screen_text(app)
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Backwards: the gradient of the loss", "Step all weights", "All terms of this gradient: .csv"} <= titles
        assert "conv2d, gradient of row" in front(app).spoken()[0]


async def test_the_command_line_opens_the_backward_view() -> None:
    start = Start(depth="value", layer="conv2d_1", map=3, at=(5, 5), backward=True, batch=True)
    app = CnnApp(Options(network=start), start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await until(pilot, lambda: state_in(app).backward.gradients is not None)
        await pilot.pause()
        assert "mean of this picture and 29 others" in screen_text(app)
        assert "gradient of row 5, column 5, map 3" in screen_text(app)
        assert front(app).command_line().endswith("--backward --batch")
