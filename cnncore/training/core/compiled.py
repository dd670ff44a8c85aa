"""A compiled model: the loss, the metrics, the optimizer, and one step of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncore._arguments import described
from cnncore._dtypes import FLOAT32, Array
from cnncore.errors import CnnError
from cnncore.losses import Loss, loss_of
from cnncore.optimizers import optimizer_of, rule_config
from cnncore.training.core.chain import Chain
from cnncore.training.core.metrics import Metric, metrics_of
from cnncore.training.core.optimizers import Optimizer, Rule

if TYPE_CHECKING:
    from cnncore.models.sequential import Sequential

WITHOUT_EFFECT = {
    "loss_weights": None,
    "weighted_metrics": None,
    "run_eagerly": False,
    "steps_per_execution": 1,
    "jit_compile": "auto",
    "auto_scale_loss": True,
}
"""Keras's arguments of `compile` that are supported only with these values, which change nothing."""


class Compiled:
    """What `compile` chose, and, once the model is built, the pass over its layers."""

    def __init__(self, model: Sequential, rule: Rule, loss: Loss, metrics: Any) -> None:
        self._model, self._rule = model, rule
        self.loss = loss
        self._metrics_given = metrics
        self._metrics: tuple[Metric, ...] | None = None
        self._chain: Chain | None = None
        self._optimizer: Optimizer | None = None
        metrics_of(metrics, loss=loss.name, outputs=2)  # a name that is none is told at once

    def __getstate__(self) -> dict[str, Any]:
        """Copies make the pass anew: it holds memory of the C core."""
        return {**self.__dict__, "_chain": None}

    @property
    def metrics(self) -> tuple[Metric, ...]:
        if self._metrics is None:
            outputs = self._model.output_shape[-1] or 1
            self._metrics = metrics_of(self._metrics_given, loss=self.loss.name, outputs=outputs)
        return self._metrics

    @property
    def chain(self) -> Chain:
        if self._chain is None:
            self._model.build()
            self._chain = Chain(self._model.layers, self._model.random)
        return self._chain

    @property
    def optimizer(self) -> Optimizer:
        """The optimizer with its averages, for the weights of the built model."""
        if self._optimizer is None:
            weights = [layer.values[name] for layer, name, _gradient in self.chain.trained()]
            self._optimizer = Optimizer(self._rule, weights)
        return self._optimizer

    def step(self, x: Array, targets: Array) -> tuple[float, Array, Array]:
        """One step: the mean loss, the targets and the outputs, all from before the weights moved."""
        optimizer = self.optimizer
        loss, gradient, outputs, from_logits = self._forward(x, targets, training=True)
        self.chain.backward(gradient, from_logits=from_logits)
        optimizer.apply([gradient for _layer, _name, gradient in self.chain.trained()])
        for layer in self._model.layers:
            if layer.values:
                layer.version += 1
        return loss, targets, outputs

    def test(self, x: Array, targets: Array) -> tuple[float, Array, Array]:
        """The mean loss, the targets and the outputs, without training."""
        loss, _gradient, outputs, _from_logits = self._forward(x, targets, training=False)
        return loss, targets, outputs

    def _forward(self, x: Array, targets: Array, *, training: bool) -> tuple[float, Array, Array, bool]:
        chain = self.chain
        logits = chain.logits(x, training=training)
        outputs = chain.outputs(logits)
        from_logits = bool(self.loss.activation) and self.loss.activation == chain.last
        given = self.loss.compute(targets, logits if from_logits else outputs, from_logits=from_logits)
        return given.mean, given.gradient, outputs, from_logits

    def get_config(self) -> dict[str, Any]:
        """Keras's description, for a `.keras` file."""
        return {
            "optimizer": rule_config(self.optimizer.rule, self.optimizer.learning_rate, was_set=self.optimizer.was_set),
            "loss": self.loss.get_config() if getattr(self.loss, "from_logits", False) else self.loss.name,
            "loss_weights": None,
            "metrics": [metric.name for metric in self.metrics],
            "weighted_metrics": None,
            "run_eagerly": False,
            "steps_per_execution": 1,
            "jit_compile": False,
        }


def compile_model(model: Sequential, optimizer: Any, loss: Any, metrics: Any, options: Mapping[str, Any]) -> Compiled:
    """See `Sequential.compile`. Raises `CnnError` for what is not supported, and for a layer that cannot be trained as
    its file says."""
    for name, value in options.items():
        if name not in WITHOUT_EFFECT:
            raise CnnError("compile has no argument {name} here", name=repr(name))
        if value is not None and value != WITHOUT_EFFECT[name]:
            raise CnnError(
                "compile has {name}={value}, which is not supported; it must be {needs}",
                name=name,
                value=described(value),
                needs=WITHOUT_EFFECT[name],
            )
    for layer in model.layers:
        for argument, kind in layer.only_for_training.items():
            raise CnnError(
                "layer {layer} has the {argument} {kind}, which training does not support here; the model can be used, "
                "not trained",
                layer=repr(layer.label),
                argument=argument,
                kind=kind,
            )
    if loss is None:
        raise CnnError('compile needs a loss, "sparse_categorical_crossentropy" for example')
    return Compiled(model, optimizer_of(optimizer), loss_of(loss), metrics)


def restore(model: Sequential, config: Mapping[str, Any], variables: Sequence[Array]) -> Compiled | None:
    """The model compiled as its file says, with the optimizer's state; None where the file names what is not supported
    here: the model can then be used, and compiled anew."""
    try:
        compiled = compile_model(model, config.get("optimizer"), config.get("loss"), config.get("metrics"), {})
    except CnnError:
        return None
    put_variables(compiled.optimizer, variables)
    return compiled


def optimizer_variables(optimizer: Optimizer) -> list[Array]:
    """The state in the order of a `.keras` file: steps, learning rate, then the averages."""
    slots = [slots[name] for name, slots in _slot_order(optimizer)]
    return [np.array(optimizer.iterations, np.int64), np.array(optimizer.learning_rate, FLOAT32), *slots]


def put_variables(optimizer: Optimizer, variables: Sequence[Array]) -> None:
    """Take over the state that `optimizer_variables` gives, its arrays too: they are changed by training from now on.
    Raises `CnnError` where it does not fit."""
    order = list(_slot_order(optimizer))
    if not variables:
        return
    arrays = variables[2:]
    if len(arrays) != len(order) or any(
        array.shape != slots[name].shape for array, (name, slots) in zip(arrays, order, strict=True)
    ):
        raise CnnError("the optimizer's state in the file does not fit the model")
    optimizer.iterations = int(variables[0])
    for array, (name, slots) in zip(arrays, order, strict=True):
        slots[name] = np.require(array, slots[name].dtype, ["C", "W"])


def _slot_order(optimizer: Optimizer) -> list[tuple[str, dict[str, Array]]]:
    """Keras keeps Adam's two averages side by side for each weight, RMSprop's one kind after the other."""
    names = optimizer.rule.slots
    if type(optimizer.rule).__name__ == "RMSprop":
        return [(name, slots) for name in names for slots in optimizer.slots]
    return [(name, slots) for slots in optimizer.slots for name in names]
