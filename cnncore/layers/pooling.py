"""MaxPooling2D, AveragePooling2D and GlobalAveragePooling2D."""

from __future__ import annotations

from typing import Any, ClassVar

from cnncore._arguments import pair, switch
from cnncore.geometry import pool_geometry
from cnncore.layers.base import Layer
from cnncore.layers.convolution import padding_mode
from cnncore.network.layer import Shape


class _Pooling2D(Layer):
    accepted: ClassVar[frozenset[str]] = frozenset({"data_format"})

    def __init__(
        self,
        pool_size: Any = (2, 2),
        strides: Any = None,
        padding: Any = "valid",
        data_format: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(data_format=data_format, **options)
        self.pool_size = pair(pool_size, "pool_size")
        self.strides = self.pool_size if strides is None else pair(strides, "strides")
        self.padding = padding_mode(padding)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        height, width, channels = self._maps(input_shape)
        return (*pool_geometry((height, width), self.pool_size, self.strides, self.padding).output, channels)

    def hyperparameters(self) -> dict[str, Any]:
        return {
            "pool_size": list(self.pool_size),
            "padding": self.padding,
            "strides": list(self.strides),
            "data_format": "channels_last",
        }

    def network_fields(self) -> dict[str, Any]:
        return {"pool_size": self.pool_size, "strides": self.strides, "padding": self.padding}


class MaxPooling2D(_Pooling2D):
    """The largest value of each window."""


class AveragePooling2D(_Pooling2D):
    """The mean of each window; padding is not counted."""


class GlobalAveragePooling2D(Layer):
    """The mean of each whole map: (H, W, C) -> (C,), or (1, 1, C) with `keepdims`."""

    accepted: ClassVar[frozenset[str]] = frozenset({"data_format"})

    def __init__(self, data_format: Any = None, keepdims: Any = False, **options: Any) -> None:
        super().__init__(data_format=data_format, **options)
        self.keepdims = switch(keepdims, "keepdims")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        channels = self._maps(input_shape)[2]
        return (1, 1, channels) if self.keepdims else (channels,)

    def hyperparameters(self) -> dict[str, Any]:
        return {"data_format": "channels_last", "keepdims": self.keepdims}

    def network_fields(self) -> dict[str, Any]:
        return {"keepdims": self.keepdims}
