"""The base class of trainable layers: hyperparameters, and weights once built.

Shapes leave the batch out: (H, W, C) for maps, (K,) for a row of numbers. Weights are float32.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from cnncore._arguments import described, items, sizes, switch, text
from cnncore._dtypes import FLOAT32, Array
from cnncore.errors import CnnError
from cnncore.layers.initializers import Initializer
from cnncore.network import layers as network_layers
from cnncore.network.layer import Layer as NetworkLayer
from cnncore.network.layer import Shape, as_float32

WITHOUT_EFFECT: Mapping[str, tuple[Any, ...]] = {
    "data_format": (None, "channels_last"),
    "dtype": (None, "float32"),
    "activity_regularizer": (None,),
    "bias_constraint": (None,),
    "bias_regularizer": (None,),
    "kernel_constraint": (None,),
    "kernel_regularizer": (None,),
    "depthwise_constraint": (None,),
    "depthwise_regularizer": (None,),
    "beta_constraint": (None,),
    "beta_regularizer": (None,),
    "gamma_constraint": (None,),
    "gamma_regularizer": (None,),
    "lora_rank": (None,),
    "lora_alpha": (None,),
    "quantization_config": (None,),
    "noise_shape": (None,),
    "synchronized": (None, False),
    "renorm": (None, False),
}
"""Keras's arguments that are supported only with these values, which change nothing."""


class Weight:
    """A weight of a layer as an attribute, `layer.kernel` for example: a view that cannot be written to, None where the
    layer has none. Raises `CnnError` before the layer is built. `set_weights` changes weights."""

    def __set_name__(self, owner: type[Layer], name: str) -> None:
        self._name = name

    def __get__(self, layer: Layer, owner: type[Layer]) -> Array | None:
        return dict(zip(layer.values, layer.weights, strict=True)).get(self._name)


class Layer:
    """One layer. Subclasses have Keras's names, arguments and defaults.

    `name` may be None until the layer is in a model. `input_shape` and `output_shape` are None until it is built.
    """

    weight_names: ClassVar[tuple[str, ...]] = ()
    """All weights that the layer may have, in the order of Keras's `get_weights`."""
    not_trained: ClassVar[frozenset[str]] = frozenset()
    """The weights that no gradient changes."""
    accepted: ClassVar[frozenset[str]] = frozenset()
    """Names in `WITHOUT_EFFECT` that Keras's layer of this name takes."""

    def __init__(
        self,
        *,
        name: str | None = None,
        trainable: bool = True,
        input_shape: Any = None,
        input_dim: Any = None,
        **others: Any,
    ) -> None:
        """`input_dim=n` is Keras's short form of `input_shape=(n,)`."""
        if input_shape is None and input_dim is not None:
            input_shape = (input_dim,)
        self.name: str | None = None if name is None else text(name, "name")
        self.trainable = switch(trainable, "trainable")
        self.given_shape: Shape | None = None if input_shape is None else shape_without_batch(input_shape)
        self.input_shape: Shape | None = None
        self.output_shape: Shape | None = None
        self.values: dict[str, Array] = {}
        """The weights by name. Who changes the numbers does so in place, and counts up `version`."""
        self.version = 0
        """Counted up whenever the weights change."""
        self.only_for_training: dict[str, str] = {}
        """What a file says of training that is not supported, "kernel_regularizer" for example, and its kind."""
        self._refuse(others)

    def _refuse(self, others: Mapping[str, Any]) -> None:
        known = {"dtype", *self.accepted}
        for argument, value in others.items():
            if argument not in known:
                raise CnnError("{kind} has no argument {argument}", kind=self.kind, argument=repr(argument))
            if not any(value is one or (isinstance(one, str) and value == one) for one in WITHOUT_EFFECT[argument]):
                raise CnnError(
                    "{kind} has {argument}={value}, which is not supported; it must be {needs}",
                    kind=self.kind,
                    argument=argument,
                    value=described(value),
                    needs=" or ".join(repr(one) for one in WITHOUT_EFFECT[argument]),
                )

    def __call__(self, *_inputs: Any, **_options: Any) -> Any:
        raise CnnError(
            "layer {kind} was called: functional models are not supported, give the layers to Sequential in a list",
            kind=self.kind,
        )

    @property
    def kind(self) -> str:
        """The layer's name in Keras, "Conv2D" for example."""
        return type(self).__name__

    @property
    def label(self) -> str:
        """The layer's name, or its kind as long as it has none."""
        return self.name or self.kind

    # What subclasses say of themselves.

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape of what the layer gives for inputs of `input_shape`. Raises `CnnError` where they do not fit."""
        return input_shape

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """The shapes of the weights, by name, in the order of `weight_names`."""
        del input_shape
        return {}

    def initializer(self, name: str) -> Initializer:
        """The rule for the first values of the weight `name`."""
        raise KeyError(name)

    def hyperparameters(self) -> dict[str, Any]:
        """Keras's arguments of this layer, as plain data: numbers, texts, lists."""
        return {}

    def network_fields(self) -> dict[str, Any]:
        """The fields of the layer of the same name in `cnncore.network`, without weights and shapes."""
        return self.hyperparameters()

    # What follows from it.

    def build(self, input_shape: Any, random: np.random.Generator | None) -> None:
        """Fix the shapes and draw the first weights; without `random` they are zeros, to be replaced at once. Raises
        `CnnError` where `input_shape` does not fit."""
        shape = sizes(input_shape, "input_shape")
        self.output_shape = self.compute_output_shape(shape)
        self.input_shape = shape
        self.version += 1
        self.values = {
            name: np.zeros(needed, FLOAT32) if random is None else self.initializer(name).draw(needed, random)
            for name, needed in self.weight_shapes(shape).items()
        }

    def fit_to(self, input_shape: Shape) -> None:
        """Take inputs of another shape, with the weights it has. Raises `CnnError` where they do not fit, and changes
        nothing then."""
        self._must_be_built()
        output_shape = self.compute_output_shape(input_shape)
        needed = list(self.weight_shapes(input_shape).values())
        if needed != [array.shape for array in self.values.values()]:
            raise CnnError(
                "layer {layer} has weights for inputs of shape {needs}, which do not fit inputs of shape {shape}; make "
                "another layer",
                layer=repr(self.label),
                needs=self.input_shape,
                shape=input_shape,
            )
        self.input_shape, self.output_shape = input_shape, output_shape
        self.version += 1

    @property
    def built(self) -> bool:
        return self.input_shape is not None

    def count_params(self) -> int:
        """The number of weights. Raises `CnnError` before the layer is built."""
        self._must_be_built()
        return sum(array.size for array in self.values.values())

    @property
    def weights(self) -> list[Array]:
        """The weights, in Keras's order, as views that cannot be written to. Raises `CnnError` before the layer is
        built."""
        self._must_be_built()
        views = [array.view() for array in self.values.values()]
        for view in views:
            view.flags.writeable = False
        return views

    def get_weights(self) -> list[Array]:
        """Copies of the weights, in Keras's order."""
        self._must_be_built()
        return [array.copy() for array in self.values.values()]

    def set_weights(self, weights: Any) -> None:
        """Replace all weights, in the order of `get_weights`. Raises `CnnError` and changes nothing if one is wrong."""
        self._must_be_built()
        given = items(weights)
        if given is None or len(given) != len(self.values):
            raise CnnError(
                "layer {layer} has {count} weight array(s), got {value}",
                layer=repr(self.label),
                count=len(self.values),
                value=described(weights) if given is None else len(given),
            )
        arrays = [as_float32(value, name) for name, value in zip(self.values, given, strict=True)]
        for (name, array), new in zip(self.values.items(), arrays, strict=True):
            if new.shape != array.shape:
                raise CnnError(
                    "{name} of layer {layer} has shape {shape}; it must be {needs}",
                    name=name,
                    layer=repr(self.label),
                    shape=new.shape,
                    needs=array.shape,
                )
        for array, new in zip(self.values.values(), arrays, strict=True):
            array[...] = new
        self.version += 1

    def trainable_names(self) -> tuple[str, ...]:
        """The names of the weights that training changes."""
        return tuple(name for name in self.values if self.trainable and name not in self.not_trained)

    def network_layer(self, name: str) -> NetworkLayer:
        """A frozen copy for `cnncore.network.Network`."""
        self._must_be_built()
        kind: type[NetworkLayer] = getattr(network_layers, self.kind)
        return kind(name=name, input_shape=self.input_shape or (), **self.network_fields(), **self.values)

    def get_config(self) -> dict[str, Any]:
        """Keras's description of the layer, as plain data."""
        return {"name": self.name, "trainable": self.trainable, "dtype": "float32", **self.hyperparameters()}

    def _must_be_built(self) -> None:
        if not self.built:
            raise CnnError(
                "layer {layer} has no weights yet; give the model an input shape first: Input(shape=(H, W, C))",
                layer=repr(self.label),
            )

    def _maps(self, input_shape: Shape) -> tuple[int, int, int]:
        """`input_shape` as (H, W, C), or a `CnnError`."""
        if len(input_shape) != 3:
            raise CnnError(
                "layer {layer} ({kind}) takes maps of shape (H, W, C), got {shape}",
                layer=repr(self.label),
                kind=self.kind,
                shape=input_shape,
            )
        height, width, channels = input_shape
        return height, width, channels

    def __repr__(self) -> str:
        return f"<{self.kind} {self.label!r}: {self.input_shape} -> {self.output_shape}>"


def shape_without_batch(shape: Any) -> Shape:
    """`shape` as a tuple of sizes; a single integer is a row of numbers, as Keras takes it."""
    return sizes([shape] if items(shape) is None else shape, "input_shape")


def snake_case(kind: str) -> str:
    """Keras's name for a layer of this class: "MaxPooling2D" gives "max_pooling2d"."""
    name = re.sub(r"\W+", "", kind)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
