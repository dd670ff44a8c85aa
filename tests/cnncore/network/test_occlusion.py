"""Occlusion, against a simple loop, and against networks with known evidence."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore import CnnError
from cnncore.network import Dense, Flatten, Network
from cnncore.network.occlusion import UNKNOWN, Occlusion, default_size, heat_steps, occlusion, patch_starts
from cnncore.training.fresh import fresh_network

FASHION = fresh_network(seed=2)


def image(seed: int, shape: tuple[int, ...] = (28, 28, 1)) -> np.ndarray:
    return np.random.default_rng(seed).random(shape, np.float32)


def small(seed: int = 0, shape: tuple[int, ...] = (7, 9, 2), classes: int = 3) -> Network:
    kernel = np.random.default_rng(seed).normal(size=(math.prod(shape), classes))
    size = (math.prod(shape),)
    return Network(
        [
            Flatten(name="flat", input_shape=shape),
            Dense(name="dense", input_shape=size, kernel=kernel, activation="softmax"),
        ],
        shape,
    )


def last(network: Network, x: np.ndarray, **arguments: object) -> Occlusion:
    *_others, result = occlusion(network, x, **arguments)  # type: ignore[arg-type]
    return result


def slowly(
    network: Network, x: np.ndarray, label: int, size: tuple[int, int], strides: tuple[int, int], grey: float
) -> np.ndarray:
    """The heat by its definition, a pixel and a corner at a time."""
    height, width = x.shape[:2]
    total, count = np.zeros((height, width)), np.zeros((height, width))
    base = network.predict(x)[label]
    rows = sorted({*range(0, height - size[0] + 1, strides[0]), height - size[0]})
    columns = sorted({*range(0, width - size[1] + 1, strides[1]), width - size[1]})
    for top in rows:
        for left in columns:
            hidden = x.copy()
            for row in range(top, top + size[0]):
                for column in range(left, left + size[1]):
                    hidden[row, column] = grey
            fall = float(base) - float(network.predict(hidden)[label])
            for row in range(top, top + size[0]):
                for column in range(left, left + size[1]):
                    total[row, column] += fall
                    count[row, column] += 1
    assert (count > 0).all()
    return total / count


@given(
    st.integers(0, 1000),
    st.tuples(st.integers(1, 7), st.integers(1, 9)),
    st.tuples(st.integers(1, 7), st.integers(1, 9)),
    st.sampled_from([1, 5, 32]),
)
def test_it_is_what_the_obvious_loop_gives(
    seed: int, size: tuple[int, int], wanted: tuple[int, int], batch: int
) -> None:
    strides = min(size[0], wanted[0]), min(size[1], wanted[1])
    network, x = small(seed), image(seed, (7, 9, 2))
    result = last(network, x, label=1, size=size, strides=strides, grey=0.25, batch_size=batch)
    np.testing.assert_allclose(result.heat, slowly(network, x, 1, size, strides, 0.25), atol=1e-6)
    assert result.base == pytest.approx(float(network.predict(x)[1]))
    assert result.finished


def test_the_fashion_network_too() -> None:
    x = image(5)
    result = last(FASHION, x, size=9, strides=4)
    label = int(FASHION.predict(x).argmax())
    assert result.label == label
    assert result.grey == pytest.approx(float(x.mean()))
    np.testing.assert_allclose(result.heat, slowly(FASHION, x, label, (9, 9), (4, 4), result.grey), atol=1e-6)


def block_network(rows: slice, columns: slice, sign: float) -> Network:
    """Class 1 is the brighter the block is (or the darker), and nothing else matters."""
    kernel = np.zeros((10, 12, 2), np.float32)
    kernel[rows, columns, 1] = sign
    return Network(
        [
            Flatten(name="flat", input_shape=(10, 12, 1)),
            Dense(name="dense", input_shape=(120,), kernel=kernel.reshape(120, 2), activation="softmax"),
        ],
        (10, 12, 1),
    )


@pytest.mark.parametrize("corner", [(0, 0), (4, 5), (7, 9), (2, 9)])
def test_the_block_that_decides_is_found(corner: tuple[int, int]) -> None:
    rows, columns = slice(corner[0], corner[0] + 3), slice(corner[1], corner[1] + 3)
    x = np.ones((10, 12, 1), np.float32)
    result = last(block_network(rows, columns, 1), x, label=1, size=3, strides=1, grey=0)
    row, column = np.unravel_index(int(result.heat.argmax()), result.heat.shape)
    assert rows.start <= row < rows.stop
    assert columns.start <= column < columns.stop
    assert result.lowest == corner
    assert result.patch == (*corner, corner[0] + 3, corner[1] + 3)
    assert result.lowest_score == pytest.approx(0.5)
    # What no patch over the block covers does not matter at all.
    far = np.ones((10, 12), bool)
    far[max(0, corner[0] - 2) : corner[0] + 5, max(0, corner[1] - 2) : corner[1] + 5] = False
    assert far.any()
    assert np.abs(result.heat[far]).max() < 1e-7


def test_what_speaks_against_is_negative() -> None:
    result = last(block_network(slice(4, 6), slice(4, 6), -1), np.ones((10, 12), np.float32), label=1, size=2, grey=0)
    assert result.heat.min() < -0.1
    assert result.heat.max() <= 1e-7
    steps = heat_steps(result)
    assert steps.min() == -9
    assert steps.max() == 0


def test_it_shows_live_and_only_what_is_known() -> None:
    events = list(occlusion(FASHION, image(1), batch_size=100))
    assert [event.done for event in events] == [100, 200, 300, 400, 500, 600, 625]
    assert [event.finished for event in events] == [False] * 6 + [True]
    for before, after in pairwise(events):
        known = ~np.isnan(before.falls)
        assert int(known.sum()) == before.done
        np.testing.assert_array_equal(before.falls[known], after.falls[known])
        assert after.lowest_score <= before.lowest_score
    first = events[0]
    assert np.isnan(first.heat[-1]).all()
    assert (heat_steps(first)[-1] == UNKNOWN).all()
    assert not np.isnan(events[-1].heat).any()
    assert np.abs(heat_steps(events[-1])).max() == 9


def test_the_events_are_frozen() -> None:
    result = last(small(), image(0, (7, 9, 2)))
    with pytest.raises(ValueError, match="read-only"):
        result.heat[0, 0] = 1
    with pytest.raises(AttributeError):
        result.done = 3  # type: ignore[misc]


def test_closing_it_ends_the_computing(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    predict = Network.predict

    def counted(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        return predict(*arguments, **options)

    monkeypatch.setattr(Network, "predict", counted)
    events = occlusion(FASHION, image(1))
    assert not calls
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert len(calls) == 2  # the untouched picture, and one batch
    assert next(events, None) is None


def test_the_picture_is_not_touched() -> None:
    x = image(3)
    before = x.copy()
    last(FASHION, x, strides=4)
    np.testing.assert_array_equal(x, before)


def test_nan_scores_do_not_stop_it() -> None:
    x = np.full((7, 9, 2), np.nan, np.float32)
    result = last(small(), x, grey=0, label=1)
    assert result.most == 0
    assert result.finished


def test_where_the_network_gives_nan_there_is_no_answer_to_explain() -> None:
    with pytest.raises(CnnError, match="there is no class to explain"):
        last(small(), np.full((7, 9, 2), np.nan, np.float32), grey=0)


@given(st.integers(1, 40), st.data())
def test_the_patches_cover_every_pixel(length: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, length))
    stride = data.draw(st.integers(1, size))
    starts = patch_starts(length, size, stride)
    covered = {pixel for start in starts for pixel in range(start, start + size)}
    assert covered == set(range(length))
    assert len(set(starts)) == len(starts)


def test_a_patch_may_be_the_whole_picture() -> None:
    result = last(small(), image(0, (7, 9, 2)), size=(7, 9), strides=1)
    assert (result.total, result.patch) == (1, (0, 0, 7, 9))


def test_sizes_by_default() -> None:
    assert default_size(FASHION) == 4
    assert last(small(), image(0, (7, 9, 2))).size == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"size": 0}, "size"),
        ({"size": 29}, r"size is \(29, 29\); it must be at most \(28, 28\)"),
        ({"size": 3, "strides": 4}, r"strides is \(4, 4\); it must be at most \(3, 3\)"),
        ({"label": 10}, "label is 10; it must be from 0 to 9"),
        ({"label": -1}, "label"),
        ({"grey": math.nan}, "grey must be a finite number"),
        ({"batch_size": 0}, "batch_size"),
    ],
)
def test_wrong_arguments_are_refused_at_once(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(CnnError, match=words):
        occlusion(FASHION, image(0), **arguments)  # type: ignore[arg-type]


def test_one_picture_at_a_time() -> None:
    with pytest.raises(CnnError, match="must be a single picture"):
        occlusion(FASHION, image(0, (2, 28, 28, 1)))
    with pytest.raises(CnnError, match="which is not a picture"):
        occlusion(small(shape=(6,)), image(0, (6,)))
