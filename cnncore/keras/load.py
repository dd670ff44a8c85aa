"""Loading a `.keras` file with Keras, without running any code from it.

Keras's safe mode refuses lambdas. In addition, the file's JSON description is checked before Keras opens the file
(`cnncore.keras_file.description`).
"""

from __future__ import annotations

from typing import Any

from cnncore._files import PathLike
from cnncore.keras._import import import_keras, without_warnings
from cnncore.keras_file.description import check_path, damaged, read_description


@without_warnings()
def load_model(path: PathLike) -> Any:
    """Load the Keras model in the `.keras` file `path`, not compiled. Raises `CnnError` for any other file."""
    name = check_path(path)
    read_description(name)
    keras = import_keras()
    try:
        return keras.models.load_model(name, compile=False, safe_mode=True)
    except MemoryError:
        raise
    except Exception as error:  # Keras raises any type for a damaged file
        raise damaged(name, f"{type(error).__name__}: {str(error).strip().splitlines()[0][:300]}") from error
