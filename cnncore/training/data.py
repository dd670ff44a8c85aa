"""The images of a run: loaded, checked against the network, scaled to 0..1."""

from __future__ import annotations

import math

import numpy as np

from cnncore._dtypes import Array
from cnncore.datasets.dataset import Dataset, Progress
from cnncore.errors import CnnError
from cnncore.training.architecture import Architecture
from cnncore.training.architecture.outline import classes_of
from cnncore.training.config import TrainConfig


def load(config: TrainConfig, progress: Progress, *, download: bool = True) -> Dataset:
    """Load the images that `config` asks for; what is not here is downloaded, unless `download` is False. Raises
    `CnnError` for a folder that does not contain them.

    An error raised by `progress` ends the loading.
    """
    if classes_of(config.design) == 2:
        from cnncore.datasets.folders import load_binary

        return load_binary(config.data, progress=progress, limit=config.limit)
    from cnncore.datasets.download import download_fashion_mnist
    from cnncore.datasets.fashion_mnist import load_fashion

    fetch = download_fashion_mnist if download else None
    return load_fashion(config.data, download=fetch, progress=progress, limit=config.limit)


def check(dataset: Dataset, config: TrainConfig) -> None:
    """Raise `CnnError` if the images or labels do not fit the network."""
    design = config.design
    for images, labels in (
        (dataset.train_images, dataset.train_labels),
        (dataset.test_images, dataset.test_labels),
    ):
        _check_part(images, labels, design)


def _check_part(images: Array, labels: Array, design: Architecture) -> None:
    shape, classes = design.input_shape, classes_of(design)
    if (*images.shape[1:], 1) != shape:
        raise CnnError(
            "the images are {given}; the network {network} needs {needs}",
            given="x".join(map(str, images.shape[1:])),
            network=repr(design.name),
            needs="x".join(map(str, shape[:2] if shape[2] == 1 else shape)),
        )
    if len(labels) and int(labels.max()) >= classes:
        raise CnnError(
            "the data has the label {label}; the network {network} has {classes} classes, labelled from 0",
            label=int(labels.max()),
            network=repr(design.name),
            classes=classes,
        )


def split(images: int, config: TrainConfig) -> tuple[int, int]:
    """Return the number of images for training and for validation, as Keras computes them. Raises `CnnError`."""
    train = math.floor(images * (1.0 - config.validation_split))
    if train < 1 or (config.validation_split and train == images):
        raise CnnError(
            "{images} image(s) are too few for training and a validation_split of {split}: use more images",
            images=images,
            split=config.validation_split,
        )
    return train, images - train


def prepared(images: Array, *, normalize: bool = True) -> Array:
    """Convert (N, H, W) uint8 to (N, H, W, 1) float32, the input of the networks: from 0 to 1, or without `normalize`
    from 0 to 255."""
    if not normalize:
        return images[..., None].astype(np.float32)
    return np.divide(images[..., None], np.float32(255), dtype=np.float32)
