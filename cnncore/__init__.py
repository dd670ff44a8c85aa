"""A fast convolution on numpy arrays, the same one explained number by number, and a check against Keras.

    import numpy as np
    import cnncore

    image = np.array([[206, 205, 247], [244, 161, 137], [192, 154, 75]], np.uint8)
    cnncore.filter2d(image, [[0, -1, 0], [-1, 5, -1], [0, -1, 0]])      # array([[65]], dtype=uint8)

Importing this needs numpy and cffi alone. `Network.from_keras` and `validate` import Keras when they are called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncore.errors import CnnError, MissingExtraError
from cnncore.ops import avg_pool2d, clamp, conv2d, dense, filter2d, max_pool2d, relu, softmax
from cnncore.runtime import available_isas, get_num_threads, isa, set_num_threads, use_isa
from cnncore.stepping import conv2d_steps, filter2d_steps, max_pool2d_steps

if TYPE_CHECKING:
    from cnncore.keras.validate import Validation, validate
    from cnncore.network import Network

__all__ = [
    "CnnError",
    "MissingExtraError",
    "Network",
    "Validation",
    "available_isas",
    "avg_pool2d",
    "clamp",
    "conv2d",
    "conv2d_steps",
    "dense",
    "filter2d",
    "filter2d_steps",
    "get_num_threads",
    "isa",
    "max_pool2d",
    "max_pool2d_steps",
    "relu",
    "set_num_threads",
    "softmax",
    "use_isa",
    "validate",
]

_LAZY = {
    "Network": "cnncore.network",
    "Validation": "cnncore.keras.validate",
    "validate": "cnncore.keras.validate",
}


def __getattr__(name: str) -> Any:
    """Loads the larger rooms when they are first asked for."""
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'cnncore' has no attribute {name!r}")
