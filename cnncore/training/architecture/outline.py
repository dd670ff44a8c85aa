"""The shapes, parameters and receptive fields of a network that is only a list, and what is impossible in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cnncore.errors import CnnError
from cnncore.layers.base import snake_case
from cnncore.network.layer import Shape
from cnncore.network.limits import WEIGHTS, check_output
from cnncore.training.architecture.architecture import Architecture
from cnncore.training.architecture.layer import LayerSpec

LossName: TypeAlias = Literal["sparse_categorical_crossentropy", "binary_crossentropy"]
_WINDOWS = ("Conv2D", "DepthwiseConv2D", "MaxPooling2D", "AveragePooling2D")


@dataclass(frozen=True, slots=True)
class Row:
    """One layer in the outline of a network.

    `input_shape` and `output_shape` are without the batch; None behind an impossible layer. `weights` are the shapes of
    its weights by name, `parameters` their number. `receptive_field` is the number of (rows, columns) of the picture
    that one output value depends on: at most the whole picture. `trouble` says why the layer is impossible here, and
    what would be possible.
    """

    name: str
    spec: LayerSpec
    input_shape: Shape | None
    output_shape: Shape | None
    weights: Mapping[str, Shape]
    parameters: int
    receptive_field: tuple[int, int] | None
    trouble: CnnError | None = None


def outline(network: Architecture) -> tuple[Row, ...]:
    """A row for each layer. Named as Keras names them: the kind, and a number from the second of a kind on.

    The receptive field r and the step j between the windows of neighbouring values follow from layer to layer:
    r' = r + (k - 1) d j and j' = j s, for windows of k values, d apart, moved by s (Dumoulin and Visin 2016, arXiv
    1603.07285; Araujo et al. 2019, doi 10.23915/distill.00021).
    """
    rows: list[Row] = []
    counts: dict[str, int] = {}
    shape: Shape | None = network.input_shape
    field = _Field(network.input_shape)
    for spec in network.layers:
        kind = snake_case(spec.kind)
        index = counts[kind] = counts.get(kind, -1) + 1
        name = f"{kind}_{index}" if index else kind
        row = Row(name, spec, None, None, {}, 0, None) if shape is None else _row(name, spec, shape, field)
        rows.append(row)
        shape = row.output_shape
    return tuple(rows)


def check(network: Architecture) -> tuple[Row, ...]:
    """The outline of a network that can be trained. Raises `CnnError` for one that cannot, with the number of the
    layer, from 1, and what would be possible."""
    rows = outline(network)
    if not rows:
        raise CnnError("the network has no layers; add at least a Dense layer with softmax or sigmoid")
    for number, row in enumerate(rows, 1):
        if row.trouble is not None:
            raise CnnError("layer {number}, {layer}: {reason}", number=number, layer=row.name, reason=row.trouble)
    total = sum(row.parameters for row in rows)
    if total > WEIGHTS:
        raise CnnError("the network has {count:,} parameters; the limit is {most:,}", count=total, most=WEIGHTS)
    loss_of(network)
    return rows


def loss_of(network: Architecture) -> LossName:
    """The loss that fits the network's answer: cross-entropy of one probability for each class (softmax), or of a
    single one (sigmoid). Raises `CnnError` for any other answer."""
    rows = outline(network)
    shape = rows[-1].output_shape if rows else network.input_shape
    activation = next((name for spec in reversed(network.layers) if (name := _activation(spec))), None)
    if shape is not None and len(shape) == 1:
        if activation == "softmax" and shape[0] > 1:
            return "sparse_categorical_crossentropy"
        if activation == "sigmoid" and shape[0] == 1:
            return "binary_crossentropy"
    raise CnnError(
        "the network must end in probabilities: a Dense layer with softmax and a unit for each class, or with sigmoid "
        "and one unit; it ends in {shape} with {activation}",
        shape="x".join(map(str, shape or ())),
        activation=activation or "linear",
    )


def classes_of(network: Architecture) -> int:
    """The number of classes the network tells apart: its last units, and 2 for a single one."""
    return max(2, (outline(network)[-1].output_shape or (1,))[-1])


def _activation(spec: LayerSpec) -> str | None:
    """The activation of a layer; None for one that passes on the values of the layer before, such as Dropout."""
    if spec.kind in ("Conv2D", "DepthwiseConv2D", "Dense", "Activation"):
        return str(spec.value("activation"))
    if spec.kind == "Softmax":
        return "softmax"
    return None if spec.kind in ("Dropout", "Flatten") else spec.kind


def _row(name: str, spec: LayerSpec, shape: Shape, field: _Field) -> Row:
    """The row of a layer that gets values of `shape`; `field` moves on to its outputs."""
    layer = spec.layer(name)
    try:
        output = layer.compute_output_shape(shape)
        check_output(name, output)
    except CnnError as error:
        return Row(name, spec, shape, None, {}, 0, None, _with_remedy(spec, shape, error))
    weights = layer.weight_shapes(shape)
    field.pass_through(spec, of_maps=len(shape) == 3)
    parameters = sum(math.prod(one) for one in weights.values())
    return Row(name, spec, shape, output, weights, parameters, field.size)


def _with_remedy(spec: LayerSpec, shape: Shape, error: CnnError) -> CnnError:
    """The error in the words of the list: what the layer needs, and what would be possible."""
    if len(shape) != 3 and (spec.kind in _WINDOWS or spec.kind in ("GlobalAveragePooling2D", "ZeroPadding2D")):
        return CnnError(
            "{kind} needs maps, but here is a row of {count:,} numbers; move it before Flatten",
            kind=spec.kind,
            count=math.prod(shape),
        )
    if len(shape) == 3 and spec.kind in _WINDOWS:
        rows, columns = (
            (size - 1) * apart + 1
            for size, apart in zip(
                _pair(spec.value(_size_option(spec))),
                _pair(spec.value("dilation_rate") if "Conv" in spec.kind else 1),
                strict=True,
            )
        )
        if rows > shape[0] or columns > shape[1]:
            return CnnError(
                "the window has {rows}x{columns} cells, the maps only {height}x{width}; {option} can be at most "
                "{most} here, or padding 'same'",
                rows=rows,
                columns=columns,
                height=shape[0],
                width=shape[1],
                option=_size_option(spec),
                most=min(shape[:2]),
            )
    return error


def _size_option(spec: LayerSpec) -> str:
    return "kernel_size" if spec.kind in ("Conv2D", "DepthwiseConv2D") else "pool_size"


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)


class _Field:
    """The receptive field on its way through the layers, in rows and columns of the picture."""

    def __init__(self, picture: Shape) -> None:
        self._picture = picture[:2]
        self._size = [1, 1]
        self._jump = [1, 1]

    @property
    def size(self) -> tuple[int, int]:
        rows, columns = (min(size, whole) for size, whole in zip(self._size, self._picture, strict=True))
        return rows, columns

    def pass_through(self, spec: LayerSpec, *, of_maps: bool) -> None:
        if spec.kind == "GlobalAveragePooling2D" or (spec.kind == "Dense" and not of_maps):
            self._size = list(self._picture)  # each value depends on all before it
        elif spec.kind in _WINDOWS:
            window = _pair(spec.value(_size_option(spec)))
            strides = spec.value("strides")
            apart = _pair(spec.value("dilation_rate") if "Conv" in spec.kind else 1)
            for axis, stride in enumerate(_pair(window if strides is None else strides)):
                self._size[axis] += (window[axis] - 1) * apart[axis] * self._jump[axis]
                self._jump[axis] *= stride
