"""The network after each epoch, kept in `epochs/` of the run's folder: `003.keras` is that after the third.

A file there is the checkpoint of its epoch under a second name, so it costs no time to write. When they take more
than `MOST_BYTES`, every second one goes; the first, the last and the best stay. None is kept while the disk has less
than `RESERVE` bytes free: the model at the end of the run needs them more.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from cnncore._files import is_there, list_folder, replacing
from cnncore.errors import CnnError
from cnncore.training.events import Epoch
from cnncore.training.files import drop_debris
from cnncore.training.runs.names import EPOCH_FILE, EPOCHS

MOST_BYTES = 200 * 10**6
RESERVE = 500 * 10**6


def epoch_paths(folder: Path) -> dict[int, Path]:
    """The kept epochs of the run in `folder` by their number, in order; 0 has the initial weights."""
    if not is_there(folder / EPOCHS, "folder"):
        return {}
    paths = {
        int(name[1]): path
        for path in list_folder(folder / EPOCHS)
        if (name := EPOCH_FILE.fullmatch(path.name)) and is_there(path, "file")
    }
    return dict(sorted(paths.items()))


def epoch_path(folder: Path, epoch: int) -> Path:
    return folder / EPOCHS / f"{epoch:03}.keras"


def make_room(folder: Path) -> bool:
    """Make the folder of the epochs. False if there is no room to keep one, which is no reason to end a run."""
    try:
        (folder / EPOCHS).mkdir(exist_ok=True)
        return shutil.disk_usage(folder).free >= RESERVE
    except OSError:
        return False


def keep(model: Path, folder: Path, epochs: Sequence[Epoch]) -> None:
    """Keep the file `model` as the network after the last of `epochs`, then thin. What fails is left out."""
    if not make_room(folder):
        return
    with contextlib.suppress(CnnError, OSError):
        with replacing(epoch_path(folder, len(epochs))) as beside:
            try:
                os.link(model, beside)
            except OSError:  # a file system without links
                shutil.copyfile(model, beside)
        thin(folder, epochs)


def begin(folder: Path, done: int) -> None:
    """Clear away what a killed run left behind, and the epochs after the `done` ones, which come again."""
    with contextlib.suppress(CnnError, OSError):
        if is_there(folder / EPOCHS, "folder"):
            drop_debris(folder / EPOCHS)
        for epoch, path in epoch_paths(folder).items():
            if epoch > done:
                path.unlink()


def thin(folder: Path, epochs: Sequence[Epoch]) -> None:
    """Apply the rule. Raises `OSError`."""
    paths = epoch_paths(folder)
    sizes = {epoch: path.stat().st_size for epoch, path in paths.items()}
    stay = {0, min(paths, default=0), max(paths, default=0), best(epochs)}
    while sum(sizes.values()) > MOST_BYTES and (going := [epoch for epoch in sizes if epoch not in stay][::2]):
        for epoch in going:
            paths[epoch].unlink()
            del sizes[epoch]


def best(epochs: Sequence[Epoch]) -> int:
    """The number of the epoch with the highest validation accuracy, the first of equals; training accuracy if nothing
    is held out. Epochs whose loss is no number do not count; 0 if there is no other."""
    known = [one for one in epochs if one.loss == one.loss and (one.val_loss is None or one.val_loss == one.val_loss)]
    top = max(known, key=lambda one: one.accuracy if one.val_accuracy is None else one.val_accuracy, default=None)
    return 0 if top is None else top.epoch
