"""One forward and one backward pass of a batch through a network, with every number in between.

All of it is as at inference: dropout drops nothing, and a batch normalization uses its moving averages, so that every
gradient belongs to the numbers that `Network.activations` shows. A training step of a network with either of them
therefore moves its weights in another way; without them it is the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnncore._arguments import counted, described, instance
from cnncore._arrays import as_array
from cnncore._copies import Copied
from cnncore._dtypes import Array, dtype_of
from cnncore.backward.layer_gradients import (
    LayerGradients,
    activation_of,
    before_activation,
    layer_gradients,
)
from cnncore.errors import CnnError
from cnncore.losses import Loss, loss_of
from cnncore.network.layer import Layer
from cnncore.network.layers import Activation, Conv2D, Dense, DepthwiseConv2D, Softmax
from cnncore.network.network import Network
from cnncore.training.core.samples import samples


@dataclass(frozen=True, eq=False)
class BackwardPass(Copied):
    """The numbers of one pass: of `network`, N images (N, *input_shape) float32, and their labels.

    labels: int64 (N,), or (N, *output_shape) for a loss that takes values. loss: the mean of `losses`, (N,) float64.

    outputs[i]: what layer i gives, (N, *output_shape). gradients[i]: d loss / d outputs[i], of that shape.
    sum_gradients[i]: d loss / d what goes into layer i's own activation: a convolution's sum + bias before ReLU, or the
    input of a layer that is nothing but an activation; without one the same array as gradients[i]. input_gradient:
    d loss / d images. weights[i]: (name, value, gradient) of each weight that training changes, by Keras's names:
    kernel and bias, gamma and beta.

    fused: True where the last layer's softmax or sigmoid and its cross-entropy are one function of `logits` (what goes
    into that activation), so that nothing is clipped. gradients[-1] is then, like sum_gradients[-1], d loss / d logits:
    (p - y) / N. `logits` is None where the loss is computed from the outputs.

    All gradients are of the mean over the batch: the 1/N is in each of them. All arrays are read-only.
    """

    network: Network
    loss_function: Loss
    images: Array = field(repr=False)
    labels: Array = field(repr=False)
    loss: float
    losses: Array = field(repr=False)
    logits: Array | None = field(repr=False)
    fused: bool
    outputs: tuple[Array, ...] = field(repr=False)
    gradients: tuple[Array, ...] = field(repr=False)
    sum_gradients: tuple[Array, ...] = field(repr=False)
    input_gradient: Array = field(repr=False)
    weights: tuple[tuple[tuple[str, Array, Array], ...], ...] = field(repr=False)

    def __len__(self) -> int:
        """The number of images, N."""
        return len(self.images)

    @property
    def samples(self) -> int:
        """The number of losses of which the mean is taken: N, or N x rows x columns where the outputs are maps."""
        return int(np.prod(self.outputs[-1].shape[:-1]))

    def of_network(self, network: Network) -> Network:
        """Return `network`, which must be the one of this pass. Raises `CnnError`."""
        if instance(network, Network, "network").layers is not self.network.layers:
            raise CnnError("batch_pass is of another network; compute it again: backward_pass(network, images, labels)")
        return network

    def values(self, layer: int) -> Array:
        """outputs[layer], or the images for -1."""
        return self.images if layer == -1 else self.outputs[layer]

    def gradient(self, layer: int) -> Array:
        """gradients[layer], or input_gradient for -1."""
        return self.input_gradient if layer == -1 else self.gradients[layer]

    def weight(self, layer: int, name: str) -> tuple[Array, Array]:
        """The value and the gradient of the weight `name` of `layer`. Raises `CnnError` where there is none."""
        layer = counted(layer, "layer", len(self.weights))
        for known, value, gradient in self.weights[layer]:
            if known == name:
                return value, gradient
        raise CnnError(
            "layer {layer} has no weight {name} that training changes; these are: {names}",
            layer=repr(self.network.layers[layer].name),
            name=described(name),
            names=", ".join(known for known, _value, _gradient in self.weights[layer]) or "-",
        )


def backward_pass(
    network: Network,
    images: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    loss: Loss | str | None = None,
    dtype: Literal["float32", "float64"] = "float32",
) -> BackwardPass:
    """Compute the loss of a batch and its gradients with respect to every value and weight, by the C core.

    images: (N, *input_shape), without a single channel too, or one image with its one label. labels: as `fit` takes
    them. loss: a loss of `cnncore.losses` or Keras's name; None takes the one that belongs to the last layer,
    sparse_categorical_crossentropy after softmax, binary_crossentropy after sigmoid with one unit.
    dtype "float64" computes with the same float32 weights in float64, to check a formula. A kernel_regularizer of the
    file the network comes from is not part of the loss. Raises `CnnError` for a network without a loss of its own, a
    layer without a backward pass, and images or labels that do not fit, which it calls x and y as `fit` does.
    """
    layers = instance(network, Network, "network").layers
    chosen = _loss_for(layers[-1], loss)
    if dtype_of(dtype, "dtype").name not in ("float32", "float64"):
        raise CnnError("dtype is {value}; it must be 'float32' or 'float64'", value=described(dtype))
    x, y = _batch(network, images, labels, chosen)
    x, y = x.astype(dtype), y.copy()  # of our own: what the caller does with theirs later changes nothing here
    with np.errstate(all="ignore"):  # infinities and NaN propagate
        outputs, summed = _forward(layers, x)
        fused = bool(chosen.activation) and chosen.activation == activation_of(layers[-1])
        given_logits = fused or bool(getattr(chosen, "from_logits", False))
        logits = (summed if fused else outputs[-1]) if given_logits else None
        given = chosen.compute(y, outputs[-1] if logits is None else logits, from_logits=logits is not None)
        at_outputs, at_sums, steps = _backward(layers, x, outputs, given.gradient, fused=fused)
    losses = given.values.reshape(len(x), -1).mean(axis=1)
    of_weights = [gradient for step in steps for gradient in step.weights.values()]
    for array in (x, y, losses, summed, *outputs, *at_outputs, *at_sums, steps[0].inputs, *of_weights):
        array.setflags(write=False)
    return BackwardPass(
        network=network,
        loss_function=chosen,
        images=x,
        labels=y,
        loss=given.mean,
        losses=losses,
        logits=logits,
        fused=fused,
        outputs=outputs,
        gradients=at_outputs,
        sum_gradients=at_sums,
        input_gradient=steps[0].inputs,
        weights=tuple(
            tuple((name, layer.weights[name], gradient) for name, gradient in step.weights.items())
            for layer, step in zip(layers, steps, strict=True)
        ),
    )


def _loss_for(last: Layer, given: Any) -> Loss:
    """The loss as given, or the one that belongs to the last layer. Raises `CnnError` where none does."""
    if given is not None:
        return loss_of(given)
    name = activation_of(last)
    if name == "softmax":
        return loss_of("sparse_categorical_crossentropy")
    if name == "sigmoid" and last.output_shape == (1,):
        return loss_of("binary_crossentropy")
    raise CnnError(
        "layer {layer}, the last, ends in {activation} with shape {shape}, and no loss belongs to that: it needs "
        "softmax, or sigmoid with one unit; else give loss, loss='mean_squared_error' for example",
        layer=repr(last.name),
        activation=name,
        shape=last.output_shape,
    )


def _batch(network: Network, images: Any, labels: Any, loss: Loss) -> tuple[Array, Array]:
    batch, single = network.as_batch(images)
    given = as_array(labels, "labels")
    if single and (given.ndim == 0 or given.shape == network.output_shape):
        given = given[None]
    return samples(batch, given, network.input_shape, network.output_shape, loss).batch(slice(None))


def _forward(layers: tuple[Layer, ...], x: Array) -> tuple[tuple[Array, ...], Array]:
    """Every layer's output, and what goes into the last one's activation."""
    outputs, before = [], x
    for layer in layers[:-1]:
        before = layer.computed(before)
        outputs.append(before)
    last = layers[-1]
    if isinstance(last, (Softmax, Activation)):
        logits = before
    elif isinstance(last, (Dense, Conv2D, DepthwiseConv2D)) and last.activation != "linear":
        logits = replace(last, activation="linear").computed(before)
    else:
        logits = last.computed(before)
        return (*outputs, logits), logits
    return (*outputs, last.computed(before)), logits


def _backward(
    layers: tuple[Layer, ...], x: Array, outputs: tuple[Array, ...], grad: Array, *, fused: bool
) -> tuple[tuple[Array, ...], tuple[Array, ...], list[LayerGradients]]:
    """The gradients of outputs, of sums, and of each layer, from `grad`: of the logits if `fused`, else of the last
    outputs."""
    at_outputs, at_sums, steps = [], [], []
    for at in range(len(layers) - 1, -1, -1):
        inputs = outputs[at - 1] if at else x
        at_outputs.append(grad)
        if not (fused and at == len(layers) - 1):
            grad = before_activation(layers[at], inputs, outputs[at], grad)
        at_sums.append(grad)
        step = layer_gradients(layers[at], inputs, grad)
        steps.append(step)
        grad = step.inputs
    return tuple(reversed(at_outputs)), tuple(reversed(at_sums)), steps[::-1]
