"""Taking along the maps of all kernels that stand side by side: one stack, or a file each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cnncore.datasets.pictures import save_picture
from cnncore.datasets.values import save_values
from cnncore.display.greys import grey_levels
from cnncore.errors import CnnError
from tui.export.maps import ExportedMap

if TYPE_CHECKING:
    from tui.walk.workbench import Workbench


def kept_maps(workbench: Workbench) -> list[ExportedMap]:
    """The maps that stand side by side, those left out whose kernel is larger than the picture. Raises `CnnError` where
    none is left."""
    found: list[ExportedMap] = []
    trouble: CnnError | None = None
    for choice in workbench.chosen if workbench.choice in workbench.chosen else [*workbench.chosen, workbench.choice]:
        name = f"filter-{choice.index}" if choice.network else workbench.kernels[choice.index].id
        try:
            found.append(ExportedMap(name, workbench.map_values(choice)))
        except CnnError as error:
            trouble = error
    if not found and trouble is not None:
        raise trouble
    return found


def one_stack(maps: Sequence[ExportedMap]) -> bool:
    """Whether they are of one shape and kind, and so make one array (maps, rows, columns)."""
    return len({(each.values.shape, each.values.dtype) for each in maps}) == 1


def files_of(maps: Sequence[ExportedMap], path: Path) -> list[Path]:
    """The files that `path` stands for: itself for a stack, else one a map with the kernel's name in it."""
    if path.suffix.lower() == ".npy" and one_stack(maps):
        return [path]
    return [path.with_name(f"{path.stem}-{each.name}{path.suffix}") for each in maps]


def save_maps(maps: Sequence[ExportedMap], path: Path) -> list[Path]:
    """Writes them, .npy and .csv exactly, .png as they are drawn; says which files that were. Raises `CnnError`."""
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
