"""One layer of a network to be: its kind and its hyperparameters, both with Keras's names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from cnncore import layers
from cnncore._arguments import described, items
from cnncore.errors import CnnError

INITIALIZERS = ("glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "random_normal", "zeros")
ACTIVATIONS = ("linear", "relu", "sigmoid", "softmax", "tanh")
PADDINGS = ("valid", "same")


@dataclass(frozen=True, slots=True)
class Option:
    """A hyperparameter of a kind of layer, as an editor offers it.

    `default` is its value where none is given. `choices` are its values, if they are few. `steps` are values to go
    through by key; others can be typed.
    """

    name: str
    default: Any
    choices: tuple[str, ...] = ()
    steps: tuple[Any, ...] = ()
    usual: bool = True
    """False for what few networks change; an editor shows it only where it differs from its default."""


def _rare(name: str, default: Any, steps: tuple[Any, ...] = ()) -> Option:
    return Option(name, default, steps=steps, usual=False)


_BIAS = _rare("use_bias", True, (True, False))
_DILATION = _rare("dilation_rate", 1, (1, 2, 3))
_ACTIVATION = Option("activation", "linear", ACTIVATIONS)
_INITIALIZER = Option("kernel_initializer", "glorot_uniform", INITIALIZERS)
_STRIDES = Option("strides", 1, steps=(1, 2, 3))
_PADDING = Option("padding", "valid", PADDINGS)
_KERNEL_SIZE = Option("kernel_size", 3, steps=(1, 2, 3, 5, 7, 9, 11))
_POOL = (
    Option("pool_size", 2, steps=(2, 3, 4)),
    Option("strides", None, steps=(None, 1, 2, 3)),  # None: as large as the pool
    _PADDING,
)

OPTIONS: Mapping[str, tuple[Option, ...]] = MappingProxyType(
    {
        "Conv2D": (
            Option("filters", 16, steps=(1, 2, 4, 8, 16, 32, 64, 128)),
            _KERNEL_SIZE,
            _STRIDES,
            _PADDING,
            _ACTIVATION,
            _INITIALIZER,
            _DILATION,
            _rare("groups", 1, (1, 2, 4)),
            _BIAS,
        ),
        "DepthwiseConv2D": (
            _KERNEL_SIZE,
            _STRIDES,
            _PADDING,
            Option("depth_multiplier", 1, steps=(1, 2, 4)),
            _ACTIVATION,
            _DILATION,
            _BIAS,
        ),
        "MaxPooling2D": _POOL,
        "AveragePooling2D": _POOL,
        "GlobalAveragePooling2D": (_rare("keepdims", False, (False, True)),),
        "Flatten": (),
        "Dense": (
            Option("units", 64, steps=(1, 2, 8, 10, 16, 32, 64, 128, 256, 512)),
            _ACTIVATION,
            _INITIALIZER,
            _BIAS,
        ),
        "Dropout": (Option("rate", 0.25, steps=(0.1, 0.2, 0.25, 0.3, 0.4, 0.5)),),
        "BatchNormalization": (Option("momentum", 0.99, steps=(0.9, 0.99)), _rare("epsilon", 0.001)),
        "Activation": (Option("activation", "relu", ACTIVATIONS),),
        "ReLU": (_rare("max_value", None), _rare("negative_slope", 0.0), _rare("threshold", 0.0)),
        "LeakyReLU": (Option("negative_slope", 0.3, steps=(0.01, 0.1, 0.3)),),
        "Softmax": (),
        "ZeroPadding2D": (Option("padding", 1, steps=(1, 2, 3)),),
        "Rescaling": (Option("scale", 1.0), Option("offset", 0.0)),
    }
)
"""The hyperparameters of each kind of layer, in the order of an editor."""
KINDS: tuple[str, ...] = tuple(OPTIONS)
_WRITTEN = {"filters", "kernel_size", "pool_size", "units", "rate", "scale"}
"""The options that are given to Keras even where they have our default: it has none, or a reader wants to see them."""


@dataclass(frozen=True)
class LayerSpec:
    """A layer's `kind` and the `options` that differ from their defaults, as plain values: numbers, texts, tuples.

    Raises `CnnError` for a kind or an option that does not exist, and for a value that is not possible.
    """

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in OPTIONS:
            raise CnnError(
                "layer is {value}; it must be one of {names}", value=described(self.kind), names=", ".join(KINDS)
            )
        if not isinstance(self.options, Mapping):
            raise CnnError("the options of a layer must be an object, got {value}", value=described(self.options))
        for name in self.options:
            self.option(name)
        known = {option.name: option for option in OPTIONS[self.kind]}
        given = {name: _plain(self.options[name]) for name in known if name in self.options}
        different = {name: value for name, value in given.items() if value != known[name].default}
        object.__setattr__(self, "options", MappingProxyType(different))
        self.layer()

    def __hash__(self) -> int:
        return hash((self.kind, tuple(self.options.items())))

    def __getstate__(self) -> dict[str, Any]:
        return {"kind": self.kind, "options": dict(self.options)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        object.__setattr__(self, "kind", state["kind"])
        object.__setattr__(self, "options", MappingProxyType(state["options"]))

    def option(self, name: str) -> Option:
        """The option `name` of the layer's kind. Raises `CnnError`."""
        for option in OPTIONS[self.kind]:
            if option.name == name:
                return option
        raise CnnError(
            "{kind} has no option {option}; it has {names}",
            kind=self.kind,
            option=described(name),
            names=", ".join(option.name for option in OPTIONS[self.kind]) or "-",
        )

    def value(self, name: str) -> Any:
        """The value of the option `name`: as given, or its default."""
        return self.options.get(name, self.option(name).default)

    def changed(self, name: str, value: Any) -> LayerSpec:
        """The layer with another value of one option."""
        return LayerSpec(self.kind, {**self.options, name: value})

    @property
    def arguments(self) -> dict[str, Any]:
        """Keras's arguments: the options, and those that a person would always write."""
        return {
            option.name: self.value(option.name)
            for option in OPTIONS[self.kind]
            if option.name in self.options or option.name in _WRITTEN or self.kind == "Activation"
        }

    def layer(self, name: str | None = None) -> layers.Layer:
        """A layer of `cnncore.layers`, not yet built. Raises `CnnError`."""
        return layers.KINDS[self.kind](**self.arguments, name=name)

    def to_plain(self) -> dict[str, Any]:
        """The layer as it stands in a JSON file: {"layer": "Conv2D", "filters": 64, ...}."""
        return {"layer": self.kind, **{name: _listed(value) for name, value in self.arguments.items()}}


def layer_from_plain(value: Any) -> LayerSpec:
    """The layer that `LayerSpec.to_plain` has written. Raises `CnnError`."""
    if not isinstance(value, Mapping) or not isinstance(value.get("layer"), str):
        raise CnnError(
            'a layer must be an object such as {{"layer": "Dense", "units": 10}}, got {value}', value=described(value)
        )
    return LayerSpec(value["layer"], {name: one for name, one in value.items() if name != "layer"})


def _plain(value: Any) -> Any:
    several = items(value)
    return value if several is None else tuple(_plain(one) for one in several)


def _listed(value: Any) -> Any:
    """Tuples as lists, which is what JSON has."""
    return [_listed(one) for one in value] if isinstance(value, tuple) else value
