"""Exporting the maps shown side by side: one stack, or a file each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cnncore.datasets.pictures import save_picture
from cnncore.datasets.values import save_values
from cnncore.display.greys import grey_levels
from cnncore.errors import CnnError
from tui.export.maps import ExportedMap
from tui.walk.workbench import Workbench


def shown_maps(workbench: Workbench) -> list[ExportedMap]:
    """Return the maps shown side by side, without those whose kernel is larger than the picture. Raises `CnnError` if
    none is left."""
    maps: list[ExportedMap] = []
    error: CnnError | None = None
    for choice in workbench.shown_maps:
        name = f"filter-{choice.index}" if choice.network else workbench.kernels[choice.index].id
        try:
            maps.append(ExportedMap(name, workbench.map_values(choice)))
        except CnnError as too_large:
            error = too_large
    if not maps and error is not None:
        raise error
    return maps


def one_stack(maps: Sequence[ExportedMap]) -> bool:
    """Return true if the maps have one shape and type, and so fit one array (maps, rows, columns)."""
    return len({(each.values.shape, each.values.dtype) for each in maps}) == 1


def files_of(maps: Sequence[ExportedMap], path: Path) -> list[Path]:
    """Return the files that `path` stands for: itself for a stack, else one per map with the kernel's name in it."""
    if path.suffix.lower() == ".npy" and one_stack(maps):
        return [path]
    return [path.with_name(f"{path.stem}-{each.name}{path.suffix}") for each in maps]


def save_maps(maps: Sequence[ExportedMap], path: Path) -> list[Path]:
    """Write the maps, .npy and .csv exactly, .png as drawn, and return the files. Raises `CnnError`."""
    files = files_of(maps, path)
    if files == [path]:
        save_values(np.stack([each.values for each in maps]), path)
        return files
    for each, file in zip(maps, files, strict=True):
        if file.suffix.lower() == ".png":
            save_picture(grey_levels(each.values), file)
        else:
            save_values(each.values, file)
    return files
