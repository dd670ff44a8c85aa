"""Exports of the backward view: the gradients of a map, of a layer and of its weights, and the terms of a gradient."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cnncore._files import write_text
from cnncore.backward import WeightExplanation
from cnncore.datasets.values import save_values
from cnncore.network.keras_code import save_weights
from tui.export.menu import Item, Saver, single_file
from tui.i18n import N_
from tui.network.backward_state import Explained
from tui.network.cursor import Depth
from tui.network.gradient_rows import gradient_rows
from tui.network.state import NetworkState

GRADIENT_MAP = Item(
    "gradient-map", "g", N_("The gradients of this map: .npy or .csv"), "cnn-gradient.npy", (".npy", ".csv")
)
GRADIENTS = Item("gradients", "b", N_("All gradients of this layer: .npy"), "cnn-gradients.npy", (".npy",))
WEIGHT_GRADIENTS = Item(
    "weight-gradients", "w", N_("The gradients of this layer's weights: .npz"), "cnn-weight-gradients.npz", (".npz",)
)
GRADIENT_TERMS = Item(
    "gradient-terms", "t", N_("All terms of this gradient: .csv"), "cnn-gradient-terms.csv", (".csv",)
)


def backward_items(state: NetworkState) -> list[Item]:
    """The gradients that can be exported from the current view; none while it looks forwards."""
    cursor, gradients = state.cursor, state.backward.gradients
    if gradients is None:
        return []
    items = [GRADIENT_MAP, GRADIENTS] if not cursor.one_value_per_map else [GRADIENTS]
    if cursor.current_layer is not None and "kernel" in cursor.current_layer.weights:
        items.append(WEIGHT_GRADIENTS)
    return [*items, GRADIENT_TERMS] if cursor.depth == Depth.VALUE else items


def backward_saver(state: NetworkState, item: Item) -> Saver:
    """The saver of an item of `backward_items`, for the state as it is now."""
    cursor, gradients = state.cursor, state.backward.gradients
    assert gradients is not None
    layer, maps = cursor.layer, gradients.maps
    if item is WEIGHT_GRADIENTS:
        network = maps.network
        return single_file(item, lambda path: save_weights(network, layer, layer, path))
    if item is GRADIENT_TERMS:
        explained = state.backward.explained(cursor)
        assert explained is not None
        return single_file(item, lambda path: save_gradient_terms(explained, path))
    values: Any = maps.values(layer) if item is GRADIENTS else maps.maps(layer)[:, :, cursor.map]
    return single_file(item, lambda path: save_values(values, path))


def save_gradient_terms(explained: Explained, path: Path) -> None:
    """Write a line for each term in order: its coordinates, and the two numbers whose product it is, exactly."""
    rows = gradient_rows(explained, "index")
    titles = [f"at_{axis}" for axis in range(len(rows.widths))]
    names = ("value", "gradient") if isinstance(explained, WeightExplanation) else ("gradient", "weight")
    lines = [",".join([*titles, *names, "product"])]
    for row in rows.rows:
        numbers = (float(column[row]) for column in (rows.first, rows.second, rows.products))
        lines.append(",".join(map(repr, (*rows.place(row), *numbers))))
    write_text("\n".join([*lines, ""]), path)
