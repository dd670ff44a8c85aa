"""Fast convolution on numpy arrays, explained number by number, and checked against Keras.

    import numpy as np
    import cnncore

    image = np.array([[206, 205, 247], [244, 161, 137], [192, 154, 75]], np.uint8)
    cnncore.filter2d(image, [[0, -1, 0], [-1, 5, -1], [0, -1, 0]])      # array([[65]], dtype=uint8)

Importing this module loads nothing else. Each public name loads what it needs on first access: only numpy and cffi.
`Network.from_keras` and `validate` import Keras when they are called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncore.errors import CnnError, MissingExtraError
    from cnncore.gradients.conv2d import conv2d_backward
    from cnncore.gradients.dense import dense_backward
    from cnncore.gradients.pool2d import avg_pool2d_backward, max_pool2d_backward
    from cnncore.keras.validate import Validation, validate
    from cnncore.lesson.stepping import conv2d_steps, filter2d_steps, max_pool2d_steps
    from cnncore.network import Network
    from cnncore.ops import avg_pool2d, clamp, conv2d, dense, filter2d, max_pool2d, relu, softmax
    from cnncore.prepared import PreparedConv2D, prepare_conv2d
    from cnncore.runtime import (
        available_isas,
        get_exact,
        get_num_threads,
        isa,
        set_exact,
        set_isa,
        set_num_threads,
        use_exact,
        use_isa,
        use_num_threads,
    )

__all__ = [
    "CnnError",
    "MissingExtraError",
    "Network",
    "PreparedConv2D",
    "Validation",
    "available_isas",
    "avg_pool2d",
    "avg_pool2d_backward",
    "clamp",
    "conv2d",
    "conv2d_backward",
    "conv2d_steps",
    "dense",
    "dense_backward",
    "filter2d",
    "filter2d_steps",
    "get_exact",
    "get_num_threads",
    "isa",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool2d_steps",
    "prepare_conv2d",
    "relu",
    "set_exact",
    "set_isa",
    "set_num_threads",
    "softmax",
    "use_exact",
    "use_isa",
    "use_num_threads",
    "validate",
]

if TYPE_CHECKING:
    __version__: str
else:  # a type checker must know the names above and no others
    _HOMES = {
        "cnncore.errors": ("CnnError", "MissingExtraError"),
        "cnncore.gradients.conv2d": ("conv2d_backward",),
        "cnncore.gradients.dense": ("dense_backward",),
        "cnncore.gradients.pool2d": ("avg_pool2d_backward", "max_pool2d_backward"),
        "cnncore.keras.validate": ("Validation", "validate"),
        "cnncore.network": ("Network",),
        "cnncore.ops": ("avg_pool2d", "clamp", "conv2d", "dense", "filter2d", "max_pool2d", "relu", "softmax"),
        "cnncore.prepared": ("PreparedConv2D", "prepare_conv2d"),
        "cnncore.runtime": (
            "available_isas",
            "get_exact",
            "get_num_threads",
            "isa",
            "set_exact",
            "set_isa",
            "set_num_threads",
            "use_exact",
            "use_isa",
            "use_num_threads",
        ),
        "cnncore.lesson.stepping": ("conv2d_steps", "filter2d_steps", "max_pool2d_steps"),
    }

    def __getattr__(name):
        """Load a public name on first access, and cache it."""
        if name == "__version__":
            from importlib.metadata import version

            value = version("cnn-tui")
        elif home := next((home for home, names in _HOMES.items() if name in names), None):
            from importlib import import_module

            value = getattr(import_module(home), name)
        else:
            raise AttributeError(f"module 'cnncore' has no attribute {name!r}")
        globals()[name] = value
        return value

    def __dir__():
        return sorted(__all__)
