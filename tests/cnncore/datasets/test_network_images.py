"""Pictures for a network: their sources, their conversion, and filters on the answers."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from cnncore import CnnError
from cnncore.datasets import network_images
from cnncore.datasets.network_images import (
    Answered,
    PictureFilter,
    Pictures,
    PictureSet,
    answer_all,
    as_inputs,
    find_pictures,
    looks_inverted,
    network_input,
    open_picture,
    picture_size,
)
from cnncore.datasets.pictures import fit_picture, save_picture
from cnncore.network import Dense, Flatten, InputLayer, Layer, Network, Rescaling
from cnncore.training.data import prepared
from cnncore.training.fresh import fresh_network

FASHION = fresh_network(seed=1)
BINARY = fresh_network("binary")


def taking(*shape: int, classes: int = 3, first: tuple[Layer, ...] = ()) -> Network:
    size = int(np.prod(shape))
    kernel = np.random.default_rng(0).normal(size=(size, classes))
    return Network(
        [
            *first,
            Flatten(name="flat", input_shape=shape),
            Dense(name="dense", input_shape=(size,), kernel=kernel, activation="softmax"),
        ],
        shape,
    )


def pixels(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


# Conversion of a picture.


def test_the_network_is_fed_what_it_was_trained_on() -> None:
    images = pixels(5, 28, 28)
    np.testing.assert_array_equal(as_inputs(FASHION, images), prepared(images))
    assert as_inputs(FASHION, images).dtype == np.float32
    np.testing.assert_array_equal(network_input(FASHION, images[2]).values, prepared(images)[2])


def test_a_network_that_scales_itself_is_fed_whole_pixels() -> None:
    before = Rescaling(name="r", input_shape=(28, 28, 1), scale=1 / 255)
    network = taking(28, 28, 1, first=(InputLayer(name="in", input_shape=(28, 28, 1)), before))
    images = pixels(2, 28, 28)
    np.testing.assert_array_equal(as_inputs(network, images)[..., 0], images)
    centred = taking(28, 28, 1, first=(Rescaling(name="r", input_shape=(28, 28, 1), scale=2.0, offset=-1.0),))
    assert as_inputs(centred, images).max() <= 1


@pytest.mark.parametrize(
    ("shape", "size"),
    [((28, 28, 1), (28, 28, 1)), ((32, 20, 3), (32, 20, 3)), ((9, 7), (9, 7, 1)), ((784,), (28, 28, 1))],
)
def test_pictures_of_every_kind_of_input(shape: tuple[int, ...], size: tuple[int, int, int]) -> None:
    network = taking(*shape)
    assert picture_size(network) == size
    for picture in (pixels(40, 30), pixels(40, 30, 3)):
        seen = network_input(network, picture)
        assert seen.values.shape == shape
        assert seen.fitted.shape == (size if size[2] == 3 else size[:2])
        assert seen.original is picture
        assert seen.resized
        network.predict(seen.values)


@pytest.mark.parametrize("shape", [(8, 8, 2), (10,), (4, 4, 4)])
def test_what_takes_no_picture_says_so(shape: tuple[int, ...]) -> None:
    with pytest.raises(CnnError, match="a picture can be shown to one that takes"):
        network_input(taking(*shape), pixels(8, 8))


def test_proportions_stay_and_the_rest_is_black() -> None:
    seen = network_input(BINARY, np.full((50, 70), 200, np.uint8))
    assert seen.fitted.shape == (150, 105)
    np.testing.assert_array_equal(seen.fitted, fit_picture(seen.original, 150, 105))
    assert not seen.fitted[0].any()
    assert (seen.fitted[75] == 200).all()


def test_inverted_before_it_is_fitted() -> None:
    white = np.full((50, 70), 255, np.uint8)
    white[20:30, 30:40] = 0
    seen = network_input(BINARY, white, invert=True)
    assert not seen.fitted[0].any()  # the margin is as black as the ground
    assert seen.fitted.max() > 200
    assert seen.inverted
    np.testing.assert_array_equal(seen.original, white)
    small = pixels(28, 28)
    np.testing.assert_array_equal(network_input(FASHION, small, invert=True).fitted, 255 - small)


def test_a_light_rim_asks_to_be_inverted() -> None:
    dark = np.zeros((9, 9), np.uint8)
    dark[2:7, 2:7] = 255
    assert not looks_inverted(dark)
    assert looks_inverted(255 - dark)
    assert looks_inverted(np.full((4, 5, 3), 250, np.uint8))


def test_colours_stay_where_the_network_takes_them() -> None:
    red = np.zeros((10, 10, 3), np.uint8)
    red[..., 0] = 200
    assert network_input(taking(5, 5, 3), red).fitted[2, 2].tolist() == [200, 0, 0]
    assert network_input(taking(5, 5, 1), red).fitted[2, 2] == round(200 * 0.299)
    assert network_input(taking(5, 5, 3), red[..., 0]).fitted[2, 2].tolist() == [200, 200, 200]


def test_own_pictures_open_as_the_network_takes_them(tmp_path: Path) -> None:
    save_picture(pixels(12, 10, 3), tmp_path / "a.png")
    assert open_picture(tmp_path / "a.png", FASHION).shape == (12, 10)
    assert open_picture(tmp_path / "a.png", taking(5, 5, 3)).shape == (12, 10, 3)
    save_picture(pixels(2, 2), tmp_path / "b.png")
    with pytest.raises(CnnError, match="must be at least 3 x 3"):
        open_picture(tmp_path / "b.png", FASHION)
    (tmp_path / "c.csv").write_text("1,2,3\n4,5,-6\n7,8,9\n")
    with pytest.raises(CnnError, match="whole and from 0 to 255"):
        open_picture(tmp_path / "c.csv", FASHION)
    with pytest.raises(CnnError, match="there is no such file"):
        open_picture(tmp_path / "none.png", FASHION)


# Sources of pictures.


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CNN_TUI_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(network_images, "DRAWN_TEST", 30)


def write_test_images(folder: Path, count: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """The two files of Fashion-MNIST's test images, of random pixels."""
    folder.mkdir()
    images, labels = pixels(count, 28, 28), (np.arange(count) % 10).astype(np.uint8)
    for name, array in (("images-idx3", images), ("labels-idx1", labels)):
        head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
        (folder / f"t10k-{name}-ubyte").write_bytes(head + array.tobytes())
    return images, labels


def test_test_images_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images, labels = write_test_images(tmp_path / "data")
    found = find_pictures(FASHION, str(tmp_path / "data"))
    np.testing.assert_array_equal(found.images, images)
    assert found.labels is not None
    np.testing.assert_array_equal(found.labels, labels)
    assert (found.classes[9], found.source, found.substitute) == ("Ankle boot", str(tmp_path / "data"), False)
    monkeypatch.setenv("CNN_TUI_DATA", str(tmp_path / "data"))
    assert find_pictures(FASHION).source == str(tmp_path / "data")


def test_a_handful_of_own_pictures_is_shown_though_none_is_left_for_testing(tmp_path: Path) -> None:
    for kind in ("cats", "dogs"):
        (tmp_path / kind).mkdir()
        save_picture(pixels(20, 10), tmp_path / kind / "one.png")
    found = find_pictures(BINARY, str(tmp_path))
    assert found.labels is not None
    assert sorted(found.labels.tolist()) == [0, 1]
    assert len(found) == 2


def test_a_folder_that_was_named_must_hold_them(tmp_path: Path) -> None:
    write_test_images(tmp_path / "empty", 0)
    with pytest.raises(CnnError, match="holds 0x28x28 values"):
        find_pictures(FASHION, str(tmp_path / "empty"))
    with pytest.raises(CnnError, match="there is no such folder"):
        find_pictures(FASHION, str(tmp_path / "none"))
    with pytest.raises(CnnError, match="lacks t10k-images"):
        find_pictures(FASHION, str(tmp_path))


def test_drawn_garments_where_nothing_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    found = find_pictures(FASHION, progress=lambda done, _total, _unit: told.append(done))
    assert (len(found), found.substitute, found.reason) == (30, True, "")
    assert told == [30]
    monkeypatch.setenv("CNN_TUI_DATA", str(tmp_path / "none"))
    assert find_pictures(FASHION).reason == "{folder}: there is no such folder"


def test_the_binary_network_has_pictures_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import cnncore.datasets.folders as module

    monkeypatch.setattr(module, "DRAWN_TEST", 4)
    drawn = find_pictures(BINARY)
    assert drawn.images.shape == (4, 150, 105)
    assert drawn.classes == ("Trouser", "Dress")
    for kind in ("cats", "dogs"):
        (tmp_path / "own" / kind).mkdir(parents=True)
        for i in range(5):
            save_picture(pixels(20, 10, seed=i), tmp_path / "own" / kind / f"{i}.png")
    own = find_pictures(BINARY, str(tmp_path / "own"))
    assert own.classes == ("cats", "dogs")
    assert own.images.shape == (2, 150, 105)
    (tmp_path / "files").mkdir()
    assert find_pictures(BINARY, str(tmp_path / "files")).substitute
    with pytest.raises(CnnError, match="there is no such folder"):
        find_pictures(BINARY, str(tmp_path / "none"))


@pytest.mark.parametrize(("shape", "classes"), [((32, 32, 3), 10), ((12, 12, 1), 10), ((28, 28, 1), 4)])
def test_other_networks_get_pictures_without_labels(shape: tuple[int, ...], classes: int) -> None:
    network = taking(*shape, classes=classes)
    found = find_pictures(network)
    assert found.labels is None
    assert found.classes == ()
    *_rest, answered = answer_all(network, found)
    assert answered.finished
    assert set(answered.answers.tolist()) <= set(range(classes))


# Answers and filters.


def test_answers_are_the_networks_own() -> None:
    pictures = Pictures(pixels(50, 28, 28), pixels(50) % 10, tuple("abcdefghij"), "made up")
    events = list(answer_all(FASHION, pictures, batch=20))
    assert [(event.done, event.total, event.finished) for event in events] == [
        (20, 50, False),
        (40, 50, False),
        (50, 50, True),
    ]
    expected = FASHION.predict(prepared(pictures.images))
    np.testing.assert_array_equal(events[-1].answers, expected.argmax(axis=1))
    np.testing.assert_allclose(events[-1].scores, expected.max(axis=1), rtol=1e-5)
    assert (events[0].answers[20:] == -1).all()
    assert np.isnan(events[0].scores[20:]).all()


def test_one_sigmoid_answers_two_classes() -> None:
    pictures = Pictures(pixels(6, 150, 105), None, (), "made up")
    *_rest, found = answer_all(BINARY, pictures)
    p = BINARY.predict(prepared(pictures.images))[:, 0]
    np.testing.assert_array_equal(found.answers, (p > 0.5).astype(int))
    np.testing.assert_allclose(found.scores, np.maximum(p, 1 - p), rtol=1e-5)


def test_a_picture_that_gets_nan_is_neither_right_nor_misclassified() -> None:
    flat = Flatten(name="f", input_shape=(4, 4, 1))
    kernel = np.zeros((16, 3), np.float32)
    kernel[:, 1] = np.nan
    lost = Network([flat, Dense(name="d", input_shape=(16,), kernel=kernel, activation="softmax")], (4, 4, 1))
    *_events, found = answer_all(lost, PICTURES)
    judged = PictureSet(PICTURES, found)
    assert (found.nan, judged.count(PictureFilter(wrong=True))) == (8, 0)
    assert [judged.correct(index) for index in range(8)] == [None] * 8
    assert judged.tally() == ((3, 0), (3, 0), (2, 0))
    assert all(judged.count(PictureFilter(answer=answer)) == 0 for answer in range(3))
    assert HALF.answered is not None
    assert HALF.answered.nan == 0


LABELS = np.array([0, 1, 2, 0, 1, 2, 0, 1], np.uint8)
ANSWERS = np.array([0, 2, 2, 1, 1, 0, -1, -1], np.int16)
PICTURES = Pictures(pixels(8, 4, 4), LABELS, ("a", "b", "c"), "made up")
HALF = PictureSet(PICTURES, Answered(6, 8, ANSWERS, np.ones(8, np.float32)))


@pytest.mark.parametrize(
    ("chosen", "matching"),
    [
        (PictureFilter(), [0, 1, 2, 3, 4, 5, 6, 7]),
        (PictureFilter(wrong=True), [1, 3, 5]),
        (PictureFilter(label=0), [0, 3, 6]),
        (PictureFilter(answer=2), [1, 2]),
        (PictureFilter(wrong=True, label=0), [3]),
        (PictureFilter(label=1, answer=2), [1]),
        (PictureFilter(wrong=True, answer=1), [3]),
        (PictureFilter(label=9), []),
    ],
)
def test_filters(chosen: PictureFilter, matching: list[int]) -> None:
    assert HALF.matching(chosen).tolist() == matching
    assert HALF.count(chosen) == len(matching)


def test_what_is_not_known_does_not_pass() -> None:
    unlabelled = PictureSet(Pictures(PICTURES.images, None, (), ""), HALF.answered)
    for chosen in (PictureFilter(wrong=True), PictureFilter(label=0)):
        assert unlabelled.count(chosen) == 0
    assert unlabelled.count(PictureFilter(answer=2)) == 2
    assert unlabelled.tally() == ()
    unasked = PictureSet(PICTURES)
    assert unasked.count(PictureFilter(wrong=True)) == unasked.count(PictureFilter(answer=0)) == 0
    assert unasked.count(PictureFilter(label=0)) == 3
    assert unasked.tally() == ((3, 0), (3, 0), (2, 0))


def test_each_class_is_counted() -> None:
    assert HALF.tally() == ((3, 1), (3, 1), (2, 1))
    assert [HALF.correct(index) for index in range(8)] == [True, False, True, False, True, False, None, None]


@pytest.mark.parametrize(
    ("index", "by", "expected"),
    [(1, 1, 3), (3, 1, 5), (5, 1, 1), (5, -1, 3), (1, -1, 5), (2, 1, 3), (2, -1, 1), (7, 1, 1), (0, -1, 5), (1, 2, 5),
     (4, 0, 5), (3, 0, 3), (6, 0, 1), (1, 7, 3)],
)  # fmt: skip
def test_steps_within_a_filter(index: int, by: int, expected: int) -> None:
    assert HALF.step(index, by, PictureFilter(wrong=True)) == expected


def test_no_step_where_nothing_passes() -> None:
    assert HALF.step(3, 1, PictureFilter(label=9)) is None


def test_ten_thousand_are_done_in_steps_that_can_be_left() -> None:
    pictures = Pictures(np.zeros((10_000, 28, 28), np.uint8), None, (), "")
    events = answer_all(FASHION, pictures)
    assert next(events).done == network_images.BATCH
    events.close()  # type: ignore[attr-defined]
    assert next(events, None) is None
