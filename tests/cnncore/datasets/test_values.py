"""Saved values are exact, and a file is written atomically."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore._files import write_text
from cnncore.datasets.matrices import load_matrix
from cnncore.datasets.values import save_values
from cnncore.errors import CnnError

RNG = np.random.default_rng(5)
PIXELS = RNG.integers(0, 256, (12, 15), dtype=np.uint8)


@pytest.mark.parametrize(
    "values",
    [
        PIXELS,
        RNG.normal(size=(4, 5)).astype(np.float32),
        RNG.normal(size=(3, 4)) * 1e-30,
        np.array([[-300, 70000], [1, 2]], np.int32),
    ],
)
@pytest.mark.parametrize("suffix", [".npy", ".csv"])
def test_values_come_back_as_they_were(values: Any, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"map{suffix}"
    save_values(values, path)
    loaded = np.load(path) if suffix == ".npy" else load_matrix(path)
    assert np.array_equal(loaded.astype(values.dtype), values)
    assert list(tmp_path.iterdir()) == [path]


def test_more_than_a_matrix_is_no_text(tmp_path: Path) -> None:
    maps = np.zeros((2, 3, 4), np.float32)
    save_values(maps, tmp_path / "maps.npy")
    with pytest.raises(CnnError, match=r"\(2, 3, 4\)"):
        save_values(maps, tmp_path / "maps.csv")


def test_what_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CnnError, match=r"\.npy, \.csv"):
        save_values(PIXELS, tmp_path / "map.txt")
    for path in (tmp_path / "none" / "map.npy", tmp_path / "none" / "map.csv"):
        with pytest.raises(CnnError, match="cannot be written"):
            save_values(PIXELS, path)
    with pytest.raises(CnnError, match="is a folder"):
        write_text("x", tmp_path)
