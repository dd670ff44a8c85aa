"""What an image filter loses: how many of its sums leave 0..255 and are clamped."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncore.ops import conv2d


def count_clamped(image: Any, kernel: Any, *, scale: Any = 1, padding: Any = "valid") -> tuple[int, int]:
    """How many values of `filter2d` (same arguments) came from a rounded sum below 0, and from one above 255."""
    pixels = np.asarray(image)
    below = above = 0
    for channel in np.moveaxis(pixels, -1, 0) if pixels.ndim == 3 else [pixels]:
        sums = np.rint(conv2d(channel, kernel, padding=padding).astype(np.float32) * np.float32(scale))
        below += int(np.count_nonzero(sums < 0))
        above += int(np.count_nonzero(sums > 255))
    return below, above
