"""The pictures to start with. The functions are slow, so call them in a thread; they know no screen.

They are Fashion-MNIST's test images if these are on the disk, otherwise one drawn garment of each class.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncore._files import shown, user_path
from cnncore.datasets.examples import EXAMPLES
from cnncore.datasets.fashion_mnist import ENVIRONMENT, keras_caches, read_test_images
from cnncore.datasets.matrices import open_image
from cnncore.datasets.pictures import split_channels
from cnncore.errors import CnnError
from cnncore.keras.first_layer import read_first_layer
from cnncore.training.runs import list_runs
from tui.app.paths import given, not_a_network
from tui.i18n import N_
from tui.i18n.words import CLASS_TITLES
from tui.walk.walks import EXAMPLE, Sample

if TYPE_CHECKING:
    from cnncore.keras.first_layer import FirstLayer

FIRST_CLASS = 9
TEST = N_("Fashion-MNIST test image")
BUILT_IN = N_("built-in picture")
OWN = N_("your picture")
SMALLEST = 3
DRAWN = N_("drawn (Fashion-MNIST not found)")


def find_samples(data: str) -> tuple[list[Sample], BaseException | None]:
    """Return the pictures to start with, the most instructive first, and the error with the folder `data`, if any.

    If `data` is empty, the folder named in the environment and Keras's cache are searched; nothing is downloaded.
    """
    named = data or os.environ.get(ENVIRONMENT, "")
    try:
        if named:
            return _with_example(_test_images(user_path(named))), None
        for folder in keras_caches():
            with contextlib.suppress(CnnError):
                return _with_example(_test_images(folder)), None
    except Exception as error:  # whatever the error, there are pictures to show, and the error is reported
        return _with_example(_drawn()), error
    return _with_example(_drawn()), None


def _with_example(samples: list[Sample]) -> list[Sample]:
    """Insert the worked example second, one key away, and the other built-in pictures last."""
    titles = {sample.title for sample in samples}
    others = [
        Sample(entry.title, grey, BUILT_IN)
        for entry in EXAMPLES
        if entry.id != "example" and entry.title not in titles and (grey := entry.make()).ndim == 2
    ]
    return [samples[0], EXAMPLE, *samples[1:], *others]


def _drawn() -> list[Sample]:
    """Return the drawn garments, the boot first."""
    drawn = {entry.title: entry for entry in EXAMPLES if entry.title in CLASS_TITLES}
    order = sorted(drawn, key=lambda title: title != CLASS_TITLES[FIRST_CLASS])
    return [Sample(title, drawn[title].make(), DRAWN) for title in order]


def _test_images(folder: Path) -> list[Sample]:
    """Read Fashion-MNIST's test images from a folder. Raises `CnnError` if they are missing or damaged."""
    images, labels = read_test_images(folder)
    return [Sample(CLASS_TITLES[label], image, TEST) for image, label in zip(images, labels.tolist(), strict=True)]


def open_sample(path: str) -> Sample:
    """Read a picture, or a matrix of whole numbers from 0 to 255, from its path. Raises `CnnError`."""
    file = not_a_network(path)
    pixels = open_image(file, "rgb")
    channels: tuple[np.ndarray[Any, Any], ...] = ()
    if pixels.ndim == 3:
        channels = split_channels(pixels)
        pixels = channels[0]
    if pixels.dtype != np.uint8:
        raise CnnError("{path}: the numbers of a picture must be whole and from 0 to 255", path=str(file))
    if min(pixels.shape) < SMALLEST:
        raise CnnError(
            "{path} is {rows} x {columns}; it must be at least {least} x {least}",
            path=str(file),
            rows=pixels.shape[0],
            columns=pixels.shape[1],
            least=SMALLEST,
        )
    coloured = channels if len(channels) > 1 else ()
    return Sample(shown(file.name), pixels, OWN, path=str(file), channels=coloured)


def layer_file(model: str) -> str:
    """Return the file of the network's kernels: `model`, or if that is "" the newest run of the network for pictures
    of this kind; "" if there is none."""
    if model:
        return given(model)
    runs = (run for run in list_runs() if run.config.network == "fashion")
    return next((str(run.model_path.absolute()) for run in runs if run.model_path is not None), "")


def find_layer(model: str) -> tuple[FirstLayer, str]:
    """Return the first layer of the `.keras` file `model`, or if that is "" of the newest training run, and the file's
    path. Raises `CnnError`."""
    if path := layer_file(model):
        return read_first_layer(path), path
    raise CnnError("There is no trained network yet: train one on the training screen, then press w here")
