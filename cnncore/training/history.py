"""The history of a run as a CSV file, with the columns and numbering of `keras.callbacks.CSVLogger`.

    epoch,accuracy,loss,val_accuracy,val_loss
    0,0.79,0.57,0.85,0.41

In the file epochs count from 0, as in Keras; everywhere else they count from 1. A missing figure is "NA".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from cnncore._files import PathLike, read_text, shown, write_atomically
from cnncore.errors import CnnError
from cnncore.training.events import Epoch

COLUMNS = ("epoch", "accuracy", "loss", "val_accuracy", "val_loss")
MOST_BYTES = 64 * 2**20
"""The largest history file that is read, in bytes: about a million epochs."""
_MISSING = "NA"


def write_history(path: str, epochs: Sequence[Epoch]) -> None:
    """Write all `epochs` to `path` atomically. Raises `CnnError` if the file cannot be written."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for e in epochs:
        values = (e.accuracy, e.loss, e.val_accuracy, e.val_loss)
        rows.writerow([e.epoch - 1, *(_MISSING if value is None else repr(float(value)) for value in values)])
    write_atomically(path, lambda file: file.write(text.getvalue().encode()))


def read_history(path: PathLike) -> tuple[Epoch, ...]:
    """Read the epochs from a file of `write_history` or of Keras's CSVLogger; `seconds`, which it lacks, is 0.

    The columns may be in any order, with others among them; only `accuracy` and `loss` are required. Raises `CnnError`.
    """
    name = shown(path)
    rows = csv.DictReader(io.StringIO(read_text(path, MOST_BYTES)))
    missing = [column for column in COLUMNS[:3] if column not in (rows.fieldnames or ())]
    if missing:
        raise CnnError(
            "{path} is not a training history: it lacks the columns {columns}", path=name, columns=", ".join(missing)
        )
    epochs = []
    try:
        for row in rows:
            accuracy, loss, val_accuracy, val_loss = (_number(row.get(column)) for column in COLUMNS[1:])
            if accuracy is None or loss is None:
                raise ValueError
            epochs.append(Epoch(int(row["epoch"]) + 1, loss, accuracy, val_loss, val_accuracy, 0.0))
    except (ValueError, TypeError, csv.Error) as error:
        raise CnnError("{path} is damaged at line {line}", path=name, line=rows.line_num) from error
    return tuple(epochs)


def _number(text: str | None) -> float | None:
    return None if text is None or text in ("", _MISSING) else float(text)
