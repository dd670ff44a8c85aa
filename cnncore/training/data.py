"""The images of a run: loaded, checked against the network, scaled to 0..1."""

from __future__ import annotations

import math

import numpy as np

from cnncore._dtypes import Array
from cnncore.datasets.dataset import Dataset, Progress
from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig

SHAPES = {"fashion": (28, 28), "binary": (150, 105)}
"""(height, width) of the images each network takes."""
CLASSES = {"fashion": 10, "binary": 2}


def load(config: TrainConfig, progress: Progress) -> Dataset:
    """Load the images that `config` asks for. Raises `CnnError` for a folder that does not contain them.

    An error raised by `progress` ends the loading.
    """
    if config.network == "binary":
        from cnncore.datasets.folders import load_binary

        return load_binary(config.data, progress=progress, limit=config.limit)
    from cnncore.datasets.download import download_fashion_mnist
    from cnncore.datasets.fashion_mnist import load_fashion

    return load_fashion(config.data, download=download_fashion_mnist, progress=progress, limit=config.limit)


def check(dataset: Dataset, config: TrainConfig) -> None:
    """Raise `CnnError` if the images or labels do not fit the network."""
    images, labels = dataset.train_images, dataset.train_labels
    if images.shape[1:] != SHAPES[config.network]:
        raise CnnError(
            "the images are {given}; the network {network} needs {needs}",
            given="x".join(map(str, images.shape[1:])),
            network=repr(config.network),
            needs="x".join(map(str, SHAPES[config.network])),
        )
    if len(labels) and int(labels.max()) >= CLASSES[config.network]:
        raise CnnError(
            "the data has the label {label}; the network {network} has {classes} classes, labelled from 0",
            label=int(labels.max()),
            network=repr(config.network),
            classes=CLASSES[config.network],
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


def scaled(images: Array) -> Array:
    """Convert (N, H, W) uint8 to (N, H, W, 1) float32 from 0 to 1, the input of the networks."""
    return np.divide(images[..., None], np.float32(255), dtype=np.float32)
