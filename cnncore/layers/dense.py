"""Dense."""

from __future__ import annotations

from typing import Any, ClassVar

from cnncore._arguments import integer, switch
from cnncore.errors import CnnError
from cnncore.layers.activation import activation_of
from cnncore.layers.base import Layer, Weight
from cnncore.layers.initializers import Initializer, initializer
from cnncore.network.layer import Shape


class Dense(Layer):
    """inputs @ kernel + bias over the last axis. kernel (K, units), bias (units,)."""

    weight_names: ClassVar[tuple[str, ...]] = ("kernel", "bias")
    kernel = Weight()
    bias = Weight()
    accepted: ClassVar[frozenset[str]] = frozenset({
        "activity_regularizer", "bias_constraint", "bias_regularizer", "kernel_constraint", "kernel_regularizer",
        "lora_alpha", "lora_rank", "quantization_config",
    })  # fmt: skip

    def __init__(
        self,
        units: Any,
        activation: Any = None,
        use_bias: Any = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.units = integer(units, "units", at_least=1)
        self.activation = activation_of(activation)
        self.use_bias = switch(use_bias, "use_bias")
        self.kernel_initializer = initializer(kernel_initializer, "kernel_initializer")
        self.bias_initializer = initializer(bias_initializer, "bias_initializer")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        if not input_shape:
            raise CnnError("layer {layer} takes at least one number, got shape ()", layer=repr(self.label))
        return (*input_shape[:-1], self.units)

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        shapes: dict[str, Shape] = {"kernel": (input_shape[-1], self.units)}
        return shapes | ({"bias": (self.units,)} if self.use_bias else {})

    def initializer(self, name: str) -> Initializer:
        return self.kernel_initializer if name == "kernel" else self.bias_initializer

    def hyperparameters(self) -> dict[str, Any]:
        return {
            "units": self.units,
            "activation": self.activation,
            "use_bias": self.use_bias,
            "kernel_initializer": self.kernel_initializer.serialized(),
            "bias_initializer": self.bias_initializer.serialized(),
        }

    def network_fields(self) -> dict[str, Any]:
        return {"activation": self.activation}
