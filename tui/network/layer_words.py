"""What the network screen says: layers, places, pictures and scales in words. Pure functions."""

from __future__ import annotations

from cnncore.network import Layer
from cnncore.network.layer import Shape
from tui.drawing.numbers import short as short_number
from tui.i18n import N_, _
from tui.network.state import INPUT, Depth, Microscope, ScaleName

SCALE_TITLES: dict[ScaleName, str] = {
    "map": N_("each map"),
    "layer": N_("this layer"),
    "network": N_("the whole network"),
}


def shape_text(shape: Shape) -> str:
    """26x26x64."""
    return "x".join(map(str, shape))


def layer_name(scope: Microscope, layer: int) -> str:
    return _("Input") if layer == INPUT else scope.layers[layer].name


def settings(layer: Layer) -> str:
    """What makes a layer what it is, in Keras's words: 3x3, strides 2x2, same, relu."""
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
            parts.append(f"{name} {shape_text(value) if isinstance(value, tuple) else value}")
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


def maps_text(scope: Microscope) -> str:
    """How much the layer at hand gives: 64 maps of 11x11, or 128 units."""
    rows, columns, maps = scope.size
    if scope.is_row:
        words = _("{count} units") if scope.unit_weights is not None else _("{count} values")
        return words.format(count=f"{maps:,}")
    return _("{count} maps of {size}").format(count=f"{maps:,}", size=f"{rows}x{columns}")


def trail_names(scope: Microscope) -> list[tuple[Depth, str]]:
    """The breadcrumb's parts, each with the depth it leads to."""
    found = [(Depth.NETWORK, _("Network"))]
    if scope.depth >= Depth.LAYER:
        found.append((Depth.LAYER, layer_name(scope, scope.layer)))
        if scope.is_row:
            found.append((Depth.LAYER, _("value {number}").format(number=scope.map)))
        else:
            found.append((Depth.LAYER, _("map {number}").format(number=scope.map)))
    if scope.depth >= Depth.NEURON and not scope.is_row:
        found.append((Depth.NEURON, f"[{scope.row}, {scope.column}]"))
    elif scope.depth >= Depth.NEURON:
        found.append((Depth.NEURON, _("arithmetic")))
    return found


def scale_text(scope: Microscope, *, short: bool = False) -> str:
    """The colour scale and its end: what is drawn brightest."""
    own, most = _("Scale s: {scale}, its own max"), _("Scale s: {scale}, max {value}")
    if short:
        own, most = _("s: {scale}, own max"), _("s: {scale}, max {value}")
    largest = scope.shot.largest(scope.layer, scope.scale, scope.map)
    shown = short_number(largest)
    if scope.scale == "map" and not scope.is_row:
        if scope.depth == Depth.NETWORK:
            return own.format(scale=_(SCALE_TITLES["map"]))
        return most.format(scale=_("this map"), value=shown)
    name: ScaleName = "network" if scope.scale == "network" else "layer"
    return most.format(scale=_(SCALE_TITLES[name]), value=shown)


def largest_texts(scope: Microscope) -> tuple[str, ...]:
    """That the value under the cursor is the largest of its map, or of its row of numbers, where it is: at length and
    shortly."""
    if not scope.is_largest:
        return ()
    if scope.is_row:
        return _("the largest of these values"), _("the largest")
    return _("the largest value of this map"), _("its largest")
