"""The pictures to put before a network: where they come from, how the network sees them, and what it answers to each.

pictures = find_pictures(network)                 # takes its time: for a thread
for event in answer_all(network, pictures): ...   # `Answered`, with progress, until it is finished
pictures_asked = PictureSet(pictures, event)
pictures_asked.matching(PictureFilter(wrong=True))                # the misclassified
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cnncore._copies import Copied
from cnncore._dtypes import Array
from cnncore._files import PathLike, is_there, list_folder, shown, user_path
from cnncore.datasets import folders
from cnncore.datasets.dataset import Images, Progress
from cnncore.datasets.fashion_mnist import (
    DRAWN,
    DRAWN_TEST,
    ENVIRONMENT,
    TEST_START,
    keras_caches,
    read_test_images,
)
from cnncore.datasets.garments import CLASSES, cached_garments
from cnncore.datasets.matrices import open_image
from cnncore.datasets.pictures import fit_picture
from cnncore.display.greys import unit_pixels
from cnncore.errors import CnnError
from cnncore.network.answers import NO_CLASS, best, class_count, scores
from cnncore.network.layers import InputLayer, Rescaling
from cnncore.network.network import Network

BATCH = 200
"""Pictures from one sign of progress to the next."""
SMALLEST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Pictures(Copied):
    """(N, H, W) or (N, H, W, 3) uint8 pictures, and their labels (N,) where the network's classes are theirs.

    `classes` names the classes, or is empty where the network's meaning is not known. `source` and the rest are as in
    `cnncore.datasets.dataset.Dataset`.
    """

    images: Images = field(repr=False)
    labels: Images | None = field(repr=False)
    classes: tuple[str, ...]
    source: str
    substitute: bool = False
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkInput(Copied):
    """A picture as given, (H, W) or (H, W, 3) uint8, as `fitted` to the network's size, the same way, and as the
    numbers that the network is fed, float32 of its `input_shape`."""

    original: Images = field(repr=False)
    fitted: Images = field(repr=False)
    values: Array = field(repr=False)
    inverted: bool

    @property
    def resized(self) -> bool:
        return self.original.shape[:2] != self.fitted.shape[:2]


def picture_size(network: Network) -> tuple[int, int, int]:
    """(height, width, channels) of the pictures the network takes. Raises `CnnError` where it takes none."""
    shape = network.input_shape
    if len(shape) == 3 and shape[2] in (1, 3):
        return shape[0], shape[1], shape[2]
    if len(shape) == 2:
        return shape[0], shape[1], 1
    if len(shape) == 1 and (side := math.isqrt(shape[0])) ** 2 == shape[0]:
        return side, side, 1
    raise CnnError(
        "the network takes {shape}; a picture can be shown to one that takes (H, W, 1), (H, W, 3) or (H, W)",
        shape=shape,
    )


def takes_bytes(network: Network) -> bool:
    """Tell whether the network scales 0..255 itself, with a Rescaling as its first layer."""
    first = next((layer for layer in network.layers if not isinstance(layer, InputLayer)), None)
    return isinstance(first, Rescaling) and float(np.max(np.abs(first.scale))) < 0.1


def as_inputs(network: Network, images: Images) -> Array:
    """Pictures (N, H, W) or (N, H, W, 3) uint8 of the network's size as it takes them, float32: pixels / 255, as in
    training (`cnncore.training.data.scaled`), or whole where the network scales them itself."""
    values = images.astype(np.float32) if takes_bytes(network) else unit_pixels(images)
    shaped: Array = values.reshape(len(images), *network.input_shape)
    return shaped


def network_input(network: Network, picture: Images, *, invert: bool = False) -> NetworkInput:
    """A picture of any size as the network sees it: inverted where asked for, made grey or coloured as it needs, fitted
    without changing its proportions, on black, and scaled. Raises `CnnError` where the network takes no pictures.

    Fashion-MNIST is light on black; a photograph on a white ground needs `invert`.
    """
    height, width, channels = picture_size(network)
    turned = np.subtract(255, picture, dtype=np.uint8) if invert else picture
    fitted = _fitted(in_channels(turned, channels), height, width)
    return NetworkInput(picture, fitted, as_inputs(network, fitted[None])[0], invert)


def looks_inverted(picture: Images) -> bool:
    """Tell whether a picture has a mostly light rim, so that `invert` is probably wanted."""
    rim = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    return float(np.median(rim)) > 127


def in_channels(picture: Images, channels: int) -> Images:
    """A picture as (H, W) for one channel, as (H, W, 3) for three; grey is weighed as `load_picture` weighs it."""
    if channels == 3:
        return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    if picture.ndim == 2:
        return picture
    from PIL import Image

    return np.asarray(Image.fromarray(np.ascontiguousarray(picture)).convert("L"))


def _fitted(picture: Images, height: int, width: int) -> Images:
    if picture.shape[:2] == (height, width):
        return picture
    if picture.ndim == 2:
        return fit_picture(picture, height, width)
    planes = [fit_picture(np.ascontiguousarray(picture[..., c]), height, width) for c in range(picture.shape[2])]
    return np.stack(planes, axis=-1)


def open_picture(path: PathLike, network: Network) -> Images:
    """One's own picture, or matrix of numbers from 0 to 255, grey or in colour as the network takes it. `CnnError`."""
    file = user_path(path)
    pixels = open_image(file, "rgb" if picture_size(network)[2] == 3 else "grey")
    if pixels.dtype != np.uint8:
        raise CnnError("{path}: a picture's numbers are whole and from 0 to 255", path=shown(file))
    if min(pixels.shape[:2]) < SMALLEST:
        raise CnnError(
            "{path} is {rows} x {columns}; it must be at least {least} x {least}",
            path=shown(file),
            rows=pixels.shape[0],
            columns=pixels.shape[1],
            least=SMALLEST,
        )
    return pixels


# Where pictures come from.


def find_pictures(network: Network, data: str = "", *, progress: Progress | None = None) -> Pictures:
    """Test pictures in the network's own size: what a network of that shape was most likely never trained on.

    28x28: Fashion-MNIST's 10,000 of the folder `data`, of the one in the environment, or in Keras's cache; else 2,000
    drawn garments. 150x105 with two classes: the pictures of `data`, a folder as `load_binary` takes it, else drawn
    trousers and dresses. Any other size: the first hundred of Fashion-MNIST's, made to fit. Raises `CnnError` where the
    network takes no pictures, and for a folder that does not hold them.
    """
    height, width, channels = picture_size(network)
    classes = class_count(network)
    if (height, width, channels, classes) == (150, 105, 1, 2):
        if not _holds_folders(data):
            kinds = folders.DRAWN_CLASSES
            images, labels = cached_garments(
                folders.DRAWN_TEST, height, width, classes=kinds, start=TEST_START, progress=progress
            )
            return Pictures(images, labels, tuple(CLASSES[kind] for kind in kinds), DRAWN, substitute=True)
        found = folders.load_binary(data, progress=progress)
        if not len(found.test_images):  # a handful of pictures leaves none for testing
            return Pictures(found.train_images, found.train_labels, found.classes, found.source)
        return Pictures(found.test_images, found.test_labels, found.classes, found.source)
    pictures = _fashion(data, progress)
    if (height, width, channels) == (28, 28, 1):
        return pictures if classes == len(pictures.classes) else Pictures(pictures.images, None, (), pictures.source)
    some = [_fitted(in_channels(image, channels), height, width) for image in pictures.images[:100]]
    return Pictures(np.stack(some), None, (), pictures.source)


def _holds_folders(data: str) -> bool:
    """Whether a folder was named that may hold one folder a class: Fashion-MNIST's files are not what is meant then.
    Raises `CnnError` where there is none."""
    if not data:
        return False
    return any(is_there(path, "folder") for path in list_folder(user_path(data)))


def _fashion(data: str, progress: Progress | None) -> Pictures:
    problem: CnnError | None = None
    if named := data or os.environ.get(ENVIRONMENT, ""):
        try:
            return _test_images(user_path(named))
        except CnnError as error:
            if data:
                raise
            problem = error
    for folder in keras_caches():
        try:
            return _test_images(folder)
        except CnnError:
            continue
    images, labels = cached_garments(DRAWN_TEST, start=TEST_START, progress=progress)
    found = Pictures(images, labels, CLASSES, DRAWN, substitute=True)
    if problem is None:
        return found
    return Pictures(images, labels, CLASSES, DRAWN, True, problem.template, problem.values)


def _test_images(folder: Path) -> Pictures:
    """Fashion-MNIST's test images of a folder. Raises `CnnError` where they are not all right."""
    images, labels = read_test_images(folder)
    return Pictures(images, labels, CLASSES, shown(folder))


# What the network answers.


@dataclass(frozen=True, slots=True, eq=False)
class Answered(Copied):
    """The network's answers to the first `done` of `total` pictures: `answers` (total,) is the class of the largest
    score, `NO_CLASS` where it is not yet known and where the network gives NaN, and `scores` (total,) that score, NaN
    likewise."""

    done: int
    total: int
    answers: Array = field(repr=False)
    scores: Array = field(repr=False)

    @property
    def finished(self) -> bool:
        return self.done == self.total

    @property
    def nan(self) -> int:
        """The number of pictures for which the network gave NaN, and so no class."""
        return int(np.count_nonzero(self.answers[: self.done] == NO_CLASS))


def answer_all(network: Network, pictures: Pictures, *, batch: int = BATCH) -> Iterator[Answered]:
    """One `Answered` after every `batch` pictures; the last is `finished`. Closing it ends it."""
    total = len(pictures)
    answers, largest = np.full(total, NO_CLASS, np.int16), np.full(total, np.nan, np.float32)
    for start in range(0, total, batch):
        images = pictures.images[start : start + batch]
        found = scores(network, network.predict(as_inputs(network, images)))
        done = start + len(images)
        answers[start:done] = best(found)
        largest[start:done] = found.max(axis=1)
        yield Answered(done, total, answers.copy(), largest.copy())


@dataclass(frozen=True, slots=True)
class PictureFilter:
    """Which pictures: only the misclassified (`wrong`), only those of the class `label`, only those answered `answer`.
    All that is said must hold; what is not known does not hold. One that gets NaN is not misclassified: no class is
    named for it."""

    wrong: bool = False
    label: int | None = None
    answer: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PictureSet:
    """Pictures with the network's answers so far."""

    pictures: Pictures
    answered: Answered | None = None

    def matching(self, chosen: PictureFilter = PictureFilter()) -> Array:
        """Return the indices of the pictures that match, in order."""
        keep = np.ones(len(self.pictures), bool)
        if chosen.wrong:
            keep &= self._wrong()
        if chosen.label is not None:
            labels = self.pictures.labels
            keep &= False if labels is None else labels == chosen.label
        if chosen.answer is not None:
            keep &= False if self.answered is None else self.answered.answers == chosen.answer
        matching: Array = np.flatnonzero(keep)
        return matching

    def count(self, chosen: PictureFilter = PictureFilter()) -> int:
        return len(self.matching(chosen))

    def step(self, index: int, by: int, chosen: PictureFilter = PictureFilter()) -> int | None:
        """The picture `by` further among those that pass, round the end; from one that does not pass, the next (or
        the one before) that does. None where none passes."""
        matching = self.matching(chosen)
        if not len(matching):
            return None
        if by > 0:
            at = int(np.searchsorted(matching, index, "right")) + by - 1
        else:
            at = int(np.searchsorted(matching, index, "left")) + by
        if by == 0:  # stay, or go to the next that passes
            at = int(np.searchsorted(matching, index, "left"))
        return int(matching[at % len(matching)])

    def correct(self, index: int) -> bool | None:
        """Whether the network's answer to a picture is its label; None where either is not known, and where the network
        names no class."""
        labels, answered = self.pictures.labels, self.answered
        if labels is None or answered is None or answered.answers[index] == NO_CLASS:
            return None
        return bool(answered.answers[index] == labels[index])

    def tally(self) -> tuple[tuple[int, int], ...]:
        """For each class (pictures, misclassified ones among them); empty where the labels are not known."""
        labels = self.pictures.labels
        if labels is None:
            return ()
        wrong = self._wrong()
        return tuple(
            (int(np.count_nonzero(labels == label)), int(np.count_nonzero(wrong & (labels == label))))
            for label in range(len(self.pictures.classes))
        )

    def _wrong(self) -> Array:
        labels, answered = self.pictures.labels, self.answered
        if labels is None or answered is None:
            return np.zeros(len(self.pictures), bool)
        wrong: Array = (answered.answers != NO_CLASS) & (answered.answers != labels)
        return wrong
