"""Memory that the C core reads and writes: pointers to arrays, and room for a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnncore._arrays import empty, output_array
from cnncore._cnn import ffi
from cnncore._dtypes import Array


def pointer(array: Array | None) -> Any:
    """The array's memory for a call of the C core; NULL for None."""
    return ffi.NULL if array is None else ffi.from_buffer(array)


class Result:
    """Output memory for the C core: `out` if it is contiguous, else a buffer copied into it by `finish`.

    `computed` is the dtype in which the core computes, if it differs from the result's.
    """

    __slots__ = ("array", "memory")

    def __init__(
        self,
        out: Array | None,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        *sources: Any,
        computed: np.dtype[Any] | None = None,
    ) -> None:
        self.array = self.memory = output_array(out, shape, dtype, *sources)
        computed = computed or dtype
        if computed != dtype or not self.array.flags.c_contiguous:
            self.memory = empty(shape, computed)

    def finish(self, function: Callable[[Array], Array] | None = None, channels: int = 1) -> Array:
        """The result; `function` is applied to it in rows of `channels` values, since (H, W) has no channel axis."""
        if function is not None:
            np.copyto(self.array, function(self.memory.reshape(-1, channels)).reshape(self.array.shape))
        elif self.memory is not self.array:
            np.copyto(self.array, self.memory, casting="unsafe")
        return self.array
