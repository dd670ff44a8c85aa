"""Arrays of numbers as files, exactly: `.npy`, or `.csv` for a matrix."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from cnncore._arrays import as_array
from cnncore._files import PathLike, name_of, write_atomically
from cnncore.errors import CnnError

VALUE_SUFFIXES = (".npy", ".csv")


def save_values(array: Any, path: PathLike) -> None:
    """Write an array as `.npy`, or an (H, W) matrix as `.csv` with one row per line. Reading the file back gives the
    same values. The file is written atomically. Raises `CnnError`."""
    name = name_of(path)
    values = as_array(array, "array")
    suffix = Path(name).suffix.lower()
    if suffix not in VALUE_SUFFIXES:
        raise CnnError("{path}: the name must end in one of {suffixes}", path=name, suffixes=", ".join(VALUE_SUFFIXES))
    if suffix == ".npy":
        write_atomically(path, lambda file: np.save(file, np.ascontiguousarray(values), allow_pickle=False))
        return
    if values.ndim != 2:
        raise CnnError("array has shape {shape}; a .csv file takes (H, W) values", shape=str(values.shape))

    def write(file: BinaryIO) -> None:
        for row in values:
            # The repr of a Python number is the shortest text that reads back as the same number.
            file.write((",".join(map(repr, row.tolist())) + "\n").encode("ascii"))

    write_atomically(path, write)
