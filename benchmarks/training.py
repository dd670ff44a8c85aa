"""The training cases: networks as data, their first weights, and the images of one call of `fit`.

Layers and options have Keras's names, which are those of `cnncore.layers` too. The images are random and so are their
classes: training takes as long, and the losses of the first steps are as different as the weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from benchmarks.case import Case
from benchmarks.entry import Array
from benchmarks.measure import Plan

Shape = tuple[int, ...]
Spec = tuple[str, dict[str, Any]]
STEPS_COMPARED = 8
"""The number of steps, without dropout, whose losses must agree before `fit` is timed."""
EPSILON = 1e-7
"""Keras's default for Adam; PyTorch's own is 1e-8."""


def conv(filters: int, size: int, padding: str = "valid") -> Spec:
    return "Conv2D", {"filters": filters, "kernel_size": size, "padding": padding, "activation": "relu"}


def dense(units: int, activation: str) -> Spec:
    return "Dense", {"units": units, "activation": activation}


def dropout(rate: float) -> Spec:
    return "Dropout", {"rate": rate}


POOL: Spec = ("MaxPooling2D", {"pool_size": 2})
AVERAGE: Spec = ("AveragePooling2D", {"pool_size": 2})
FLATTEN: Spec = ("Flatten", {})

FASHION = (conv(64, 3), POOL, conv(64, 3), POOL, FLATTEN, dense(128, "relu"), dense(10, "softmax"))
BINARY = (conv(16, 3), POOL, FLATTEN, dense(512, "relu"), dense(1, "sigmoid"))
LENET = (
    *(conv(6, 5, "same"), AVERAGE, conv(16, 5), AVERAGE, FLATTEN),
    *(dense(120, "relu"), dropout(0.5), dense(84, "relu"), dense(10, "softmax")),
)
CONVNET = (conv(32, 3), POOL, conv(64, 3), POOL, FLATTEN, dropout(0.5), dense(10, "softmax"))
"""The network of Keras's example "Simple MNIST convnet"."""


@dataclass(frozen=True, eq=False)
class TrainCase(Case):
    """One epoch of `fit` with Adam and the metric accuracy: `steps` batches of `batch` images."""

    shape: Shape = ()
    layers: tuple[Spec, ...] = ()
    batch: int = 1
    steps: int = 1

    tolerance = 1e-3

    def plan(self, *, quick: bool) -> Plan:
        # An epoch is long enough for one turn, and each library has as many turns as the others.
        return Plan(rounds=3 if quick else 7, turn=0.0, call=1e6)

    @property
    def images(self) -> int:  # type: ignore[override]
        return self.batch * self.steps

    @property
    def units(self) -> int:
        return int(self.layers[-1][1]["units"])

    @property
    def binary(self) -> bool:
        """One output with a sigmoid, and the loss of two classes."""
        return self.units == 1

    @property
    def loss(self) -> str:
        """The loss by Keras's name."""
        return "binary_crossentropy" if self.binary else "sparse_categorical_crossentropy"

    @cached_property
    def samples(self) -> tuple[Array, Array]:
        """Images and their classes, float32 for two classes."""
        rng = np.random.default_rng(5)
        x = rng.random((self.images, *self.shape), np.float32)
        y = rng.integers(0, max(2, self.units), self.images)
        return x, y.astype(np.float32) if self.binary else y

    def batches(self) -> Iterator[tuple[Array, Array]]:
        """The batches whose losses are compared."""
        x, y = self.samples
        for step in range(STEPS_COMPARED):
            at = np.arange(step * self.batch, (step + 1) * self.batch) % self.images
            yield x[at], y[at]

    def used(self, *, drop: bool) -> tuple[Spec, ...]:
        """The layers, without dropout unless `drop`."""
        return tuple(layer for layer in self.layers if drop or layer[0] != "Dropout")

    def built(self, module: Any, *, drop: bool) -> list[Any]:
        """The layers as objects of `module`, `keras.layers` or `cnncore.layers`."""
        return [getattr(module, kind)(**options) for kind, options in self.used(drop=drop)]

    def shapes(self) -> list[Shape]:
        """The input shape of each layer, then the last output shape."""
        shapes = [self.shape]
        for layer in self.layers:
            shapes.append(_after(layer, shapes[-1]))
        return shapes

    @cached_property
    def weights(self) -> list[Array]:
        """Kernels and biases in Keras's layouts, drawn as Keras draws them: Glorot's uniform distribution, zeros."""
        rng, arrays = np.random.default_rng(6), []
        for kernel in self._kernels():
            area = int(np.prod(kernel[:-2]))
            limit = np.sqrt(6 / (area * (kernel[-2] + kernel[-1])))
            arrays.append(rng.uniform(-limit, limit, kernel).astype(np.float32))
            arrays.append(np.zeros(kernel[-1], np.float32))
        return arrays

    def _kernels(self) -> Iterator[Shape]:
        for (kind, options), shape in zip(self.layers, self.shapes(), strict=False):
            if kind == "Conv2D":
                yield (options["kernel_size"], options["kernel_size"], shape[-1], options["filters"])
            elif kind == "Dense":
                yield (shape[0], options["units"])

    @property
    def operations(self) -> float:  # type: ignore[override]
        """Two for each product of direct arithmetic: the forward pass, the gradient of the weights, and that of the
        inputs, which the first layer does without. Pooling, activations and Adam are not counted."""
        products = [
            int(np.prod(kernel)) * (int(np.prod(after[:2])) if len(kernel) == 4 else 1)
            for kernel, after in zip(self._kernels(), self._outputs(), strict=True)
        ]
        return 2.0 * (3 * sum(products) - products[0]) * self.images

    def _outputs(self) -> Iterator[Shape]:
        """The output shapes of the layers that have weights."""
        for (kind, _), after in zip(self.layers, self.shapes()[1:], strict=True):
            if kind in ("Conv2D", "Dense"):
                yield after

    @property
    def nbytes(self) -> int:  # type: ignore[override]
        return int(self.samples[0].nbytes)


def _after(layer: Spec, shape: Shape) -> Shape:
    kind, options = layer
    match kind:
        case "Conv2D":
            less = 0 if options["padding"] == "same" else options["kernel_size"] - 1
            return shape[0] - less, shape[1] - less, options["filters"]
        case "MaxPooling2D" | "AveragePooling2D":
            return shape[0] // 2, shape[1] // 2, shape[2]
        case "Flatten":
            return (int(np.prod(shape)),)
        case "Dense":
            return (options["units"],)
    return shape


TRAIN_CASES = (
    TrainCase(
        "train: Fashion network, batch 100",
        (("tensorflow Keras", 6), ("torch channels_last", 4), ("peak", 1)),
        "fma",
        (28, 28, 1),
        FASHION,
        100,
        60,
    ),
    TrainCase(
        "train: binary network, batch 32", (("tensorflow Keras", 2),), "fma", (150, 105, 1), BINARY, batch=32, steps=12
    ),
    TrainCase("train: LeNet-5 with dropout, batch 128", (("tensorflow Keras", 4),), "fma", (28, 28, 1), LENET, 128, 60),
    TrainCase(
        "train: Keras MNIST convnet with dropout, batch 128",
        (("tensorflow Keras", 4),),
        "fma",
        (28, 28, 1),
        CONVNET,
        128,
        40,
    ),
)
