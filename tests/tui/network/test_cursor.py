"""The network's cursor, without an app: it stays inside, goes in and out by one, and follows connections."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from cnncore.network import Conv2D, Dense, Flatten, MaxPooling2D, Network
from cnncore.training.fresh import fresh_network
from tui.network.activations import INPUT, Activations
from tui.network.cursor import Cursor, Depth


def small_network(seed: int = 0) -> Network:
    rng = np.random.default_rng(seed)
    return Network(
        [
            Conv2D(
                name="conv",
                input_shape=(8, 8, 1),
                kernel=rng.uniform(-0.5, 1, (3, 3, 1, 4)).astype(np.float32),
                bias=np.array([0, 0, -100, 0], np.float32),
                activation="relu",
            ),
            MaxPooling2D(name="pool", input_shape=(6, 6, 4)),
            Flatten(name="flatten", input_shape=(3, 3, 4)),
            Dense(name="out", input_shape=(36,), kernel=rng.normal(size=(36, 3)).astype(np.float32)),
        ],
        (8, 8, 1),
    )


@pytest.fixture
def cursor() -> Cursor:
    rng = np.random.default_rng(1)
    return Cursor(Activations.of(small_network(), rng.random((8, 8, 1), np.float32)))


def test_enter_goes_in_and_escape_out_by_one(cursor: Cursor) -> None:
    assert cursor.depth == Depth.NETWORK
    assert not cursor.go_out()
    assert cursor.go_in()
    assert cursor.depth == Depth.LAYER  # type: ignore[comparison-overlap] # going in changes it
    assert cursor.go_in()
    assert cursor.depth == Depth.VALUE
    assert not cursor.go_in()
    assert cursor.go_out()
    assert cursor.go_out()
    assert cursor.depth == Depth.NETWORK


def test_of_a_pixel_there_is_no_arithmetic(cursor: Cursor) -> None:
    cursor.to_layer(INPUT)
    assert cursor.go_in()
    assert not cursor.go_in()
    assert cursor.depth == Depth.LAYER
    assert cursor.window is None
    assert cursor.receptive_field is None
    assert len(cursor.channels) == 0


def test_the_value_is_that_of_the_activations(cursor: Cursor) -> None:
    for layer, values in enumerate(cursor.network.activations(cursor.activations.inputs)):
        cursor.to_layer(layer)
        for index in np.ndindex(values.shape):
            cursor.to_value(layer, index)
            assert cursor.index == index
            assert cursor.value == values[index]


def test_arrows_run_around_and_stay_inside(cursor: Cursor) -> None:
    cursor.to_layer(0)
    cursor.to_cell(0, 0)
    cursor.step_cell(-1, 0)
    assert (cursor.row, cursor.column) == (5, 0)
    cursor.step_cell(0, -1)
    assert (cursor.row, cursor.column) == (5, 5)
    cursor.step_map(-1)
    assert cursor.map == 3
    cursor.to_layer(3)
    assert cursor.index == (2,)
    cursor.step_cell(0, 1)
    assert cursor.index == (0,)


def test_the_receptive_field_of_a_value(cursor: Cursor) -> None:
    cursor.to_value(1, (2, 1, 3))
    assert cursor.window is not None
    assert cursor.window.axes == (range(4, 6), range(2, 4), range(3, 4))
    assert cursor.receptive_field is not None
    assert cursor.receptive_field.axes[:2] == (range(4, 8), range(2, 6))
    assert list(cursor.channels) == [3]


def test_following_a_term_and_coming_back(cursor: Cursor) -> None:
    cursor.to_value(3, (1,))
    cursor.to_depth(Depth.VALUE)
    cursor.follow(2, (17,))
    assert (cursor.depth, cursor.layer, cursor.index) == (Depth.VALUE, 2, (17,))
    cursor.follow(1, (1, 1, 1))
    cursor.follow(0, (2, 3, 1))
    cursor.follow(INPUT, (4, 5, 0))
    assert (cursor.depth, cursor.layer, cursor.index) == (Depth.LAYER, INPUT, (4, 5, 0))
    for layer, index in [(0, (2, 3, 1)), (1, (1, 1, 1)), (2, (17,)), (3, (1,))]:
        assert cursor.back()
        assert (cursor.depth, cursor.layer, cursor.index) == (Depth.VALUE, layer, index)
    assert not cursor.back()


def test_dead_maps_and_the_next_living_one(cursor: Cursor) -> None:
    assert cursor.activations.dead(0).tolist() == [False, False, True, False]
    cursor.to_map(1)
    cursor.to_next_live_map(1)
    assert cursor.map == 3
    cursor.to_next_live_map(-1)
    assert cursor.map == 1


def test_the_scale_says_what_is_brightest(cursor: Cursor) -> None:
    values = cursor.activations.outputs[0]
    assert cursor.activations.largest(0, "map", 1) == values[:, :, 1].max()
    assert cursor.activations.largest(0, "layer", 1) == values.max()
    assert cursor.activations.largest(0, "network", 1) == pytest.approx(
        max(np.abs(a).max() for a in cursor.activations.outputs)
    )
    brightest = cursor.activations.levels(0, 1, "map").max()
    assert brightest == 255
    assert cursor.activations.levels(0, 1, "network").max() < 255
    # A single value is not its own scale: it would always be the brightest.
    assert cursor.activations.largest(3, "map", 0) == cursor.activations.largest(3, "layer", 0)


def test_the_strongest(cursor: Cursor) -> None:
    cursor.to_layer(0)
    cursor.to_largest()
    assert cursor.value == cursor.activations.outputs[0][:, :, cursor.map].max()
    cursor.to_layer(3)
    cursor.to_largest()
    assert cursor.value == cursor.activations.outputs[3].max()


def test_another_picture_keeps_the_place_and_another_network_what_it_can(cursor: Cursor) -> None:
    cursor.to_value(0, (4, 5, 3))
    cursor.show(Activations.of(cursor.network, np.ones((8, 8, 1), np.float32)))
    assert cursor.index == (4, 5, 3)
    fresh = fresh_network()
    cursor.to_layer(3)
    cursor.show(Activations.of(fresh, np.zeros((28, 28, 1), np.float32)))
    assert 0 <= cursor.layer < len(fresh.layers)
    assert cursor.value == 0


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_pressed_it_stays_inside(cursor: Cursor, seed: int) -> None:
    rng = random.Random(seed)

    def follow() -> None:
        if cursor.window:
            cursor.follow(cursor.window.layer, cursor.window[0])

    moves: list[Callable[[], object]] = [
        cursor.go_in,
        cursor.go_out,
        lambda: cursor.to_layer(rng.randint(-3, 9)),
        lambda: cursor.step_map(rng.randint(-5, 5)),
        lambda: cursor.step_cell(rng.randint(-2, 2), rng.randint(-2, 2)),
        lambda: cursor.step_channel(rng.choice([-1, 1])),
        lambda: cursor.to_map(rng.randint(-4, 99)),
        lambda: cursor.to_cell(rng.randint(-4, 99), rng.randint(-4, 99)),
        cursor.next_scale,
        cursor.to_largest,
        lambda: cursor.to_next_live_map(1),
        cursor.back,
        follow,
    ]
    for _ in range(400):
        rng.choice(moves)()
        assert cursor.value == cursor.activations.values(cursor.layer)[cursor.index]
        assert cursor.depth != Depth.VALUE or cursor.layer != INPUT
        if cursor.channels:
            assert cursor.channel in cursor.channels


def test_it_begins_where_there_is_something_to_see(cursor: Cursor) -> None:
    for layer, values in enumerate(cursor.activations.outputs):
        cursor.to_layer(layer)
        own = values if values.ndim == 1 else values[:, :, cursor.map]
        assert cursor.value == own.max()
        assert cursor.is_largest
    cursor.to_layer(0)
    cursor.step_map(1)
    assert cursor.value == cursor.activations.outputs[0][:, :, 1].max()
    cursor.show(Activations.of(cursor.network, cursor.activations.inputs[::-1, ::-1].copy()))
    assert cursor.value == cursor.activations.outputs[0][:, :, 1].max()


def test_a_dead_map_is_not_where_it_begins() -> None:
    network = small_network()
    kernel = network.layers[0].weights["kernel"].copy()
    first = Conv2D(
        name="conv", input_shape=(8, 8, 1), kernel=kernel, bias=np.array([-100, 0, 0, 0], np.float32), activation="relu"
    )
    cursor = Cursor(Activations.of(Network([first], (8, 8, 1)), np.ones((8, 8, 1), np.float32)))
    assert cursor.map == 1
    cursor.to_map(0)
    assert not cursor.is_largest


def test_a_map_chosen_by_the_learner_stays(cursor: Cursor) -> None:
    cursor.to_layer(0)
    cursor.to_cell(0, 1)
    cursor.step_map(1)
    assert (cursor.row, cursor.column, cursor.map) == (0, 1, 1)
    cursor.to_layer(1)
    assert (cursor.row, cursor.column, cursor.map) == (0, 1, 1)


def test_what_is_kept_is_made_once_and_goes_with_the_picture() -> None:
    rng = np.random.default_rng(0)
    activations = Activations.of(small_network(), rng.random((8, 8, 1), np.float32))
    assert activations.cached("a", lambda: 1) == activations.cached("a", lambda: 2) == 1
    assert activations.levels(0, 0, "map") is activations.levels(0, 0, "map")
    assert Activations.of(activations.network, activations.inputs).cached("a", lambda: 3) == 3
