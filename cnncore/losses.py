"""Losses of `Sequential.compile`, with Keras's names. The formulas are in `cnncore.training.core.losses`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from cnncore._arguments import described, refuse_others, switch
from cnncore._dtypes import Array
from cnncore.errors import CnnError
from cnncore.training.core import losses as formulas

__all__ = ["BinaryCrossentropy", "CategoricalCrossentropy", "MeanSquaredError", "SparseCategoricalCrossentropy"]


UNUSED: Mapping[str, Any] = {
    "axis": -1,
    "dtype": "float32",
    "ignore_class": None,
    "label_smoothing": 0.0,
    "reduction": "sum_over_batch_size",
}
"""Keras's arguments that are supported only with these values, which change nothing."""


class Loss(ABC):
    """Base class of losses. `from_logits` where the model ends without the activation that belongs to the loss."""

    name: ClassVar[str] = ""
    takes_labels: ClassVar[bool] = False
    """Targets are whole numbers, one a sample; else they have the outputs' shape."""
    activation: ClassVar[str] = ""
    """The activation from whose input the loss is computed where the model ends in it."""

    def __init__(self, from_logits: bool = False, **others: Any) -> None:
        """Raises `CnnError` for an argument of Keras's that is not supported, by its name."""
        self.from_logits = switch(from_logits, "from_logits")
        refuse_others(type(self).__name__, others, UNUSED)

    @abstractmethod
    def compute(self, targets: Array, outputs: Array, *, from_logits: bool) -> formulas.Loss:
        """The loss of each sample, and the gradient of their mean with respect to `outputs`, or, with `from_logits`,
        to what goes into `activation`, given in their place."""

    def get_config(self) -> dict[str, Any]:
        """Keras's description of the loss."""
        config: dict[str, Any] = {"name": self.name, "reduction": "sum_over_batch_size"}
        if self.activation:
            config["from_logits"] = self.from_logits
        return {
            "module": "keras.losses",
            "class_name": type(self).__name__,
            "config": config,
            "registered_name": None,
        }


class SparseCategoricalCrossentropy(Loss):
    """For labels: -log of the probability of the right class. `from_logits` where the model ends without softmax."""

    name: ClassVar[str] = "sparse_categorical_crossentropy"
    takes_labels: ClassVar[bool] = True
    activation: ClassVar[str] = "softmax"

    def compute(self, targets: Array, outputs: Array, *, from_logits: bool) -> formulas.Loss:
        return formulas.sparse_categorical_crossentropy(targets, outputs, from_logits=from_logits or self.from_logits)


class CategoricalCrossentropy(Loss):
    """For one-hot rows: -log of the probability of the right class."""

    name: ClassVar[str] = "categorical_crossentropy"
    activation: ClassVar[str] = "softmax"

    def compute(self, targets: Array, outputs: Array, *, from_logits: bool) -> formulas.Loss:
        return formulas.categorical_crossentropy(targets, outputs, from_logits=from_logits or self.from_logits)


class BinaryCrossentropy(Loss):
    """For yes or no, 1 or 0: -log of the probability of what is right."""

    name: ClassVar[str] = "binary_crossentropy"
    activation: ClassVar[str] = "sigmoid"

    def compute(self, targets: Array, outputs: Array, *, from_logits: bool) -> formulas.Loss:
        return formulas.binary_crossentropy(targets, outputs, from_logits=from_logits or self.from_logits)


class MeanSquaredError(Loss):
    """The mean of the squared differences."""

    name: ClassVar[str] = "mean_squared_error"

    def __init__(self, **others: Any) -> None:
        super().__init__(**others)

    def compute(self, targets: Array, outputs: Array, *, from_logits: bool) -> formulas.Loss:
        del from_logits
        return formulas.mean_squared_error(targets, outputs)


_KINDS = (BinaryCrossentropy, CategoricalCrossentropy, MeanSquaredError, SparseCategoricalCrossentropy)
_BY_NAME: Mapping[str, type[Loss]] = {kind.name: kind for kind in _KINDS} | {"mse": MeanSquaredError}


def loss_of(given: Any) -> Loss:
    """The loss called `given`: a loss of this module, Keras's name, or the form it has in a file. Raises `CnnError`."""
    if isinstance(given, Loss):
        return given
    if isinstance(given, Mapping):
        config = given.get("config")
        arguments = dict(config) if isinstance(config, Mapping) else {}
        for kind in _KINDS:
            if kind.__name__ == given.get("class_name"):
                return kind(**arguments)
    if isinstance(given, str) and given in _BY_NAME:
        return _BY_NAME[given]()
    raise CnnError("loss is {value}; it must be one of {names}", value=described(given), names=", ".join(_BY_NAME))
