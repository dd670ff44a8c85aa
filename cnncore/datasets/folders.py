"""The data set of the second network: two classes of upright grey pictures, 150 rows by 105 columns.

Either one's own, from a folder with a subfolder for each class, or drawn ones: trousers and dresses. Both fill an
upright picture, and they share lengths, belts and patterns; what tells them apart is the edge of a gap between two
legs, which may be narrow, against pleats and button rows that only look like one. A convolution finds that edge where
the mean of the pixels does not.
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
    """Images (N, 150, 105) uint8 of two classes, labels 0 and 1.

    `data` names a folder with two subfolders, the classes in the order of their names; or with two such folders inside
    "train" and "test" (or "validation"). Without the latter a fifth of the pictures, mixed the same way each time, is
    for testing. Each is made grey and fitted without changing its proportions, on black. With `data` empty the pictures
    are drawn: 1,200 and 300. `limit` keeps only the first so many of either part (0: all). Raises `CnnError`
    for a folder laid out otherwise and for a picture that cannot be opened.
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
                "{folder} has the classes {found}, but {other} has {expected}",
                folder=shown(test_folder),
                found=", ".join(test_classes),
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
    """The two class names of `folder`, and its pictures with their labels.

    They are mixed, because Keras's validation_split takes the last part as it lies.
    """
    inside = [p for p in list_folder(folder) if kind_of(p) == "folder" and not p.name.startswith(".")]
    if len(inside) != 2:
        raise CnnError(
            "{folder} has {count} subfolders; the binary network needs two, one a class, with pictures inside:"
            " without a data folder it takes drawn garments",
            folder=shown(folder),
            count=len(inside),
        )
    found: list[tuple[Path, int]] = []
    for label, kind in enumerate(inside):
        files = [p for p in list_folder(kind) if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")]
        if not files:
            raise CnnError(
                "{folder} holds no picture; pictures are {formats}", folder=shown(kind), formats=", ".join(FORMATS)
            )
        found += [(path, label) for path in files]
    Random(0).shuffle(found)
    return tuple(shown(kind.name) for kind in inside), found


def _drawn(progress: Progress | None, limit: int) -> Dataset:
    draw = garments if limit else cached_garments
    train: tuple[Images, Images] = draw(
        min(limit or DRAWN_TRAIN, DRAWN_TRAIN), HEIGHT, WIDTH, classes=DRAWN_CLASSES, progress=progress
    )
    test = draw(min(limit or DRAWN_TEST, DRAWN_TEST), HEIGHT, WIDTH, classes=DRAWN_CLASSES, start=TEST_START)
    no_folder = CnnError("no folder of pictures was named; --data DIR takes one with two subfolders, one a class")
    classes = tuple(CLASSES[label] for label in DRAWN_CLASSES)
    return Dataset(DRAWN, *train, *test, classes, substitute=True, reason=no_folder.template, values=no_folder.values)
