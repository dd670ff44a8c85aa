"""Fashion-MNIST from wherever it is available.

    from cnncore.datasets import fashion_mnist
    (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()

Sources, in order: a folder named by the user, which must then contain it; the folder in the environment variable
CNN_TUI_DATA; Keras's cache; a download into that cache. `load_data` is Keras's function, for scripts. `load_fashion` is
the app's: it draws garments where Fashion-MNIST is missing, and downloads only with the function it is given. Loading
may take seconds, so it belongs in a process or thread without a screen.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from cnncore._arguments import integer
from cnncore._files import check_folder, is_there, kind_of, shown, user_path
from cnncore.datasets.dataset import Dataset, Images, Progress
from cnncore.datasets.garments import CLASSES, cached_garments, garments
from cnncore.datasets.idx import load_idx_pair
from cnncore.errors import CnnError

ENVIRONMENT = "CNN_TUI_DATA"
DRAWN = "drawn garments"
DRAWN_TRAIN, DRAWN_TEST = 12_000, 2_000
TEST_START = 1_000_000
"""The index of the first drawn test picture, above that of any training picture."""

Download: TypeAlias = Callable[[Path, Callable[[int, int], None]], None]
"""A function that writes the four files to a folder, and reports the bytes done and in total. Raises `CnnError`."""


Pair: TypeAlias = tuple[Images, Images]
"""Images (N, 28, 28) uint8 and their labels (N,) uint8."""


@dataclass(frozen=True, slots=True)
class OfficialFile:
    """One of the four published gzipped IDX files: name, size in bytes, MD5."""

    name: str
    size: int
    md5: str

    def candidates(self) -> tuple[str, ...]:
        """Its possible file names: gzipped or not, and with a dot for the dash, as in some archives."""
        plain = self.name.removesuffix(".gz")
        dotted = plain.replace("-idx", ".idx")
        return self.name, plain, f"{dotted}.gz", dotted


FILES = (
    OfficialFile("train-images-idx3-ubyte.gz", 26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
    OfficialFile("train-labels-idx1-ubyte.gz", 29_515, "25c81989df183df01b3e8a0aad5dffbe"),
    OfficialFile("t10k-images-idx3-ubyte.gz", 4_422_102, "bef4ecab320f06d8554ea6380940ec79"),
    OfficialFile("t10k-labels-idx1-ubyte.gz", 5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
)


def load_data(path: str | Path | None = None) -> tuple[Pair, Pair]:
    """Load Fashion-MNIST as `keras.datasets.fashion_mnist.load_data` does: (x_train, y_train), (x_test, y_test).

    x_train is (60000, 28, 28) uint8 from 0 (black) to 255, y_train (60000,) uint8 from 0 to 9, the index in
    `cnncore.datasets.CLASSES`; x_test is (10000, 28, 28) and y_test (10000,). `path` is a folder of the four IDX files,
    gzipped or not. Without it, the folder in CNN_TUI_DATA counts, if set; then Keras's cache; then 31 MB are downloaded
    into that cache. Raises `CnnError` for a folder that lacks a file or has a damaged one, and if the download fails.
    """
    if path is not None:
        dataset = read_folder(user_path(path))
    elif named := os.environ.get(ENVIRONMENT):
        try:
            dataset = read_folder(user_path(named))
        except CnnError as error:
            raise CnnError("{variable}: {reason}", variable=ENVIRONMENT, reason=error) from error
    else:
        dataset = _cached_or_downloaded()
    return (dataset.train_images, dataset.train_labels), (dataset.test_images, dataset.test_labels)


def _cached_or_downloaded() -> Dataset:
    # Loads the network modules of the standard library, which a reader of local files does not need.
    from cnncore.datasets.download import download_fashion_mnist

    dataset, problem = _keras(download_fashion_mnist, None)
    if dataset is None:
        raise CnnError(
            "{reason}; name the folder of its four files: load_data(path) or {variable}",
            reason=str(problem),
            variable=ENVIRONMENT,
        ) from problem
    return dataset


def load_fashion(
    data: str | Path | None = None,
    *,
    download: Download | None = None,
    progress: Progress | None = None,
    limit: int = 0,
) -> Dataset:
    """Load images (N, 28, 28) uint8 of the ten `CLASSES`: Fashion-MNIST's 60,000 and 10,000, or 12,000 and 2,000 drawn.

    `data` names a folder that contains the four files, gzipped or not; a missing or damaged one raises `CnnError`. If
    `data` is empty, unavailable sources are skipped. If none is left, the result is drawn garments, with `substitute`
    True and the cause in `reason`. `limit` is the maximum number of images for training and for testing (0: all).
    """
    integer(limit, "limit", at_least=0)
    if data is not None and str(data):
        return _limited(read_folder(user_path(data)), limit)
    problem: CnnError | None = None
    if named := os.environ.get(ENVIRONMENT):
        try:
            return _limited(read_folder(user_path(named)), limit)
        except CnnError as error:
            problem = error
    dataset, failure = _keras(download, progress)
    problem = problem or failure
    if dataset is None:
        dataset = _drawn(progress, limit)
    dataset = _limited(dataset, limit)
    if problem is not None:
        dataset = replace(dataset, reason=problem.template, values=problem.values)
    return dataset


def _keras(download: Download | None, progress: Progress | None) -> tuple[Dataset | None, CnnError | None]:
    """Load from Keras's cache, after a download if needed. Returns the error if that fails."""
    places = keras_caches()
    problem: CnnError | None = None
    for place in places:
        if any(is_there(place / name, "file") for file in FILES for name in file.candidates()):
            try:
                return read_folder(place), None
            except CnnError as error:
                problem = error
    if download is None:
        missing = CnnError(
            "Fashion-MNIST was not found in {folder}; name its folder with --data DIR or {variable}",
            folder=shown(places[0]),
            variable=ENVIRONMENT,
        )
        return None, problem or missing

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total, "bytes")

    try:
        download(places[-1], tell)
        return read_folder(places[-1]), None
    except CnnError as error:
        return None, error


def _drawn(progress: Progress | None, limit: int) -> Dataset:
    train = min(limit or DRAWN_TRAIN, DRAWN_TRAIN)
    test = min(limit or DRAWN_TEST, DRAWN_TEST)
    draw = (
        garments if limit else cached_garments
    )  # caches for every limit would accumulate, and a few images are drawn quickly
    return Dataset(DRAWN, *draw(train, progress=progress), *draw(test, start=TEST_START), CLASSES, substitute=True)


def _limited(dataset: Dataset, limit: int) -> Dataset:
    if not limit:
        return dataset
    return replace(
        dataset,
        train_images=dataset.train_images[:limit],
        train_labels=dataset.train_labels[:limit],
        test_images=dataset.test_images[:limit],
        test_labels=dataset.test_labels[:limit],
    )


def keras_caches() -> tuple[Path, ...]:
    """Return the folders in which `keras.datasets.fashion_mnist` looks for its files; it writes to the last one.

    These are in $KERAS_HOME or ~/.keras, and if that is not writable in a temporary folder, as in
    `keras.utils.get_file`.
    """
    inside = Path("datasets") / "fashion-mnist"
    temporary = Path("/tmp" if is_there("/tmp", "folder") else tempfile.gettempdir()) / ".keras"
    user = user_path("~")
    if named := os.environ.get("KERAS_HOME"):
        home = user_path(named)
    else:
        home = user / ".keras" if os.access(user, os.W_OK) else temporary
    above = next((p for p in (home, *home.parents) if is_there(p, "folder")), home)
    if home == temporary or os.access(above, os.W_OK):
        return (home / inside,)
    return home / inside, temporary / inside


def read_folder(folder: Path) -> Dataset:
    """Read and check the four files of `folder`. Raises `CnnError` for a missing or damaged file."""
    paths = _find(folder, FILES)
    return Dataset(shown(folder), *_read(*paths[:2]), *_read(*paths[2:]), CLASSES)


def read_test_images(folder: Path) -> Pair:
    """Read the test images and labels of `folder`, as `read_folder` does."""
    return _read(*_find(folder, FILES[2:]))


def _find(folder: Path, files: Sequence[OfficialFile]) -> list[Path]:
    check_folder(folder)
    paths = [next((p for name in file.candidates() if kind_of(p := folder / name)), None) for file in files]
    if missing := [file.name for file, path in zip(files, paths, strict=True) if path is None]:
        raise CnnError(
            "{folder} lacks {files} (with or without .gz); Fashion-MNIST has four files",
            folder=shown(folder),
            files=", ".join(missing),
        )
    return [path for path in paths if path is not None]


def _read(images_path: Path, labels_path: Path) -> Pair:
    images, labels = load_idx_pair(images_path, labels_path, classes=len(CLASSES))
    if images.shape[1:] != (28, 28):
        raise CnnError(
            "{path} has images of {height}x{width}; those of Fashion-MNIST are 28x28",
            path=shown(images_path),
            height=images.shape[1],
            width=images.shape[2],
        )
    return images, labels
