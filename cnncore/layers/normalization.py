"""BatchNormalization."""

from __future__ import annotations

from typing import Any, ClassVar

from cnncore._arguments import float32_number, number, switch
from cnncore.layers.activation import check_axis, last_axis
from cnncore.layers.base import Layer, Weight
from cnncore.layers.initializers import Initializer, initializer
from cnncore.network.layer import Shape


class BatchNormalization(Layer):
    """(x - mean) / sqrt(variance + epsilon) * gamma + beta for each channel (Ioffe and Szegedy, 2015).

    While training, mean and variance are the batch's, and the moving ones follow them by `momentum`; otherwise the
    moving ones are used. All four weights are (C,).
    """

    weight_names: ClassVar[tuple[str, ...]] = ("gamma", "beta", "moving_mean", "moving_variance")
    gamma = Weight()
    beta = Weight()
    moving_mean = Weight()
    moving_variance = Weight()
    not_trained: ClassVar[frozenset[str]] = frozenset({"moving_mean", "moving_variance"})
    accepted: ClassVar[frozenset[str]] = frozenset({
        "beta_constraint", "beta_regularizer", "gamma_constraint", "gamma_regularizer", "renorm", "synchronized",
    })  # fmt: skip

    def __init__(
        self,
        axis: Any = -1,
        momentum: Any = 0.99,
        epsilon: Any = 0.001,
        center: Any = True,
        scale: Any = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.axis = last_axis(axis, self)
        self.momentum = number(momentum, "momentum", finite=True)
        self.epsilon = float32_number(epsilon, "epsilon", finite=True)
        self.center = switch(center, "center")
        self.scale = switch(scale, "scale")
        self.initializers = {
            "beta": initializer(beta_initializer, "beta_initializer"),
            "gamma": initializer(gamma_initializer, "gamma_initializer"),
            "moving_mean": initializer(moving_mean_initializer, "moving_mean_initializer"),
            "moving_variance": initializer(moving_variance_initializer, "moving_variance_initializer"),
        }

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        check_axis(self.axis, input_shape, self)
        return input_shape

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        absent = {"gamma": not self.scale, "beta": not self.center}
        return {name: input_shape[-1:] for name in self.weight_names if not absent.get(name, False)}

    def initializer(self, name: str) -> Initializer:
        return self.initializers[name]

    def hyperparameters(self) -> dict[str, Any]:
        return {
            "axis": -1,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            **{f"{name}_initializer": rule.serialized() for name, rule in self.initializers.items()},
        }

    def network_fields(self) -> dict[str, Any]:
        return {"epsilon": self.epsilon}
