"""The data set of the binary network: two classes of grey pictures, 150 rows by 105 columns.

The pictures come from a folder with one subfolder per class, or are drawn trousers and dresses. Both classes fill the
picture and share lengths, belts and patterns. They differ in the gap between the legs, which may be narrow, while
pleats and button rows only resemble one. A convolution can detect the edges of that gap; the mean of the pixels cannot.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np

from cnncore._arguments import integer
from cnncore._files import check_folder, kind_of, list_folder, shown, user_path
from cnncore.datasets.dataset import Dataset, Images, Progress
from cnncore.datasets.fashion_mnist import DRAWN, TEST_START
from cnncore.datasets.garments import CLASSES, cached_garments, garments
from cnncore.datasets.pictures import FORMATS, SUFFIXES, fit_picture, load_picture
from cnncore.errors import CnnError

HEIGHT, WIDTH = 150, 105
DRAWN_CLASSES = (CLASSES.index("Trouser"), CLASSES.index("Dress"))
DRAWN_TRAIN, DRAWN_TEST = 1_200, 300
TEST_FOLDERS = ("test", "validation", "valid", "val")


def load_binary(data: str | Path | None = None, *, progress: Progress | None = None, limit: int = 0) -> Dataset:
    """Load images (N, 150, 105) uint8 of two classes, labelled 0 and 1.

    `data` names a folder with two subfolders, one per class, in the order of their names; or with "train" and "test"
    (or "validation") that contain such subfolders. Without the latter, a fifth of the pictures, shuffled the same way
    each time, is for testing. Pictures become grey and are fitted on black without changing their proportions. If
    `data` is empty, 1,200 and 300 pictures are drawn. `limit` is the maximum number for training and for testing (0:
    all). Raises `CnnError` for any other folder layout and for a picture that cannot be opened.
    """
    integer(limit, "limit", at_least=0)
    if data is None or not str(data):
        return _drawn(progress, limit)
    folder = check_folder(user_path(data))
    train_folder = folder / "train"
    test_folder = next((folder / name for name in TEST_FOLDERS if kind_of(folder / name) == "folder"), None)
    if kind_of(train_folder) == "folder" and test_folder is not None:
        classes, train = _listed(train_folder)
        test_classes, test = _listed(test_folder)
        if classes != test_classes:
            raise CnnError(
                "{folder} has the classes {classes}, but {other} has {expected}",
                folder=shown(test_folder),
                classes=", ".join(test_classes),
                other=shown(train_folder),
                expected=", ".join(classes),
            )
    else:
        classes, mixed = _listed(folder)
        kept = max(1, len(mixed) - len(mixed) // 5)
        train, test = mixed[:kept], mixed[kept:]
    train, test = train[: limit or None], test[: limit or None]
    total = len(train) + len(test)
    images = np.empty((total, HEIGHT, WIDTH), np.uint8)
    for k, (path, _) in enumerate(train + test):
        images[k] = fit_picture(load_picture(path), HEIGHT, WIDTH)
        if progress is not None and (k % 20 == 19 or k == total - 1):
            progress(k + 1, total, "images")
    labels = np.array([label for _, label in train + test], np.uint8)
    n = len(train)
    return Dataset(shown(folder), images[:n], labels[:n], images[n:], labels[n:], classes)


def _listed(folder: Path) -> tuple[tuple[str, ...], list[tuple[Path, int]]]:
    """Return the two class names of `folder`, and its pictures with their labels.

    They are shuffled, because Keras's validation_split takes the last part in the given order.
    """
    inside = [p for p in list_folder(folder) if kind_of(p) == "folder" and not p.name.startswith(".")]
    if len(inside) != 2:
        raise CnnError(
            "{folder} has {count} subfolders; the binary network needs two with pictures, one per class."
            " Without a data folder it uses drawn garments",
            folder=shown(folder),
            count=len(inside),
        )
    pictures: list[tuple[Path, int]] = []
    for label, kind in enumerate(inside):
        files = [p for p in list_folder(kind) if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")]
        if not files:
            raise CnnError(
                "{folder} contains no pictures; supported formats are {formats}",
                folder=shown(kind),
                formats=", ".join(FORMATS),
            )
        pictures += [(path, label) for path in files]
    Random(0).shuffle(pictures)
    return tuple(shown(kind.name) for kind in inside), pictures


def _drawn(progress: Progress | None, limit: int) -> Dataset:
    draw = garments if limit else cached_garments
    train: tuple[Images, Images] = draw(
        min(limit or DRAWN_TRAIN, DRAWN_TRAIN), HEIGHT, WIDTH, classes=DRAWN_CLASSES, progress=progress
    )
    test = draw(min(limit or DRAWN_TEST, DRAWN_TEST), HEIGHT, WIDTH, classes=DRAWN_CLASSES, start=TEST_START)
    no_folder = CnnError("no folder of pictures was named; --data DIR takes one with two subfolders, one per class")
    classes = tuple(CLASSES[label] for label in DRAWN_CLASSES)
    return Dataset(DRAWN, *train, *test, classes, substitute=True, reason=no_folder.template, values=no_folder.values)
