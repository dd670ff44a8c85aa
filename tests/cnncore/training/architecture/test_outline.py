"""The outline of a list of layers is what building them gives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore.errors import CnnError
from cnncore.network.explain import receptive_field
from cnncore.training.architecture import KINDS, PRESETS, Architecture, LayerSpec, check, loss_of, outline, preset
from cnncore.training.config import TrainConfig
from cnncore.training.core.networks import network
from cnncore.training.fresh import untrained

CONVOLUTIONS = st.builds(
    lambda filters, size, strides, padding, apart: LayerSpec(
        "Conv2D",
        {
            "filters": filters,
            "kernel_size": size,
            "strides": 1 if apart > 1 else strides,
            "padding": padding,
            "dilation_rate": apart,
        },
    ),
    st.integers(1, 4),
    st.sampled_from([1, 2, 3, 5, (3, 2)]),
    st.integers(1, 3),
    st.sampled_from(["valid", "same"]),
    st.integers(1, 2),
)
POOLS = st.builds(
    lambda kind, size, strides: LayerSpec(kind, {"pool_size": size, "strides": strides}),
    st.sampled_from(["MaxPooling2D", "AveragePooling2D"]),
    st.integers(1, 3),
    st.sampled_from([None, 1, 2]),
)
OTHERS = st.sampled_from(
    [
        LayerSpec("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2}),
        LayerSpec("Dropout", {"rate": 0.3}),
        LayerSpec("BatchNormalization"),
        LayerSpec("ReLU"),
        LayerSpec("LeakyReLU"),
        LayerSpec("ZeroPadding2D", {"padding": 2}),
        LayerSpec("Activation", {"activation": "tanh"}),
    ]
)
ENDS = st.sampled_from(
    [
        (LayerSpec("Flatten"), LayerSpec("Dense", {"units": 4, "activation": "softmax"})),
        (LayerSpec("GlobalAveragePooling2D"), LayerSpec("Dense", {"units": 1, "activation": "sigmoid"})),
        (LayerSpec("Flatten"), LayerSpec("Dense", {"units": 3}), LayerSpec("Softmax")),
    ]
)
NETWORKS = st.builds(
    lambda body, end: Architecture("drawn", (19, 17, 1), (*body, *end)),
    st.lists(CONVOLUTIONS | POOLS | OTHERS, max_size=5),
    ENDS,
)


def trainable(design: Architecture) -> bool:
    return all(row.trouble is None for row in outline(design))


@settings(max_examples=60, deadline=None)
@given(NETWORKS.filter(trainable))
def test_it_is_what_is_built(design: Architecture) -> None:
    model = network(TrainConfig(architecture=design))
    built = [(layer.name, layer.kind, layer.output_shape, layer.count_params()) for layer in model.layers]
    assert [(row.name, row.spec.kind, row.output_shape, row.parameters) for row in check(design)] == built


@settings(max_examples=60, deadline=None)
@given(NETWORKS.filter(trainable), st.data())
def test_the_receptive_field_is_that_of_the_network(design: Architecture, data: Any) -> None:
    """Anywhere at the border a value sees less; in the middle of a large picture exactly this much."""
    rows = [row for row in outline(design) if len(row.output_shape or ()) == 3]
    if not rows:
        return
    row = data.draw(st.sampled_from(rows))
    large = Architecture("large", (97, 95, 1), design.layers)
    number = [one.name for one in outline(design)].index(row.name)
    rows = list(outline(Architecture("cut", large.input_shape, large.layers[: number + 1])))
    shape = rows[-1].output_shape
    assert shape is not None
    ending = (LayerSpec("Flatten"), LayerSpec("Dense", {"units": 2, "activation": "softmax"}))
    built = untrained(
        TrainConfig(architecture=Architecture("cut", large.input_shape, (*large.layers[: number + 1], *ending)))
    )
    seen = receptive_field(built, number, (shape[0] // 2, shape[1] // 2, 0)).axes[:2]
    expected = rows[-1].receptive_field
    assert expected is not None
    for axis, size in zip(seen, expected, strict=True):
        assert len(axis) == size


def test_presets_can_be_trained() -> None:
    totals = {name: sum(row.parameters for row in check(design)) for name, design in PRESETS.items()}
    assert totals == {"fashion": 243_786, "binary": 30_917_793, "lenet5": 61_706, "tiny": 13_610, "softmax": 7_850}
    assert {name: loss_of(design) for name, design in PRESETS.items()} == {
        "fashion": "sparse_categorical_crossentropy",
        "binary": "binary_crossentropy",
        "lenet5": "sparse_categorical_crossentropy",
        "tiny": "sparse_categorical_crossentropy",
        "softmax": "sparse_categorical_crossentropy",
    }


def test_an_impossible_layer_says_what_would_be_possible() -> None:
    design = preset("fashion").inserted(4, LayerSpec("Conv2D", {"filters": 3, "kernel_size": 7}))
    rows = outline(design)
    assert "kernel_size can be at most 5 here" in str(rows[4].trouble)
    assert [row.output_shape for row in rows[4:]] == [None] * 4
    assert [row.trouble for row in rows[5:]] == [None] * 3
    assert outline(design.changed(4, "kernel_size", 5))[4].trouble is None
    assert outline(design.changed(4, "padding", "same"))[4].trouble is None
    with pytest.raises(CnnError, match=r"layer 5, conv2d_2: .*at most 5 here"):
        check(design)
    spread = preset("fashion").inserted(4, LayerSpec("Conv2D", {"filters": 3, "kernel_size": 4, "dilation_rate": 2}))
    assert "7x7" in str(outline(spread)[4].trouble)
    moved = preset("fashion").moved(4, 0)
    with pytest.raises(CnnError, match=r"layer 2, conv2d: .*784 numbers; move it before Flatten"):
        check(moved)


@pytest.mark.parametrize("end", [("relu", 10), ("softmax", 1), ("sigmoid", 2), ("linear", 3)])
def test_it_must_end_in_probabilities(end: tuple[str, int]) -> None:
    activation, units = end
    design = preset("softmax").replaced(1, LayerSpec("Dense", {"units": units, "activation": activation}))
    with pytest.raises(CnnError, match=rf"it ends in {units} with {activation}"):
        TrainConfig(architecture=design)


def test_sizes_are_judged_before_anything_is_built() -> None:
    with pytest.raises(CnnError, match=r"parameters; the limit is"):
        check(preset("softmax").inserted(1, LayerSpec("Dense", {"units": 2 * 10**6})))
    with pytest.raises(CnnError, match="at most"):
        check(preset("softmax").inserted(0, LayerSpec("Conv2D", {"filters": 10**9})))


@pytest.mark.keras
@pytest.mark.parametrize("kind", KINDS)
def test_keras_has_every_layer(kind: str) -> None:
    pytest.importorskip("keras")
    from cnncore.keras.build import build

    flat = (LayerSpec("Flatten"), LayerSpec("Dense", {"units": 4, "activation": "softmax"}))
    design = Architecture("one", (12, 12, 1), (LayerSpec("Conv2D", {"filters": 4}), LayerSpec(kind), *flat))
    if kind in ("Flatten", "GlobalAveragePooling2D"):
        design = design.removed(2)
    config = TrainConfig(architecture=design)
    model = build(config)
    built = [(x.name, type(x).__name__, tuple(x.output.shape[1:]), x.count_params()) for x in model.layers]
    assert [(row.name, row.spec.kind, row.output_shape, row.parameters) for row in check(config.design)] == built
