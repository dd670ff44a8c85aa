"""Layers, maps and colour scales in words."""

from __future__ import annotations

from cnncore.network import Layer
from cnncore.network.layer import Shape
from tui.drawing.numbers import short as short_number
from tui.drawing.numbers import significant
from tui.i18n import N_, _
from tui.network.activations import INPUT, ScaleName
from tui.network.cursor import Cursor, Depth

SCALE_TITLES: dict[ScaleName, str] = {
    "map": N_("each map"),
    "layer": N_("this layer"),
    "network": N_("the whole network"),
}


def compact_shape(shape: Shape) -> str:
    """26x26x64."""
    return "x".join(map(str, shape))


def layer_name(cursor: Cursor, layer: int) -> str:
    return _("Input") if layer == INPUT else cursor.layers[layer].name


def shown_name(cursor: Cursor) -> str:
    """The current layer, or that these are its gradients."""
    name = layer_name(cursor, cursor.layer)
    return _("gradient of {layer}").format(layer=name) if cursor.activations.gradients else name


def settings(layer: Layer) -> str:
    """A layer's settings that are not Keras's defaults, in Keras's words: 3x3, strides 2x2, same, relu."""
    config = dict(layer.config)
    parts = []
    kernel = layer.weights.get("kernel")
    if kernel is not None and kernel.ndim == 4:
        parts.append(f"{kernel.shape[0]}x{kernel.shape[1]}")
    if pool := config.get("pool_size"):
        parts.append(f"{pool[0]}x{pool[1]}")
    for name, usual in (("strides", config.get("pool_size", (1, 1))), ("dilation_rate", (1, 1)), ("groups", 1)):
        value = config.get(name, usual)
        if value != usual:
            parts.append(f"{name} {compact_shape(value) if isinstance(value, tuple) else value}")
    padding = config.get("padding", "valid")
    if padding != "valid":
        parts.append("same" if padding == "same" else f"padding {padding}")
    for name in ("rate", "scale", "offset", "epsilon", "max_value", "negative_slope", "threshold"):
        value = config.get(name)
        if isinstance(value, float) and value:
            parts.append(f"{name} {short_number(value, 4) if abs(value) >= 1e-3 else format(value, '.2g')}")
    activation = config.get("activation", "linear")
    if activation != "linear":
        parts.append(str(activation))
    return ", ".join(parts)


def maps_text(cursor: Cursor) -> str:
    """The size of the current layer's output: 64 maps of 11x11, or 128 units."""
    rows, columns, maps = cursor.size
    if cursor.is_row:
        words = _("{count} units") if cursor.unit_weights is not None else _("{count} values")
        return words.format(count=f"{maps:,}")
    return _("{count} maps of {size}").format(count=f"{maps:,}", size=f"{rows}x{columns}")


def trail_names(cursor: Cursor) -> list[tuple[Depth, str]]:
    """The parts of the breadcrumb, each with the depth it leads to."""
    parts = [(Depth.NETWORK, _("Network"))]
    if cursor.depth >= Depth.LAYER:
        parts.append((Depth.LAYER, layer_name(cursor, cursor.layer)))
        if cursor.is_row:
            parts.append((Depth.LAYER, _("value {number}").format(number=cursor.map)))
        else:
            parts.append((Depth.LAYER, _("map {number}").format(number=cursor.map)))
    if cursor.depth >= Depth.VALUE and not cursor.is_row:
        parts.append((Depth.VALUE, f"[{cursor.row}, {cursor.column}]"))
    elif cursor.depth >= Depth.VALUE:
        parts.append((Depth.VALUE, _("arithmetic")))
    return parts


def scale_text(cursor: Cursor, *, short: bool = False) -> str:
    """The colour scale, with the value that is drawn brightest."""
    own, most = _("Scale s: {scale}, its own max"), _("Scale s: {scale}, max {value}")
    if short:
        own, most = _("s: {scale}, own max"), _("s: {scale}, max {value}")
    largest = cursor.activations.largest(cursor.layer, cursor.scale, cursor.map)
    shown = significant(largest, 3) if cursor.activations.gradients else short_number(largest)
    if cursor.scale == "map" and not cursor.is_row:
        if cursor.depth == Depth.NETWORK:
            return own.format(scale=_(SCALE_TITLES["map"]))
        return most.format(scale=_("this map"), value=shown)
    name: ScaleName = "network" if cursor.scale == "network" else "layer"
    return most.format(scale=_(SCALE_TITLES[name]), value=shown)


def value_text(cursor: Cursor, value: float) -> str:
    """A value, or a gradient, which can be tiny."""
    return significant(value) if cursor.activations.gradients else short_number(value, 6)


def unit_text(unit: float) -> str:
    """The power of ten by which the numbers beside it are multiplied: "x 1e-05"; empty for 1."""
    return "" if unit == 1 else f"x {unit:.0e}"


def largest_texts(cursor: Cursor) -> tuple[str, ...]:
    """Notes, long and short, that the current value is the largest of its map or row of numbers; none if it is not."""
    if not cursor.is_largest or cursor.activations.gradients:
        return ()
    if cursor.is_row:
        return _("the largest of these values"), _("the largest")
    return _("the largest value of this map"), _("its largest")
