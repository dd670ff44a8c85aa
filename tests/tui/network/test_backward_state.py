"""The backward view without a screen: gradients as they are drawn, moves among them, steps by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from backward_views import View
from network_screens import colour_network

from cnncore.backward import GradientExplanation, WeightExplanation, backward_pass
from cnncore.network import Dense, Network
from cnncore.training.fresh import fresh_network
from tui.network.backward_export import save_gradient_terms
from tui.network.backward_spoken import backward_lines
from tui.network.backwards import loss_batch
from tui.network.cursor import Depth
from tui.network.export import items_of, saver_of
from tui.network.start import command_line


@pytest.fixture(scope="module")
def network() -> Network:
    return fresh_network()


@pytest.fixture
def view(network: Network) -> View:
    return View(network)


def test_the_gradients_are_those_of_the_picture_with_its_class(view: View) -> None:
    assert view.backwards.toggle() == ""
    gradients = view.state.backward.gradients
    assert gradients is not None
    label = np.array([view.state.label])
    expected = backward_pass(view.state.network, view.state.picture.values[None], label)
    for layer, gradient in enumerate(expected.gradients):
        np.testing.assert_array_equal(gradients.maps.values(layer), gradient[0])
    kernel = expected.weight(2, "kernel")[1]
    view.state.cursor.to_layer(2)
    view.state.cursor.to_map(5)
    shown = view.state.backward.cursor(view.state.cursor)
    assert (shown.layer, shown.map, shown.row, shown.column) == (2, 5, *view.state.cursor.index[:2])
    np.testing.assert_array_equal(shown.kernel(5, 7), kernel[:, :, 7, 5])
    assert f"{expected.loss:.4f}" in view.drawn()


def test_a_batch_begins_with_the_picture_in_view(view: View) -> None:
    view.state.show_number(4)
    batch = loss_batch(view.state, many=True)
    pictures = view.state.picture_set
    assert pictures is not None
    assert pictures.pictures.labels is not None
    assert len(batch) == 30
    np.testing.assert_array_equal(batch.images[0], view.state.picture.values)
    assert batch.labels.tolist() == np.roll(pictures.pictures.labels, -4).tolist()
    assert view.backwards.toggle_batch() == ""
    assert "mean of this picture and 29 others" in view.drawn(120, 40)
    assert view.backwards.toggle_batch() == ""
    assert view.state.backward.on
    assert "this picture alone" in view.drawn(120, 40)


def test_without_a_class_the_answer_stands_for_it_and_the_screen_says_so(network: Network) -> None:
    view = View(network, pictures=False)
    assert view.backwards.toggle() == ""
    gradients = view.state.backward.gradients
    assert gradients is not None
    assert gradients.batch.labels.tolist() == [view.state.answer.answer]
    assert "class unknown, so for its answer" in view.drawn(120, 40)
    assert "still loading" in view.backwards.toggle_batch()


@pytest.mark.parametrize("size", [(80, 18), (80, 22), (120, 38), (200, 58)])
def test_every_value_and_weight_is_recomputed_as_the_core_has_it(view: View, size: tuple[int, int]) -> None:
    view.backwards.toggle()
    view.state.cursor.to_depth(Depth.VALUE)
    kinds = set()
    for layer in range(len(view.state.network.layers)):
        view.state.cursor.to_layer(layer)
        for weight in (None, 0):
            view.state.backward.weight = weight
            explained = view.state.backward.explained(view.state.cursor)
            assert explained is not None
            kinds.add(type(explained))
            sizes = float(np.abs(explained.products).sum()) or abs(explained.core)
            assert abs(explained.difference) <= 1e-5 * max(sizes, 1e-9)
            text = view.drawn(*size)
            assert "recomputed" in text
            assert "C core" in text
    assert kinds == {GradientExplanation, WeightExplanation}


def test_a_pooled_value_gives_its_gradient_to_the_winner_alone(view: View) -> None:
    view.backwards.toggle()
    view.state.cursor.to_value(1, (5, 6, 3))
    view.state.cursor.to_depth(Depth.VALUE)
    gradients = view.state.backward.gradients
    assert gradients is not None
    pooled, window = gradients.maps.values(1)[5, 6, 3], gradients.maps.values(0)[10:12, 12:14, 3]
    assert pooled != 0
    assert np.count_nonzero(window) == 1
    assert window.sum() == pooled
    text = view.drawn(100, 40)
    assert "values of the window" in text
    assert "gradient that each gets" in text


def test_p_minus_y(view: View) -> None:
    view.backwards.toggle()
    label = view.state.label
    assert label is not None
    view.state.cursor.to_value(6, (label,))
    view.state.cursor.to_depth(Depth.VALUE)
    text = " ".join(view.drawn(100, 40).split())
    p = float(view.state.cursor.value)
    assert f"p - y {p:.6g} - 1 = {p - 1:.6g}" in text
    assert "y = 1: this is the class" in text


def test_a_term_is_followed_towards_the_loss(view: View) -> None:
    view.backwards.toggle()
    view.state.cursor.to_value(1, (5, 5, 3))
    view.state.cursor.to_depth(Depth.VALUE)
    layers = []
    for _ in range(8):
        layers.append(view.state.cursor.layer)
        sentence = view.moves.go_in()
        if sentence:
            break
        assert view.state.backward.on
    assert layers == [1, 2, 3, 4, 5, 6]
    assert "nothing to follow" in sentence
    assert view.moves.back() == ""


def test_weights_of_a_map_one_after_the_other(view: View) -> None:
    view.backwards.toggle()
    view.state.cursor.to_value(2, (4, 4, 9))
    view.state.cursor.to_depth(Depth.LAYER)
    assert view.moves.weights(20) == ""
    assert view.state.cursor.depth == Depth.VALUE
    weights = view.state.backward.weights(view.state.cursor)
    assert len(weights) == 9 * 64 + 1
    gradients = view.state.backward.gradients
    assert gradients is not None
    _value, kernel = gradients.passed.weight(2, "kernel")
    name, position = view.state.backward.weight_position(view.state.cursor)
    assert (name, position[3]) == ("kernel", 9)
    assert abs(kernel[position]) == np.abs(kernel[..., 9]).max()
    flat = np.concatenate([kernel[:, :, c, 9].reshape(-1) for c in range(64)])
    np.testing.assert_array_equal(weights.values()[:-1], flat)
    for number in (0, 10, 575):
        name, position = weights.position(number)
        assert kernel[position] == flat[number] == weights.gradient(number)
    view.state.backward.weight = len(weights) - 1
    assert view.state.backward.weight_position(view.state.cursor) == ("bias", (9,))
    assert view.moves.channel(1) == ""
    assert view.state.backward.weight == 0
    assert view.moves.weights(20) == ""
    assert view.state.backward.weight is None
    view.state.cursor.to_layer(1)
    assert "no weights" in view.moves.weights(20)


def test_a_step_of_one_weight_changes_that_weight_alone_and_undo_takes_it_back(view: View) -> None:
    opened = view.state.network
    assert "b looks backwards first" in view.backwards.step(one=True)
    view.backwards.toggle()
    assert "k shows" in view.backwards.step(one=True)
    view.state.cursor.to_layer(2)
    view.state.cursor.to_depth(Depth.LAYER)
    view.moves.weights(20)
    name, position = view.state.backward.weight_position(view.state.cursor)
    sentence = view.backwards.step(one=True)
    assert "One step of this weight. Loss of this picture" in sentence
    assert view.state.by_hand.changed
    changed = 0
    for before, after in zip(opened.layers, view.state.network.layers, strict=True):
        for key, array in before.weights.items():
            changed += int(np.count_nonzero(array != after.weights[key]))
    assert changed == 1
    assert opened.layers[2].weights[name][position] != view.state.network.layers[2].weights[name][position]
    assert "CHANGED" in view.drawn() or "changed by hand" in view.drawn()
    assert view.state.network_name == "changed weights"
    assert view.backwards.undo() != ""
    assert view.state.network is opened
    assert not view.state.by_hand.changed
    assert "No step" in view.backwards.undo()


def test_a_step_of_all_weights_lowers_the_loss_and_redraws_the_answers(view: View) -> None:
    view.backwards.toggle()
    first = view.state.backward.gradients
    assert first is not None
    before = view.state.answer.scores.copy()
    sentence = view.backwards.step(one=False)
    second = view.state.backward.gradients
    assert second is not None
    assert second.passed.loss < first.passed.loss
    assert f"{first.passed.loss:.6f} -> {second.passed.loss:.6f}" in sentence
    assert (view.state.answer.scores != before).any()
    expected = backward_pass(view.state.network, second.batch.images, second.batch.labels)
    assert expected.loss == pytest.approx(second.passed.loss)
    view.backwards.step(one=False)
    assert view.state.by_hand.steps == 2
    optimizer = view.state.by_hand.optimizer
    assert optimizer is not None
    assert optimizer.steps == 2
    view.backwards.undo()
    again = view.state.backward.gradients
    assert again is not None
    assert again.passed.loss == first.passed.loss


def test_escape_goes_from_the_weight_to_the_value_and_then_forwards(view: View) -> None:
    view.backwards.toggle()
    view.state.cursor.to_layer(2)
    view.state.cursor.to_depth(Depth.LAYER)
    view.moves.weights(20)
    view.moves.go_out()
    assert view.state.backward.on
    assert view.state.backward.weight is None
    view.moves.go_out()
    assert not view.state.backward.on
    assert view.state.cursor.depth == Depth.VALUE


def test_another_picture_has_other_gradients(view: View) -> None:
    view.backwards.toggle()
    first = view.state.backward.gradients
    view.state.step(1)
    assert view.state.backward.gradients is None
    view.drawn()  # while they are computed
    view.backwards.picture_changed()
    assert view.state.backward.gradients is not None
    assert view.state.backward.gradients is not first


def test_what_has_no_loss_says_why() -> None:
    kernel = np.ones((784, 3), np.float32)
    linear = Network([Dense(name="last", input_shape=(784,), kernel=kernel)], (784,))
    view = View(linear, pictures=False)
    assert view.backwards.toggle().startswith("No gradient: this network does not end in softmax")
    assert not view.state.backward.on
    kernel[0, 0] = np.nan
    last = Dense(name="last", input_shape=(784,), kernel=kernel, activation="softmax")
    broken = View(Network([last], (784,)), pictures=False)
    assert "NaN" in broken.backwards.toggle()
    assert "NaN" in broken.backwards.toggle_batch()
    assert not broken.state.backward.on


def test_a_network_for_colour_pictures_is_looked_at_backwards_at_every_depth() -> None:
    view = View(colour_network())
    view.backwards.toggle()
    for layer in range(-1, 4):
        view.state.cursor.to_layer(layer)
        for depth in (Depth.NETWORK, Depth.LAYER, Depth.VALUE):
            view.state.cursor.to_depth(depth)
            view.drawn()
            assert backward_lines(view.state)[0]
        view.state.cursor.to_depth(Depth.NETWORK)


def test_in_words(view: View) -> None:
    view.backwards.toggle()
    view.state.cursor.to_value(2, (4, 4, 9))
    view.state.cursor.to_depth(Depth.VALUE)
    lines = backward_lines(view.state)
    assert lines[0].startswith("conv2d_1, gradient of row 4, column 4, map 9")
    assert any("this picture alone" in line for line in lines)
    assert any(line.startswith("recomputed") for line in lines)
    view.state.cursor.to_depth(Depth.LAYER)
    assert "row 4" in backward_lines(view.state)[-1]


def test_export_of_gradients_and_terms(view: View, tmp_path: Path) -> None:
    view.state.cursor.to_value(1, (4, 4, 9))
    view.state.cursor.to_depth(Depth.VALUE)
    assert not {"gradient-map", "gradients"} & {item.id for item in items_of(view.state)}
    view.backwards.toggle()
    items = {item.id: item for item in items_of(view.state)}
    assert "terms" not in items
    gradients, explained = view.state.backward.gradients, view.state.backward.explained(view.state.cursor)
    assert gradients is not None
    assert explained is not None
    for name in ("gradient-map", "gradients"):
        saver_of(view.state, items[name], "textual-dark")(str(tmp_path / f"{name}.npy"))
    np.testing.assert_array_equal(np.load(tmp_path / "gradient-map.npy"), gradients.maps.values(1)[:, :, 9])
    np.testing.assert_array_equal(np.load(tmp_path / "gradients.npy"), gradients.maps.values(1))
    save_gradient_terms(explained, tmp_path / "terms.csv")
    head, *lines = (tmp_path / "terms.csv").read_text().splitlines()
    assert head == "at_0,at_1,at_2,gradient,weight,product"
    assert sum(float(line.split(",")[-1]) for line in lines) == pytest.approx(explained.core, rel=1e-4)
    assert "--backward" in command_line(view.state)


def test_all_units_of_the_softmax_are_listed_with_p_and_y(view: View) -> None:
    view.backwards.toggle()
    view.state.cursor.to_value(6, (2,))
    view.state.cursor.to_depth(Depth.VALUE)
    gradients = view.state.backward.gradients
    assert gradients is not None
    text = view.drawn(80, 22)
    for unit, (p, slope) in enumerate(
        zip(gradients.passed.outputs[-1][0].tolist(), gradients.passed.gradients[-1][0].tolist(), strict=True)
    ):
        assert f"{p:.6f}  {int(unit == view.state.label)}  " in text
        assert f"{slope:.6g}" in text
    assert ">2 kind 2" in text
