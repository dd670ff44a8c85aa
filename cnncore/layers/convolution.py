"""Conv2D and DepthwiseConv2D."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from cnncore._arguments import described, integer, pair, switch
from cnncore.errors import CnnError
from cnncore.geometry import geometry
from cnncore.layers.activation import activation_of
from cnncore.layers.base import Layer, Weight
from cnncore.layers.initializers import Initializer, initializer
from cnncore.network.layer import Shape


class Conv2D(Layer):
    """`filters` kernels of `kernel_size` move over the maps; see `cnncore.conv2d`.

    kernel (kh, kw, C // groups, filters), bias (filters,).
    """

    weight_names: ClassVar[tuple[str, ...]] = ("kernel", "bias")
    kernel = Weight()
    bias = Weight()
    accepted: ClassVar[frozenset[str]] = frozenset({
        "data_format", "activity_regularizer", "bias_constraint", "bias_regularizer", "kernel_constraint",
        "kernel_regularizer", "quantization_config",
    })  # fmt: skip

    def __init__(
        self,
        filters: Any,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: Any = "valid",
        data_format: Any = None,
        dilation_rate: Any = (1, 1),
        groups: Any = 1,
        activation: Any = None,
        use_bias: Any = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(data_format=data_format, **options)
        self.filters = integer(filters, "filters", at_least=1)
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.strides = pair(strides, "strides")
        self.padding = padding_mode(padding)
        self.dilation_rate = pair(dilation_rate, "dilation_rate")
        self.groups = integer(groups, "groups", at_least=1)
        self.activation = activation_of(activation)
        self.use_bias = switch(use_bias, "use_bias")
        self.kernel_initializer = initializer(kernel_initializer, "kernel_initializer")
        self.bias_initializer = initializer(bias_initializer, "bias_initializer")
        if self.filters % self.groups:
            raise CnnError(
                "filters is {filters} and groups is {groups}; groups must divide filters",
                filters=self.filters,
                groups=self.groups,
            )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        height, width, channels = self._maps(input_shape)
        if channels % self.groups:
            raise CnnError(
                "layer {layer} has {groups} groups, which must divide its {channels} input channels",
                layer=repr(self.label),
                groups=self.groups,
                channels=channels,
            )
        moved = geometry(
            (height, width),
            self.kernel_size,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
        )
        return (*moved.output, self.filters)

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        shapes: dict[str, Shape] = {"kernel": (*self.kernel_size, input_shape[2] // self.groups, self.filters)}
        return shapes | ({"bias": (self.filters,)} if self.use_bias else {})

    def initializer(self, name: str) -> Initializer:
        return self.kernel_initializer if name == "kernel" else self.bias_initializer

    def hyperparameters(self) -> dict[str, Any]:
        return {
            "filters": self.filters,
            "kernel_size": list(self.kernel_size),
            "strides": list(self.strides),
            "padding": self.padding,
            "data_format": "channels_last",
            "dilation_rate": list(self.dilation_rate),
            "groups": self.groups,
            "activation": self.activation,
            "use_bias": self.use_bias,
            "kernel_initializer": self.kernel_initializer.serialized(),
            "bias_initializer": self.bias_initializer.serialized(),
        }

    def network_fields(self) -> dict[str, Any]:
        return {
            "strides": self.strides,
            "padding": self.padding,
            "dilation_rate": self.dilation_rate,
            "groups": self.groups,
            "activation": self.activation,
        }


class DepthwiseConv2D(Layer):
    """Each channel convolved alone with `depth_multiplier` kernels.

    kernel (kh, kw, C, depth_multiplier), bias (C * depth_multiplier,).
    """

    weight_names: ClassVar[tuple[str, ...]] = ("kernel", "bias")
    kernel = Weight()
    bias = Weight()
    accepted: ClassVar[frozenset[str]] = frozenset({
        "data_format", "activity_regularizer", "bias_constraint", "bias_regularizer", "depthwise_constraint",
        "depthwise_regularizer", "quantization_config",
    })  # fmt: skip

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: Any = "valid",
        depth_multiplier: Any = 1,
        data_format: Any = None,
        dilation_rate: Any = (1, 1),
        activation: Any = None,
        use_bias: Any = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(data_format=data_format, **options)
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.strides = pair(strides, "strides")
        self.padding = padding_mode(padding)
        self.depth_multiplier = integer(depth_multiplier, "depth_multiplier", at_least=1)
        self.dilation_rate = pair(dilation_rate, "dilation_rate")
        self.activation = activation_of(activation)
        self.use_bias = switch(use_bias, "use_bias")
        self.depthwise_initializer = initializer(depthwise_initializer, "depthwise_initializer")
        self.bias_initializer = initializer(bias_initializer, "bias_initializer")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        height, width, channels = self._maps(input_shape)
        moved = geometry(
            (height, width),
            self.kernel_size,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
        )
        return (*moved.output, channels * self.depth_multiplier)

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        channels = input_shape[2]
        shapes: dict[str, Shape] = {"kernel": (*self.kernel_size, channels, self.depth_multiplier)}
        return shapes | ({"bias": (channels * self.depth_multiplier,)} if self.use_bias else {})

    def initializer(self, name: str) -> Initializer:
        return self.depthwise_initializer if name == "kernel" else self.bias_initializer

    def hyperparameters(self) -> dict[str, Any]:
        return {
            "kernel_size": list(self.kernel_size),
            "strides": list(self.strides),
            "padding": self.padding,
            "depth_multiplier": self.depth_multiplier,
            "data_format": "channels_last",
            "dilation_rate": list(self.dilation_rate),
            "activation": self.activation,
            "use_bias": self.use_bias,
            "depthwise_initializer": self.depthwise_initializer.serialized(),
            "bias_initializer": self.bias_initializer.serialized(),
        }

    def network_fields(self) -> dict[str, Any]:
        return {
            "strides": self.strides,
            "padding": self.padding,
            "dilation_rate": self.dilation_rate,
            "activation": self.activation,
        }


def padding_mode(padding: Any) -> Literal["valid", "same"]:
    """Return "valid" or "same", in any case, as Keras takes it. Raises `CnnError`."""
    if isinstance(padding, str) and padding.lower() == "valid":
        return "valid"
    if isinstance(padding, str) and padding.lower() == "same":
        return "same"
    raise CnnError('padding must be "valid" or "same", got {value}', value=described(padding))
