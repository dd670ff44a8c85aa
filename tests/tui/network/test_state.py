"""The state of the network screen, its moves and its message line, without an app."""

from __future__ import annotations

import numpy as np
import pytest
from network_screens import colour_network

from cnncore.datasets.network_images import Pictures
from cnncore.training.fresh import fresh_network
from tui.drawing.theme import DARK_NAME, palette
from tui.network.activations import INPUT
from tui.network.cursor import Depth
from tui.network.layers_block import layers_block
from tui.network.messages import Messages
from tui.network.moves import Moves
from tui.network.spoken import cursor_line
from tui.network.state import NetworkState, Source


def test_the_next_network_takes_over_the_learners_own_picture() -> None:
    first = NetworkState(fresh_network(), Source())
    first.show_own(np.full((40, 40), 9, np.uint8), "mine")
    second = NetworkState(colour_network(), Source("x.keras", "x.keras"), first)
    assert second.title == "mine"
    assert second.picture.values.shape == (12, 10, 3)


def test_the_one_unit_of_two_classes_is_the_second_of_them() -> None:
    """Its sigmoid is the probability of class 1, so it must not be called by the name of class 0."""
    network = fresh_network("binary")
    state = NetworkState(network, Source())
    images = np.zeros((2, 150, 105), np.uint8)
    state.set_pictures(Pictures(images, np.array([0, 1], np.uint8), ("Trouser", "Dress"), "here"))
    assert state.unit_names == ("Dress",)
    value = float(state.cursor.activations.outputs[-1][0])
    assert state.answer.scores[1] == pytest.approx(value)
    state.cursor.to_layer(len(state.cursor.layers) - 1)
    assert cursor_line(state).endswith(", Dress")
    ten = NetworkState(fresh_network(), Source())
    assert ten.unit_names == ten.classes
    ten.cursor.to_layer(len(ten.cursor.layers) - 1)
    ten.cursor.to_map(9)
    assert cursor_line(ten).endswith(", Ankle boot")


def test_a_list_of_layers_that_is_cut_says_so() -> None:
    state = NetworkState(fresh_network(dropout=0.5), Source())
    colours = palette(DARK_NAME)

    def drawn(layer: int, height: int) -> list[str]:
        state.cursor.to_layer(layer)
        block = layers_block(state.cursor, "net", 38, height, colours)
        return ["".join(segment.text for segment in line).rstrip() for line in block.lines]

    assert [line[-2:] for line in drawn(0, 10) if line.endswith((" v", " ^"))] == [" v"]
    assert drawn(0, 10)[-1].endswith(" v")
    last = drawn(9, 10)
    assert last[1].endswith(" ^")
    assert not last[-1].endswith(" v")
    assert not any(line.endswith((" v", " ^")) for line in drawn(0, 12))


@pytest.fixture
def state() -> NetworkState:
    return NetworkState(fresh_network(), Source())


def test_a_move_says_why_nothing_moved(state: NetworkState) -> None:
    moves = Moves(state)
    assert moves.layer(-1) == ""
    assert state.cursor.layer == INPUT
    assert moves.layer(-1) == "This is the input: there is no layer before it."
    assert moves.go_in() == ""
    assert moves.go_in() == "A pixel has no arithmetic: its value comes from the picture."
    assert moves.go_out() == ""
    assert moves.go_out() == "This is the whole network: Enter goes in."


def test_an_invisible_change_is_said(state: NetworkState) -> None:
    moves = Moves(state)
    moves.layer(-1)
    assert "this layer" in moves.scale()
    state.cursor.to_layer(5)
    state.cursor.to_depth(Depth.VALUE)
    assert moves.channel(1).startswith("weight for input 1: ")


def test_a_channel_unfolds_and_its_products_are_followed(state: NetworkState) -> None:
    moves = Moves(state)
    state.cursor.to_layer(2)
    state.cursor.to_depth(Depth.VALUE)
    folded = len(state.arithmetic.listing(state.cursor))
    assert moves.go_in() == ""
    assert len(state.arithmetic.listing(state.cursor)) == folded + 9
    state.cursor.term += 1
    assert moves.go_in() == ""
    assert state.cursor.layer == 1
    assert moves.back() == ""
    assert state.cursor.layer == 2
    assert moves.back() == "No term has been followed yet: d follows one down."


def test_a_clicked_value_of_the_layer_before_moves_to_what_it_feeds(state: NetworkState) -> None:
    state.cursor.to_layer(1)
    state.cursor.to_depth(Depth.LAYER)
    assert Moves(state).pick(("before", 6, 8))
    assert (state.cursor.row, state.cursor.column) == (3, 4)
    assert not Moves(state).pick(("nothing",))


def test_an_error_stands_before_progress_and_progress_before_a_notice() -> None:
    messages = Messages()
    assert messages.current("", "Keras", "untrained") == ("Keras", False)
    messages.say("said")
    assert messages.current("", "Keras") == ("said", False)
    assert messages.current("opening", "Keras") == ("opening", False)
    messages.warn("failed")
    assert messages.current("opening") == ("failed", True)
    messages.clear()
    assert messages.current("") == ("", False)
