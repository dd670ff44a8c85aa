"""Conversion of a Keras model or a `.keras` file to a `cnncore.network.Network`.

The model must be a chain: a `Sequential`, or a functional model in which each layer has one input layer. Nested models
are flattened, and their layers are called "outer/inner".
"""

from __future__ import annotations

import os
from typing import Any

from cnncore.errors import CnnError
from cnncore.keras._import import import_keras, without_warnings
from cnncore.keras.layers import convert_layer
from cnncore.keras.load import load_model
from cnncore.keras_file.file import network_from_file
from cnncore.network import Layer, Network
from cnncore.network.unsupported import unsupported


def network_from_keras(model_or_path: Any | str | os.PathLike[str]) -> Network:
    """See `Network.from_keras`."""
    if isinstance(model_or_path, (str, os.PathLike)):
        return network_from_file(model_or_path)
    return convert(open_model(model_or_path))[0]


def open_model(model_or_path: Any | str | os.PathLike[str]) -> Any:
    """Return the model, or load it from the file. Raises `CnnError` for anything else."""
    if isinstance(model_or_path, (str, os.PathLike)):
        return load_model(model_or_path)
    if not isinstance(model_or_path, import_keras().Model):
        raise CnnError(
            "a Keras model or the path of a .keras file is needed, got {kind}", kind=type(model_or_path).__name__
        )
    return model_or_path


@without_warnings()
def convert(model: Any) -> tuple[Network, list[Any]]:
    """Convert a Keras `model`. Returns the network and the Keras layer of each of its layers."""
    keras = import_keras()
    chain = _chain(keras, model, "")
    inputs = getattr(model, "inputs", None)
    if not inputs:
        raise CnnError("the model has no input shape yet: start it with keras.Input(shape=(H, W, C)), or build it")
    shape = tuple(inputs[0].shape[1:])
    if None in shape:
        raise CnnError("the input shape of the model is {shape}; all sizes must be fixed", shape=shape)
    input_shape = shape
    layers: list[Layer] = []
    taken: set[str] = set()
    for name, layer in chain:
        unique, count = name, 1
        while unique in taken:
            count += 1
            unique = f"{name}_{count}"
        taken.add(unique)
        layers.append(convert_layer(keras, layer, unique, shape))
        shape = layers[-1].output_shape
    return Network(layers, input_shape), [layer for _, layer in chain]


def _chain(keras: Any, model: Any, prefix: str) -> list[tuple[str, Any]]:
    """Return the names and layers of a model in order; the layers of a nested model take its place."""
    if isinstance(model, keras.Sequential):
        if type(model) is not keras.Sequential:
            raise unsupported(prefix + model.name, type(model).__name__, own=True)
        steps = list(model.layers)
    elif _is_functional(keras, model):
        steps = _functional_chain(keras, model)
    else:
        raise CnnError(
            "model {model} is of the class {kind}; it must be a Sequential or a functional chain",
            model=repr(model.name),
            kind=type(model).__name__,
        )
    chain: list[tuple[str, Any]] = []
    for step in steps:
        if isinstance(step, keras.Model):
            inner = _chain(keras, step, f"{prefix}{step.name}/")
            chain += [(name, layer) for name, layer in inner if not isinstance(layer, keras.layers.InputLayer)]
        else:
            chain.append((prefix + step.name, step))
    return chain


def _is_functional(keras: Any, model: Any) -> bool:
    plain = keras.Model(i := keras.Input((1,)), i)
    return type(model) is type(plain)


def _functional_chain(keras: Any, model: Any) -> list[Any]:
    """Follow the model back from its output; every layer must have exactly one source."""
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise CnnError(
            "model {model} has {inputs} input(s) and {outputs} output(s); it must have one of each",
            model=repr(model.name),
            inputs=len(model.inputs),
            outputs=len(model.outputs),
        )
    steps: list[Any] = []
    tensor = model.outputs[0]
    while True:
        history = tensor._keras_history
        step = history.operation
        node = step._inbound_nodes[history.node_index]
        if not isinstance(step, keras.layers.Layer):
            raise unsupported(step.name, type(step).__name__)
        sources = node.input_tensors
        if len(sources) > 1:
            raise CnnError(
                "layer {layer} ({kind}) has {count} input layers; only a chain, with one input per layer, is supported",
                layer=repr(step.name),
                kind=type(step).__name__,
                count=len(sources),
            )
        if node.arguments.kwargs.get("training"):
            raise CnnError(
                "layer {layer} ({kind}) is called with training=True; only inference is supported",
                layer=repr(step.name),
                kind=type(step).__name__,
            )
        steps.append(step)
        if tensor is model.inputs[0] or not sources:
            break
        tensor = sources[0]
    if tensor is not model.inputs[0]:
        raise CnnError("model {model} does not start at its input", model=repr(model.name))
    return steps[::-1]
