"""The seed of what `cnncore` draws at random, and one-hot rows, under Keras's names."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from cnncore._arguments import integer
from cnncore._arrays import as_array
from cnncore._dtypes import FLOAT32, Array
from cnncore.errors import CnnError

if TYPE_CHECKING:
    import numpy.typing as npt

_lock = threading.Lock()
_seeds: np.random.SeedSequence | None = None


def set_random_seed(seed: int) -> None:
    """Make every model created from now on in this process draw the same numbers: first weights, the order of the
    images, dropped values. Unlike Keras's function it leaves the generators of Python and numpy alone."""
    global _seeds  # noqa: PLW0603 - one stream for the process, as in Keras
    with _lock:
        _seeds = np.random.SeedSequence(integer(seed, "seed", at_least=0))


def next_seed() -> np.random.SeedSequence:
    """The seed of the next model: from `set_random_seed`, else from the system."""
    with _lock:
        return np.random.SeedSequence() if _seeds is None else _seeds.spawn(1)[0]


def to_categorical(x: npt.ArrayLike, num_classes: int | None = None) -> Array:
    """One-hot rows (..., num_classes) float32 of class numbers (...) or (..., 1); without `num_classes` the largest
    number decides. Raises `CnnError` for numbers that are not whole, or outside 0..num_classes - 1."""
    labels = as_array(x, "x")
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if labels.dtype.kind not in "iub" and not (labels.dtype.kind == "f" and bool(np.all(labels == np.floor(labels)))):
        raise CnnError("x has dtype {dtype}; class numbers are whole numbers from 0", dtype=labels.dtype)
    if num_classes is None and not labels.size:
        raise CnnError("x is empty; give num_classes")
    classes = int(labels.max()) + 1 if num_classes is None else integer(num_classes, "num_classes", at_least=1)
    wrong = (labels < 0) | (labels >= classes)
    if wrong.any():
        raise CnnError(
            "x holds {value}; it must hold class numbers from 0 to {last}",
            value=labels[wrong].flat[0],
            last=max(classes - 1, 0),
        )
    rows = np.zeros((*labels.shape, classes), FLOAT32)
    np.put_along_axis(rows, labels.astype(np.int64)[..., None], 1, -1)
    return rows
