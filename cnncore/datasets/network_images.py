"""Pictures for a network: their sources, their conversion to network inputs, and the network's answers.

pictures = find_pictures(network)                 # slow: call it in a thread
for event in answer_all(network, pictures): ...   # `Answered`, with progress, until it is finished
answered = PictureSet(pictures, event)
answered.matching(PictureFilter(wrong=True))      # the misclassified ones
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
"""The number of pictures between two reports of progress."""
SMALLEST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Pictures(Copied):
    """(N, H, W) or (N, H, W, 3) uint8 pictures, with labels (N,) if their classes are those of the network.

    `classes` names the classes, or is empty if those of the network are unknown. The other fields are as in
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
    """A picture as given, (H, W) or (H, W, 3) uint8; `fitted` to the network's size; and as the network's input,
    float32 of its `input_shape`."""

    original: Images = field(repr=False)
    fitted: Images = field(repr=False)
    values: Array = field(repr=False)
    inverted: bool

    @property
    def resized(self) -> bool:
        return self.original.shape[:2] != self.fitted.shape[:2]


def picture_size(network: Network) -> tuple[int, int, int]:
    """Return (height, width, channels) of the pictures that `network` takes. Raises `CnnError` if it takes none."""
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
    """Return True if the first layer of the network is a Rescaling, so that it takes 0..255."""
    first = next((layer for layer in network.layers if not isinstance(layer, InputLayer)), None)
    return isinstance(first, Rescaling) and float(np.max(np.abs(first.scale))) < 0.1


def as_inputs(network: Network, images: Images) -> Array:
    """Convert pictures (N, H, W) or (N, H, W, 3) uint8 of the network's size to its inputs, float32: pixels / 255 as
    in training (`cnncore.training.data.prepared`), or unscaled if the network rescales them."""
    values = images.astype(np.float32) if takes_bytes(network) else unit_pixels(images)
    shaped: Array = values.reshape(len(images), *network.input_shape)
    return shaped


def network_input(network: Network, picture: Images, *, invert: bool = False) -> NetworkInput:
    """Convert a picture of any size to an input of the network. It is inverted if `invert` is True, converted to grey
    or colour, fitted on black without changing its proportions, and scaled.

    Fashion-MNIST is light on black, so a photograph on a white background needs `invert`. Raises `CnnError` if the
    network takes no pictures.
    """
    height, width, channels = picture_size(network)
    turned = np.subtract(255, picture, dtype=np.uint8) if invert else picture
    fitted = _fitted(in_channels(turned, channels), height, width)
    return NetworkInput(picture, fitted, as_inputs(network, fitted[None])[0], invert)


def looks_inverted(picture: Images) -> bool:
    """Return True if the border of a picture is mostly light, so that `invert` is probably wanted."""
    rim = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    return float(np.median(rim)) > 127


def in_channels(picture: Images, channels: int) -> Images:
    """Convert a picture to (H, W) for one channel or (H, W, 3) for three; grey is weighted as in `load_picture`."""
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
    """Read a picture, or a matrix of numbers from 0 to 255, in grey or colour as the network takes it.

    Raises `CnnError`.
    """
    file = user_path(path)
    pixels = open_image(file, "rgb" if picture_size(network)[2] == 3 else "grey")
    if pixels.dtype != np.uint8:
        raise CnnError("{path}: the numbers of a picture must be whole and from 0 to 255", path=shown(file))
    if min(pixels.shape[:2]) < SMALLEST:
        raise CnnError(
            "{path} is {rows} x {columns}; it must be at least {least} x {least}",
            path=shown(file),
            rows=pixels.shape[0],
            columns=pixels.shape[1],
            least=SMALLEST,
        )
    return pixels


# Sources of pictures.


def find_pictures(network: Network, data: str = "", *, progress: Progress | None = None) -> Pictures:
    """Find test pictures of the network's size, which such a network was most likely not trained on.

    28x28: Fashion-MNIST's 10,000 from the folder `data`, the one in the environment, or Keras's cache; else 2,000 drawn
    garments. 150x105 with two classes: the pictures in `data`, as in `load_binary`, else drawn trousers and dresses.
    Any other size: the first hundred of Fashion-MNIST, resized. Raises `CnnError` if the network takes no pictures, and
    for a folder without them.
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
        dataset = folders.load_binary(data, progress=progress)
        if not len(dataset.test_images):  # with very few pictures none is left for testing
            return Pictures(dataset.train_images, dataset.train_labels, dataset.classes, dataset.source)
        return Pictures(dataset.test_images, dataset.test_labels, dataset.classes, dataset.source)
    pictures = _fashion(data, progress)
    if (height, width, channels) == (28, 28, 1):
        return pictures if classes == len(pictures.classes) else Pictures(pictures.images, None, (), pictures.source)
    some = [_fitted(in_channels(image, channels), height, width) for image in pictures.images[:100]]
    return Pictures(np.stack(some), None, (), pictures.source)


def _holds_folders(data: str) -> bool:
    """Return True if `data` is a folder that may have one subfolder per class, and not the files of Fashion-MNIST.
    Raises `CnnError` if it does not exist."""
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
    drawn = Pictures(images, labels, CLASSES, DRAWN, substitute=True)
    if problem is None:
        return drawn
    return Pictures(images, labels, CLASSES, DRAWN, True, problem.template, problem.values)


def _test_images(folder: Path) -> Pictures:
    """Read Fashion-MNIST's test images in a folder. Raises `CnnError` if any is missing or damaged."""
    images, labels = read_test_images(folder)
    return Pictures(images, labels, CLASSES, shown(folder))


# The network's answers.


@dataclass(frozen=True, slots=True, eq=False)
class Answered(Copied):
    """The network's answers to the first `done` of `total` pictures. `answers` (total,) is the class with the largest
    score, or `NO_CLASS` if not yet computed or if the network gives NaN. `scores` (total,) is that score, else NaN."""

    done: int
    total: int
    answers: Array = field(repr=False)
    scores: Array = field(repr=False)

    @property
    def finished(self) -> bool:
        return self.done == self.total

    @property
    def nan(self) -> int:
        """The number of pictures for which the network gave NaN and therefore no class."""
        return int(np.count_nonzero(self.answers[: self.done] == NO_CLASS))


def answer_all(network: Network, pictures: Pictures, *, batch: int = BATCH) -> Iterator[Answered]:
    """Yield an `Answered` after every `batch` pictures; the last is `finished`. Close the iterator to stop early."""
    total = len(pictures)
    answers, largest = np.full(total, NO_CLASS, np.int16), np.full(total, np.nan, np.float32)
    for start in range(0, total, batch):
        images = pictures.images[start : start + batch]
        class_scores = scores(network, network.predict(as_inputs(network, images)))
        done = start + len(images)
        answers[start:done] = best(class_scores)
        largest[start:done] = class_scores.max(axis=1)
        yield Answered(done, total, answers.copy(), largest.copy())


@dataclass(frozen=True, slots=True)
class PictureFilter:
    """A condition on pictures: misclassified (`wrong`), of the class `label`, classified as `answer`. All conditions
    given must hold; an unknown label or answer never matches. A picture for which the network gives NaN has no answer,
    so it is not misclassified."""

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
        """Return the matching picture that is `by` places after `index`, wrapping around. From a picture that does not
        match, count from the next (or previous) one that does. None if none matches."""
        matching = self.matching(chosen)
        if not len(matching):
            return None
        if by > 0:
            at = int(np.searchsorted(matching, index, "right")) + by - 1
        else:
            at = int(np.searchsorted(matching, index, "left")) + by
        if by == 0:  # stay, or go to the next match
            at = int(np.searchsorted(matching, index, "left"))
        return int(matching[at % len(matching)])

    def correct(self, index: int) -> bool | None:
        """Return True if the network's answer to a picture is its label; None if either is unknown, or if the network
        gave no class."""
        labels, answered = self.pictures.labels, self.answered
        if labels is None or answered is None or answered.answers[index] == NO_CLASS:
            return None
        return bool(answered.answers[index] == labels[index])

    def tally(self) -> tuple[tuple[int, int], ...]:
        """Return (number of pictures, number misclassified) for each class; empty if the labels are unknown."""
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
