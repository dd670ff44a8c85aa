"""From the description in a `.keras` file to a chain of layers, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from cnncore._arguments import described
from cnncore.errors import CnnError
from cnncore.layers import KINDS, InputLayer, Layer, ReLU
from cnncore.layers.base import WITHOUT_EFFECT, snake_case
from cnncore.network.layer import Shape
from cnncore.network.unsupported import unsupported, unsupported_activation

Config: TypeAlias = dict[str, Any]

ONLY_FOR_TRAINING = ("regularizer", "constraint")
"""Endings of arguments that change nothing but the training."""
IGNORED = frozenset({
    "build_config", "batch_input_shape", "optional", "ragged", "sparse", "renorm_clipping", "renorm_momentum", "fused",
    "lora_alpha", "seed_generator", "implementation", "virtual_batch_size", "registered_name",
})  # fmt: skip
"""Arguments that Keras writes and that change nothing here, in any of its versions."""


class Step:
    """A layer of the file: the layer, its name in our chain, and where the file keeps its weights."""

    def __init__(self, layer: Layer, name: str, group: str) -> None:
        self.layer, self.name, self.group = layer, name, group


def steps_of(description: Config) -> tuple[list[Step], Shape, str]:
    """The layers in order, not yet built, the shape of one input, and the name of the input layer; "" for a Sequential
    model, which does not count it among its layers. Raises `CnnError` for what is no chain."""
    steps = _steps(description, "", "")
    inputs = [step for step in steps if isinstance(step.layer, InputLayer)]
    if not inputs:
        shape = _built_shape(description)
        if shape is None:
            raise CnnError("the model has no input shape yet: begin it with keras.Input(shape=(H, W, C)), or build it")
    else:
        assert isinstance(inputs[0].layer, InputLayer)
        shape = inputs[0].layer.shape
    shown = inputs[0].name if inputs and description.get("class_name") != "Sequential" else ""
    return [step for step in steps if not isinstance(step.layer, InputLayer)], shape, shown


def _built_shape(description: Config) -> Shape | None:
    config = _dict(description.get("config"))
    given = config.get("build_input_shape") or _dict(description.get("build_config")).get("input_shape")
    return _shape(given)


def _shape(given: Any) -> Shape | None:
    if not isinstance(given, list) or not all(isinstance(size, int) and size > 0 for size in given[1:]):
        return None
    return tuple(given[1:])


def _dict(value: Any) -> Config:
    return value if isinstance(value, dict) else {}


def _steps(model: Config, prefix: str, group: str) -> list[Step]:
    """The layers of a model in order; those of a model inside it in its place, called "inner/layer"."""
    config = _dict(model.get("config"))
    described_layers = [one for one in config.get("layers") or [] if isinstance(one, dict)]
    groups = _groups(described_layers, group)
    order = list(range(len(described_layers)))
    if model.get("class_name") != "Sequential":
        order = _functional_order(config, described_layers)
    steps: list[Step] = []
    for at in order:
        one = described_layers[at]
        inner = _dict(one.get("config"))
        name = str(inner.get("name", one.get("class_name")))
        if isinstance(inner.get("layers"), list):
            inside = _steps(one, f"{prefix}{name}/", groups[at])
            steps += [step for step in inside if not (steps and isinstance(step.layer, InputLayer))]
        else:
            steps.append(Step(_layer(str(one.get("class_name")), inner, prefix + name), prefix + name, groups[at]))
    return steps


def _groups(layers: list[Config], parent: str) -> list[str]:
    """The HDF5 group of each layer. Keras calls it by the layer's class, and numbers those of one class."""
    counts: dict[str, int] = {}
    groups = []
    for layer in layers:
        stem = snake_case(str(layer.get("class_name")))
        count = counts[stem] = counts.get(stem, -1) + 1
        groups.append(f"{parent}layers/{stem}_{count}/" if count else f"{parent}layers/{stem}/")
    return groups


def _functional_order(config: Config, layers: list[Config]) -> list[int]:
    """Walks back from the output of a functional model; each layer must be fed by exactly one other."""
    inputs, outputs = _ends(config.get("input_layers")), _ends(config.get("output_layers"))
    name = str(config.get("name"))
    if len(inputs) != 1 or len(outputs) != 1:
        raise CnnError(
            "model {model} has {inputs} input(s) and {outputs} output(s); a chain has one of each",
            model=repr(name),
            inputs=len(inputs),
            outputs=len(outputs),
        )
    numbers = {str(_dict(layer.get("config")).get("name", layer.get("name"))): at for at, layer in enumerate(layers)}
    order: list[int] = []
    wanted, node = outputs[0]
    while True:
        at = numbers.get(wanted)
        if at is None or at in order:
            raise CnnError("model {model} does not begin at its input", model=repr(name))
        order.append(at)
        if wanted == inputs[0][0]:
            return order[::-1]
        sources = _sources(layers[at], node)
        if len(sources) != 1:
            raise CnnError(
                "layer {layer} ({kind}) joins {count} branches; only a chain is supported, each layer fed by one other",
                layer=repr(wanted),
                kind=str(layers[at].get("class_name")),
                count=len(sources),
            )
        wanted, node = sources[0]


def _ends(given: Any) -> list[tuple[str, int]]:
    """(layer, node) of each input or output: one triple, or a list of them."""
    if isinstance(given, list) and given and isinstance(given[0], str):
        given = [given]
    if isinstance(given, dict):
        given = list(given.values())
    return [
        (str(one[0]), one[1] if isinstance(one[1], int) else 0)
        for one in given or []
        if isinstance(one, list) and len(one) >= 2
    ]


def _sources(layer: Config, node: int) -> list[tuple[str, int]]:
    """(layer, node) of all that feeds a node of `layer`. Raises `CnnError` for one that is told to train."""
    nodes = layer.get("inbound_nodes")
    if not isinstance(nodes, list) or not 0 <= node < len(nodes) or not isinstance(nodes[node], dict):
        return []
    if _dict(nodes[node].get("kwargs")).get("training"):
        raise CnnError(
            "layer {layer} ({kind}) is told to behave as while training; only inference is supported",
            layer=repr(_dict(layer.get("config")).get("name")),
            kind=str(layer.get("class_name")),
        )
    found: list[tuple[str, int]] = []
    waiting: list[Any] = [nodes[node].get("args")]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, dict):
            history = _dict(item.get("config")).get("keras_history")
            if isinstance(history, list) and len(history) >= 2:
                found.append((str(history[0]), history[1] if isinstance(history[1], int) else 0))
            else:
                waiting.extend(item.values())
    return found


def _layer(kind: str, config: Config, name: str) -> Layer:
    """One layer as Keras describes it. Raises `CnnError` naming the layer for what is not supported."""
    if kind == "InputLayer":
        return _input(config, name)
    _check_policy(config.get("dtype"), name)
    if config.get("data_format") == "channels_first":
        raise CnnError(
            "layer {layer} has data_format 'channels_first'; only 'channels_last' is supported, with shapes (H, W, C)",
            layer=repr(name),
        )
    if kind not in KINDS:
        raise unsupported(name, kind)
    arguments: Config = {}
    training: dict[str, str] = {}
    for argument, value in config.items():
        if argument in ("name", "dtype") or argument in IGNORED:
            continue
        if argument.endswith(ONLY_FOR_TRAINING):
            if value is not None:
                training[argument] = str(_dict(value).get("class_name", value))
        elif argument == "activation":
            arguments[argument] = _activation(value, name)
        elif argument in WITHOUT_EFFECT and value in WITHOUT_EFFECT[argument]:
            continue
        else:
            arguments[argument] = _numbers(value)
    try:
        layer = KINDS[kind](name=name, **arguments)
    except TypeError as error:
        raise CnnError("layer {layer} cannot be read: {reason}", layer=repr(name), reason=str(error)) from error
    except CnnError as error:
        raise CnnError("layer {layer}: {reason}", layer=repr(name), reason=error) from error
    layer.only_for_training = training
    return layer


def _numbers(value: Any) -> Any:
    """An array that Keras writes as an object of its own, as its numbers."""
    if isinstance(value, dict) and value.get("class_name") == "__numpy__":
        return _dict(value.get("config")).get("value")
    return value


def _input(config: Config, name: str) -> Layer:
    given = config.get("batch_shape") or config.get("batch_input_shape")
    shape = _shape(given)
    if shape is None:
        raise CnnError(
            "the model's input shape {shape} has an open size; fixed sizes are needed",
            shape=tuple(given[1:]) if isinstance(given, list) else described(given),
        )
    return InputLayer(shape, name=name)


def _check_policy(given: Any, name: str) -> None:
    policy = _dict(_dict(given).get("config")).get("name") if isinstance(given, dict) else given
    if policy not in (None, "float32"):
        raise CnnError(
            "layer {layer} computes with the dtype policy {policy}; only float32 is supported",
            layer=repr(name),
            policy=described(policy),
        )


def _activation(given: Any, name: str) -> Any:
    """An activation's name, or the layer that stands for it. Raises `CnnError` for a layer with other arguments."""
    if not isinstance(given, Mapping):
        return given
    kind, config = str(given.get("class_name")), _dict(given.get("config"))
    if kind not in ("ReLU", "Softmax", "Activation"):
        raise unsupported_activation(name, kind)
    layer = _layer(kind, {**config, "name": name}, name)
    if isinstance(layer, ReLU) and not layer.is_usual:
        usual = ReLU().hyperparameters()
        changed = [f"{key}={value:g}" for key, value in layer.hyperparameters().items() if value != usual[key]]
        raise unsupported_activation(name, f"ReLU({', '.join(changed)})")
    return layer


def description_of(layers: list[Layer], input_layer: InputLayer, name: str) -> Config:
    """What Keras writes of a Sequential model with these layers."""
    batch_shape = [None, *input_layer.shape]
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {
            "name": name,
            "trainable": True,
            "dtype": "float32",
            "layers": [_serialized(input_layer), *map(_serialized, layers)],
            "build_input_shape": batch_shape,
        },
        "registered_name": None,
        "build_config": {"input_shape": batch_shape},
    }


def _serialized(layer: Layer) -> Config:
    described_layer: Config = {
        "module": "keras.layers",
        "class_name": layer.kind,
        "config": layer.get_config(),
        "registered_name": None,
    }
    if layer.values and layer.input_shape is not None:
        described_layer["build_config"] = {"input_shape": [None, *layer.input_shape]}
    return described_layer


def groups_of(layers: list[Layer], input_layer: InputLayer) -> list[str]:
    """The HDF5 group of each of `layers` in a file that `description_of` describes."""
    return _groups([{"class_name": one.kind} for one in (input_layer, *layers)], "")[1:]
