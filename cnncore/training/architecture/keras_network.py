"""The network of a `.keras` file as a list of layers, without its weights and without Keras."""

from __future__ import annotations

from typing import Any

from cnncore._arguments import described, items
from cnncore._files import PathLike, shown
from cnncore.errors import CnnError
from cnncore.keras_file.chain import steps_of
from cnncore.keras_file.description import check_path, read_description
from cnncore.layers import Layer
from cnncore.training.architecture.architecture import Architecture
from cnncore.training.architecture.layer import OPTIONS, LayerSpec

_FIXED = {
    "data_format",
    "bias_initializer",
    "depthwise_initializer",
    "axis",
    "center",
    "scale",
    "seed",
    "noise_shape",
    "beta_initializer",
    "gamma_initializer",
    "moving_mean_initializer",
    "moving_variance_initializer",
}
"""Arguments that a list of layers does not offer and that hardly change a network."""


def architecture_of_file(path: PathLike) -> Architecture:
    """Read the layers of a `.keras` file. Raises `CnnError` naming the file for one that is no chain of layers, and for
    layers with arguments that a list of layers does not have."""
    name = check_path(path)
    description = read_description(name)
    config = description.get("config")
    title = str(config.get("name", "network")) if isinstance(config, dict) else "network"
    try:
        steps, shape, _input = steps_of(description)
        specs = tuple(layer_spec(step.layer) for step in steps)
        return Architecture(title[:60], shape, specs)
    except CnnError as error:
        raise CnnError("{path}: {reason}", path=shown(path), reason=error) from error


def layer_spec(layer: Layer) -> LayerSpec:
    """The kind and hyperparameters of a layer. Raises `CnnError` for an argument that a list does not offer."""
    if layer.kind not in OPTIONS:
        raise CnnError(
            "layer {layer} is {kind}, which a list of layers does not have", layer=repr(layer.label), kind=layer.kind
        )
    known = {option.name: option for option in OPTIONS[layer.kind]}
    given: dict[str, Any] = {}
    for name, value in layer.hyperparameters().items():
        plain = _plain(value)
        if name in known:
            same = plain == known[name].default or (
                name == "strides"
                and known[name].default is None
                and plain == _plain(layer.hyperparameters()["pool_size"])
            )
            if not same:
                given[name] = plain
        elif name not in _FIXED:
            raise CnnError(
                "layer {layer} has {argument}={value}, which a list of layers does not have",
                layer=repr(layer.label),
                argument=name,
                value=described(value),
            )
    return LayerSpec(layer.kind, given)


def _plain(value: Any) -> Any:
    """A value as a person would write it: one number for two equal ones, a rule by its name."""
    if isinstance(value, dict):
        return _rule_name(str(value.get("class_name")))
    several = items(value)
    if several is None:
        return value
    inside = tuple(_plain(one) for one in several)
    return inside[0] if len(inside) == 2 and inside[0] == inside[1] else inside


def _rule_name(class_name: str) -> str:
    """Keras's name of an initializer: "GlorotUniform" gives "glorot_uniform"."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in class_name).lstrip("_")
