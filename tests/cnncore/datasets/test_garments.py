"""The drawn garments: reproducible, all different, in any size, with a cache that may be damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore.datasets.garments import CLASSES, cached_garments, draw_garment, garment_labels, garments
from cnncore.errors import CnnError


def test_a_picture_depends_on_seed_and_number_alone() -> None:
    images, labels = garments(50, seed=3)
    fewer, fewer_labels = garments(20, seed=3)
    later, later_labels = garments(25, seed=3, start=25)
    assert np.array_equal(images[:20], fewer) and np.array_equal(labels[:20], fewer_labels)
    assert np.array_equal(images[25:], later) and np.array_equal(labels[25:], later_labels)
    assert np.array_equal(images[7], draw_garment(int(labels[7]), seed=3, index=7))
    other, _ = garments(50, seed=4)
    assert not np.array_equal(images, other)


def test_no_two_are_the_same() -> None:
    images, _ = garments(400)
    assert len({image.tobytes() for image in images}) == 400


def test_classes_are_balanced_and_shuffled() -> None:
    labels = garment_labels(1000, seed=1)
    assert np.bincount(labels).tolist() == [100] * 10
    assert len({labels[k : k + 10].tobytes() for k in range(0, 1000, 10)}) > 90
    two = garments(31, classes=(1, 3), start=5)[1]
    assert set(two.tolist()) == {0, 1} and abs(int(two.sum()) - 15) <= 1


@pytest.mark.parametrize("size", [(28, 28), (29, 31), (150, 105), (105, 150), (16, 64), (67, 33)])
@pytest.mark.parametrize("label", range(10))
def test_any_size(label: int, size: tuple[int, int]) -> None:
    for index in range(3):
        image = draw_garment(label, *size, index=index)
        assert image.shape == size and image.dtype == np.uint8
        lit = image > 30
        assert 0.01 < lit.mean() < 0.95
        assert image.max() > 45


def test_every_class_is_drawn_lying_within_the_picture() -> None:
    for label in range(10):
        mean = np.mean([draw_garment(label, 28, 28, index=i) for i in range(40)], axis=0)
        inside = mean[4:-4, 4:-4].mean()
        border = np.concatenate([mean[0], mean[-1], mean[:, 0], mean[:, -1]]).mean()
        assert inside > 3 * border, CLASSES[label]


def test_classes_differ_more_than_chance() -> None:
    """The nearest of ten mean pictures classifies most garments, but far from all, so there is something to learn."""
    images, labels = garments(1500)
    flat = images.reshape(len(images), -1).astype(float)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    means = np.stack([flat[:1000][labels[:1000] == k].mean(axis=0) for k in range(10)])
    guess = np.argmax(flat[1000:] @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T, axis=1)
    accuracy = np.mean(guess == labels[1000:])
    assert 0.4 < accuracy < 0.8


@pytest.mark.parametrize(
    "arguments",
    [
        {"count": 0},
        {"count": 5, "height": 8},
        {"count": 5, "width": 10_000},
        {"count": 5, "seed": -1},
        {"count": 5, "classes": ()},
        {"count": 5, "classes": (1, 10)},
        {"count": 2.5},
    ],
)
def test_bad_arguments(arguments: dict[str, Any]) -> None:
    with pytest.raises(CnnError):
        garments(**arguments)
    with pytest.raises(CnnError):
        draw_garment(10)


def test_cache(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "cache"
    told = []
    first = cached_garments(30, folder=folder, progress=lambda *seen: told.append(seen))
    assert told == [(30, 30, "images")]
    again = cached_garments(30, folder=folder, progress=lambda *seen: told.append(seen))
    assert len(told) == 1  # nothing was drawn
    (kept,) = folder.iterdir()
    assert np.array_equal(first[0], again[0]) and np.array_equal(first[1], again[1])
    for damage in (b"", b"\x93NUMPY\x01\0", kept.read_bytes()[:-9], b"{" * 500, bytes(30 * 784 + 128)):
        kept.write_bytes(damage)
        assert np.array_equal(cached_garments(30, folder=folder)[0], first[0])
    np.save(kept.with_suffix(""), np.zeros((30, 28, 28), np.uint8))
    assert np.array_equal(cached_garments(30, folder=folder)[0], first[0])
    assert np.array_equal(np.load(kept), first[0])  # and it is right again
    assert [p.name for p in folder.iterdir()] == [kept.name]


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    images, _ = cached_garments(5, folder=tmp_path / "file" / "cache")
    assert len(images) == 5
