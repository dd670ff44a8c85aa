"""From a Keras model, or a `.keras` file, to a `cnncore.network.Network`.

A model must be a chain: a `Sequential`, or a functional model in which each layer takes what one other gives. Models
inside it are taken apart, their layers called "outer/inner".
"""

from __future__ import annotations

import os
from typing import Any

from cnncore.errors import CnnError
from cnncore.keras._import import import_keras, without_warnings
from cnncore.keras.layers import convert_layer, unsupported
from cnncore.keras.load import load_model
from cnncore.network import Layer, Network


def network_from_keras(model_or_path: Any | str | os.PathLike[str]) -> Network:
    """See `Network.from_keras`."""
    return convert(open_model(model_or_path))[0]


def open_model(model_or_path: Any | str | os.PathLike[str]) -> Any:
    """The model itself, or the one in the file. Raises `CnnError` for what is neither."""
    if isinstance(model_or_path, (str, os.PathLike)):
        return load_model(model_or_path)
    if not isinstance(model_or_path, import_keras().Model):
        raise CnnError(
            "a Keras model or the path of a .keras file is needed, got {kind}", kind=type(model_or_path).__name__
        )
    return model_or_path


@without_warnings()
def convert(model: Any) -> tuple[Network, list[Any]]:
    """The network of a Keras `model`, and Keras's own layers, one for each of ours, in the same order."""
    keras = import_keras()
    found = _chain(keras, model, "")
    inputs = getattr(model, "inputs", None)
    if not inputs:
        raise CnnError("the model has no input shape yet: begin it with keras.Input(shape=(H, W, C)), or build it")
    shape = tuple(inputs[0].shape[1:])
    if None in shape:
        raise CnnError("the model's input shape {shape} has an open size; fixed sizes are needed", shape=shape)
    input_shape = shape
    layers: list[Layer] = []
    taken: set[str] = set()
    for name, layer in found:
        unique, count = name, 1
        while unique in taken:
            count += 1
            unique = f"{name}_{count}"
        taken.add(unique)
        layers.append(convert_layer(keras, layer, unique, shape))
        shape = layers[-1].output_shape
    return Network(layers, input_shape), [layer for _, layer in found]


def _chain(keras: Any, model: Any, prefix: str) -> list[tuple[str, Any]]:
    """The model's layers in order, with their names; the layers of models inside it in their place."""
    if isinstance(model, keras.Sequential):
        if type(model) is not keras.Sequential:
            raise unsupported(prefix + model.name, type(model).__name__, own=True)
        steps = list(model.layers)
    elif _is_functional(keras, model):
        steps = _functional_chain(keras, model)
    else:
        raise CnnError(
            "model {model} is a {kind}, a class of its own; a Sequential or a functional chain is needed",
            model=repr(model.name),
            kind=type(model).__name__,
        )
    found: list[tuple[str, Any]] = []
    for step in steps:
        if isinstance(step, keras.Model):
            inner = _chain(keras, step, f"{prefix}{step.name}/")
            found += [(name, layer) for name, layer in inner if not isinstance(layer, keras.layers.InputLayer)]
        else:
            found.append((prefix + step.name, step))
    return found


def _is_functional(keras: Any, model: Any) -> bool:
    plain = keras.Model(i := keras.Input((1,)), i)
    return type(model) is type(plain)


def _functional_chain(keras: Any, model: Any) -> list[Any]:
    """Walks back from the model's output; every step must have exactly one source."""
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise CnnError(
            "model {model} has {inputs} input(s) and {outputs} output(s); a chain has one of each",
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
                "layer {layer} ({kind}) joins {count} branches; only a chain is supported, each layer fed by one other",
                layer=repr(step.name),
                kind=type(step).__name__,
                count=len(sources),
            )
        if node.arguments.kwargs.get("training"):
            raise CnnError(
                "layer {layer} ({kind}) is told to behave as while training; only inference is supported",
                layer=repr(step.name),
                kind=type(step).__name__,
            )
        steps.append(step)
        if tensor is model.inputs[0] or not sources:
            break
        tensor = sources[0]
    if tensor is not model.inputs[0]:
        raise CnnError("model {model} does not begin at its input", model=repr(model.name))
    return steps[::-1]
