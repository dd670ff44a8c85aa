"""The pictures to start with. Functions that take their time, for a thread; no screen.

Fashion-MNIST's own test images where they are found without a download, else one drawn garment of each class.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from cnncore.errors import CnnError
from tui.bench import EXAMPLE, FirstLayer, Sample
from tui.i18n import N_

CLASS_TITLES = (
    N_("T-shirt/top"),
    N_("Trouser"),
    N_("Pullover"),
    N_("Dress"),
    N_("Coat"),
    N_("Sandal"),
    N_("Shirt"),
    N_("Sneaker"),
    N_("Bag"),
    N_("Ankle boot"),
)
FIRST_CLASS = 9
TEST = N_("Fashion-MNIST test image")
DRAWN = N_("drawn (Fashion-MNIST not found)")


def find_samples(data: str) -> tuple[list[Sample], BaseException | None]:
    """The pictures to start with, the most telling first, and what was wrong with the folder `data`, if anything.

    With `data` empty, the folder in the environment and Keras's cache are looked at; nothing is downloaded.
    """
    from cnncore.datasets.fashion_mnist import ENVIRONMENT, keras_caches

    named = data or os.environ.get(ENVIRONMENT, "")
    try:
        if named:
            return _with_example(_test_images(Path(named).expanduser())), None
        for folder in keras_caches():
            with contextlib.suppress(CnnError):
                return _with_example(_test_images(folder)), None
    except CnnError as error:
        return _with_example(_drawn()), error
    return _with_example(_drawn()), None


def _with_example(samples: list[Sample]) -> list[Sample]:
    return [samples[0], EXAMPLE, *samples[1:]]


def _drawn() -> list[Sample]:
    """One drawn garment of each class, the boot first."""
    from cnncore.datasets.garments import draw_garment

    order = [FIRST_CLASS, *(label for label in range(10) if label != FIRST_CLASS)]
    return [Sample(CLASS_TITLES[label], draw_garment(label), DRAWN) for label in order]


def _test_images(folder: Path) -> list[Sample]:
    """Fashion-MNIST's test images of a folder. Raises `CnnError` where they are not all right."""
    from cnncore.datasets.fashion_mnist import FILES
    from cnncore.datasets.idx import load_idx_pair

    paths = []
    for file in FILES[2:]:
        found = [path for name in file.candidates() if (path := folder / name).exists()]
        if not found:
            raise CnnError(
                "{folder} lacks {files} (looked for with .gz and without); Fashion-MNIST is four files",
                folder=str(folder),
                files=file.name,
            )
        paths.append(found[0])
    images, labels = load_idx_pair(paths[0], paths[1], classes=len(CLASS_TITLES))
    return [Sample(CLASS_TITLES[label], image, TEST) for image, label in zip(images, labels.tolist(), strict=True)]


def open_sample(path: str) -> Sample:
    raise CnnError("not yet")


def find_layer(model: str) -> FirstLayer:
    raise CnnError("not yet")
