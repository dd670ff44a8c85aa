"""Hypothesis strategies for layers: names and arguments that Keras's layers and ours take alike."""

from __future__ import annotations

from typing import Any, TypeAlias

from hypothesis import strategies as st

Drawn: TypeAlias = tuple[str, dict[str, Any]]
"""The name of a layer and its arguments."""

paddings = st.sampled_from(["valid", "same"])
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def movements(draw: st.DrawFn, *, square: bool = False) -> dict[str, Any]:
    """Strides and dilation, of which Keras takes only one; with `square` strides that are alike, as TensorFlow's
    depthwise convolution needs them."""
    if draw(st.booleans()):
        return {"strides": draw(st.integers(1, 3) if square else pairs)}
    return {"dilation_rate": draw(st.integers(1, 2) if square else st.tuples(st.integers(1, 2), st.integers(1, 2)))}


@st.composite
def convolutions(draw: st.DrawFn, channels: int, activations: st.SearchStrategy[Any]) -> Drawn:
    groups = draw(st.sampled_from([n for n in (1, 2, 3) if channels % n == 0]))
    return "Conv2D", {
        "filters": groups * draw(st.integers(1, 4)),
        "kernel_size": draw(pairs),
        "padding": draw(paddings),
        "groups": groups,
        "use_bias": draw(st.booleans()),
        "activation": draw(activations),
        **draw(movements()),
    }


@st.composite
def depthwise(draw: st.DrawFn, activations: st.SearchStrategy[Any]) -> Drawn:
    return "DepthwiseConv2D", {
        "kernel_size": draw(pairs),
        "padding": draw(paddings),
        "depth_multiplier": draw(st.integers(1, 2)),
        "use_bias": draw(st.booleans()),
        "activation": draw(activations),
        **draw(movements(square=True)),
    }


@st.composite
def poolings(draw: st.DrawFn) -> Drawn:
    name = draw(st.sampled_from(["MaxPooling2D", "AveragePooling2D"]))
    strides = draw(st.none() | pairs)
    return name, {"pool_size": draw(pairs), "strides": strides, "padding": draw(paddings)}


@st.composite
def rectifiers(draw: st.DrawFn) -> Drawn:
    if draw(st.booleans()):
        return "LeakyReLU", {"negative_slope": draw(st.sampled_from([0.0, 0.1, 0.3]))}
    return "ReLU", {
        "max_value": draw(st.sampled_from([None, 0.9, 6.0])),
        "negative_slope": draw(st.sampled_from([0.0, 0.2])),
        "threshold": draw(st.sampled_from([0.0, 0.4])),
    }


@st.composite
def normalizations(draw: st.DrawFn) -> Drawn:
    return "BatchNormalization", {
        "center": draw(st.booleans()),
        "scale": draw(st.booleans()),
        "epsilon": draw(st.sampled_from([1e-3, 0.1])),
    }


@st.composite
def paddings_of_zeros(draw: st.DrawFn) -> Drawn:
    sides = st.tuples(st.integers(0, 2), st.integers(0, 2))
    return "ZeroPadding2D", {"padding": draw(st.integers(0, 2) | sides | st.tuples(sides, sides))}


@st.composite
def scalings(draw: st.DrawFn, channels: int) -> Drawn:
    """Rescaling by numbers, or by a number for each channel."""
    if draw(st.booleans()):
        return "Rescaling", {"scale": draw(st.sampled_from([2.0, -0.5])), "offset": 0.25}
    return "Rescaling", {"scale": [0.5 + channel for channel in range(channels)], "offset": -1.0}


def dropouts() -> st.SearchStrategy[Drawn]:
    return st.tuples(st.just("Dropout"), st.fixed_dictionaries({"rate": st.sampled_from([0.0, 0.25, 0.5])}))


def functions(names: st.SearchStrategy[str]) -> st.SearchStrategy[Drawn]:
    return st.tuples(st.just("Activation"), st.fixed_dictionaries({"activation": names}))


@st.composite
def dense(draw: st.DrawFn, activations: st.SearchStrategy[Any]) -> Drawn:
    return "Dense", {
        "units": draw(st.integers(1, 5)),
        "use_bias": draw(st.booleans()),
        "activation": draw(activations),
    }


def of_maps(channels: int, activations: st.SearchStrategy[Any]) -> st.SearchStrategy[Drawn]:
    """A layer that takes maps with `channels`, and gives maps."""
    return st.one_of(
        convolutions(channels, activations),
        depthwise(activations),
        poolings(),
        rectifiers(),
        normalizations(),
        paddings_of_zeros(),
        scalings(channels),
        dropouts(),
        functions(activations.filter(lambda name: name is not None)),
        st.just(("Softmax", {})),
    )
