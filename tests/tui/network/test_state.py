"""The microscope's one cursor, without an app: it stays inside, goes in and out by one, and follows connections."""

from __future__ import annotations

import random

import numpy as np
import pytest

from cnncore.network import Conv2D, Dense, Flatten, MaxPooling2D, Network
from cnncore.training.fresh import fresh_network
from tui.network.state import INPUT, Depth, Microscope, Shot


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
def scope() -> Microscope:
    rng = np.random.default_rng(1)
    return Microscope(Shot.take(small_network(), rng.random((8, 8, 1), np.float32)))


def test_enter_goes_in_and_escape_out_by_one(scope: Microscope) -> None:
    assert scope.depth == Depth.NETWORK
    assert not scope.go_out()
    assert scope.go_in()
    assert scope.depth == Depth.LAYER
    assert scope.go_in()
    assert scope.depth == Depth.NEURON
    assert not scope.go_in()
    assert scope.go_out()
    assert scope.go_out()
    assert scope.depth == Depth.NETWORK


def test_of_a_pixel_there_is_no_arithmetic(scope: Microscope) -> None:
    scope.to_layer(INPUT)
    assert scope.go_in()
    assert not scope.go_in()
    assert scope.depth == Depth.LAYER
    assert scope.fed is None
    assert scope.field is None
    assert len(scope.channels) == 0


def test_the_value_is_that_of_the_activations(scope: Microscope) -> None:
    for layer, values in enumerate(scope.network.activations(scope.shot.inputs)):
        scope.to_layer(layer)
        for place in np.ndindex(values.shape):
            scope.to_place(layer, place)
            assert scope.place == place
            assert scope.value == values[place]


def test_arrows_run_around_and_stay_inside(scope: Microscope) -> None:
    scope.to_layer(0)
    scope.to_cell(0, 0)
    scope.step_cell(-1, 0)
    assert (scope.row, scope.column) == (5, 0)
    scope.step_cell(0, -1)
    assert (scope.row, scope.column) == (5, 5)
    scope.step_map(-1)
    assert scope.map == 3
    scope.to_layer(3)
    assert scope.place == (2,)
    scope.step_cell(0, 1)
    assert scope.place == (0,)


def test_what_reaches_a_value(scope: Microscope) -> None:
    scope.to_place(1, (2, 1, 3))
    assert scope.fed is not None
    assert scope.fed.axes == (range(4, 6), range(2, 4), range(3, 4))
    assert scope.field is not None
    assert scope.field.axes[:2] == (range(4, 8), range(2, 6))
    assert list(scope.channels) == [3]


def test_following_a_term_and_coming_back(scope: Microscope) -> None:
    scope.to_place(3, (1,))
    scope.to_depth(Depth.NEURON)
    scope.follow(2, (17,))
    assert (scope.depth, scope.layer, scope.place) == (Depth.NEURON, 2, (17,))
    scope.follow(1, (1, 1, 1))
    scope.follow(0, (2, 3, 1))
    scope.follow(INPUT, (4, 5, 0))
    assert (scope.depth, scope.layer, scope.place) == (Depth.LAYER, INPUT, (4, 5, 0))
    for layer, place in [(0, (2, 3, 1)), (1, (1, 1, 1)), (2, (17,)), (3, (1,))]:
        assert scope.back()
        assert (scope.depth, scope.layer, scope.place) == (Depth.NEURON, layer, place)
    assert not scope.back()


def test_dead_maps_and_the_next_living_one(scope: Microscope) -> None:
    assert scope.shot.dead(0).tolist() == [False, False, True, False]
    scope.to_map(1)
    scope.next_living(1)
    assert scope.map == 3
    scope.next_living(-1)
    assert scope.map == 1


def test_the_scale_says_what_is_brightest(scope: Microscope) -> None:
    values = scope.shot.activations[0]
    assert scope.shot.largest(0, "map", 1) == values[:, :, 1].max()
    assert scope.shot.largest(0, "layer", 1) == values.max()
    assert scope.shot.largest(0, "network", 1) == pytest.approx(max(np.abs(a).max() for a in scope.shot.activations))
    brightest = scope.shot.levels(0, 1, "map").max()
    assert brightest == 255
    assert scope.shot.levels(0, 1, "network").max() < 255
    # A single value is not its own scale: it would always be the brightest.
    assert scope.shot.largest(3, "map", 0) == scope.shot.largest(3, "layer", 0)


def test_the_strongest(scope: Microscope) -> None:
    scope.to_layer(0)
    scope.to_strongest()
    assert scope.value == scope.shot.activations[0][:, :, scope.map].max()
    scope.to_layer(3)
    scope.to_strongest()
    assert scope.value == scope.shot.activations[3].max()


def test_another_picture_keeps_the_place_and_another_network_what_it_can(scope: Microscope) -> None:
    scope.to_place(0, (4, 5, 3))
    scope.show(Shot.take(scope.network, np.ones((8, 8, 1), np.float32)))
    assert scope.place == (4, 5, 3)
    fresh = fresh_network()
    scope.to_layer(3)
    scope.show(Shot.take(fresh, np.zeros((28, 28, 1), np.float32)))
    assert 0 <= scope.layer < len(fresh.layers)
    assert scope.value == 0


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_pressed_it_stays_inside(scope: Microscope, seed: int) -> None:
    rng = random.Random(seed)
    moves = [
        scope.go_in,
        scope.go_out,
        lambda: scope.to_layer(rng.randint(-3, 9)),
        lambda: scope.step_map(rng.randint(-5, 5)),
        lambda: scope.step_cell(rng.randint(-2, 2), rng.randint(-2, 2)),
        lambda: scope.step_channel(rng.choice([-1, 1])),
        lambda: scope.to_map(rng.randint(-4, 99)),
        lambda: scope.to_cell(rng.randint(-4, 99), rng.randint(-4, 99)),
        scope.next_scale,
        scope.to_strongest,
        lambda: scope.next_living(1),
        scope.back,
        lambda: scope.fed and len(scope.fed) and scope.follow(scope.fed.layer, scope.fed[0]),
    ]
    for _ in range(400):
        rng.choice(moves)()
        assert scope.value == scope.shot.values(scope.layer)[scope.place]
        assert scope.depth != Depth.NEURON or scope.layer != INPUT
        if scope.channels:
            assert scope.channel in scope.channels


def test_it_begins_where_there_is_something_to_see(scope: Microscope) -> None:
    for layer, values in enumerate(scope.shot.activations):
        scope.to_layer(layer)
        own = values if values.ndim == 1 else values[:, :, scope.map]
        assert scope.value == own.max()
        assert scope.is_largest
    scope.to_layer(0)
    scope.step_map(1)
    assert scope.value == scope.shot.activations[0][:, :, 1].max()
    scope.show(Shot.take(scope.network, scope.shot.inputs[::-1, ::-1].copy()))
    assert scope.value == scope.shot.activations[0][:, :, 1].max()


def test_a_dead_map_is_not_where_it_begins() -> None:
    network = small_network()
    kernel = network.layers[0].weights["kernel"].copy()
    first = Conv2D(
        name="conv", input_shape=(8, 8, 1), kernel=kernel, bias=np.array([-100, 0, 0, 0], np.float32), activation="relu"
    )
    scope = Microscope(Shot.take(Network([first], (8, 8, 1)), np.ones((8, 8, 1), np.float32)))
    assert scope.map == 1
    scope.to_map(0)
    assert not scope.is_largest


def test_what_was_chosen_by_hand_stays(scope: Microscope) -> None:
    scope.to_layer(0)
    scope.to_cell(0, 1)
    scope.step_map(1)
    assert (scope.row, scope.column, scope.map) == (0, 1, 1)
    scope.to_layer(1)
    assert (scope.row, scope.column, scope.map) == (0, 1, 1)


def test_what_is_kept_is_made_once_and_goes_with_the_picture() -> None:
    rng = np.random.default_rng(0)
    shot = Shot.take(small_network(), rng.random((8, 8, 1), np.float32))
    assert shot.kept("a", lambda: 1) == shot.kept("a", lambda: 2) == 1
    assert shot.levels(0, 0, "map") is shot.levels(0, 0, "map")
    assert Shot.take(shot.network, shot.inputs).kept("a", lambda: 3) == 3
