"""The ways along the connections of a network: from a value down to its terms, and up to the values that use it."""

from __future__ import annotations

from cnncore.network.explain import Positions, feeds
from tui.drawing.numbers import short
from tui.i18n import _
from tui.network.cursor import Cursor, Index
from tui.network.state import NetworkState


def pixel_words() -> str:
    """The reason why a pixel cannot be followed."""
    return _("A pixel has no arithmetic: its value comes from the picture.")


def follow_window(cursor: Cursor) -> str:
    """Follow the middle one of the values from which the current value is computed."""
    window = cursor.window
    middle = None if window is None else window.representative
    if window is None or middle is None:
        return pixel_words()
    cursor.follow(window.layer, middle)
    return ""


def follow_term(state: NetworkState) -> str:
    """Follow the current term down to its source; unfold or fold it if it is a whole map's sum."""
    cursor, arithmetic = state.cursor, state.arithmetic
    listing = arithmetic.listing(cursor)
    if not len(listing):
        return _("This value has no terms.")
    entry = listing[min(cursor.term, len(listing) - 1)]
    if entry.source is None:
        arithmetic.fold(entry.row)
        cursor.term = arithmetic.listing(cursor).position(entry.row)
        return ""
    sources = listing.explanation.sources
    source = sources[entry.source]
    if source.padded:
        return _("This zero is padding: it has no source.")
    cursor.follow(sources.layer, source.position)
    return ""


def fed_cell(cursor: Cursor, layer: int, index: Index) -> tuple[int, int] | None:
    """The middle one of the current layer's cells that a value of an earlier layer feeds, layer by layer."""
    dimensions = cursor.activations.values(layer).ndim
    at: Index | None = index[3 - dimensions :] if dimensions < 3 else index
    while at is not None and layer < cursor.layer:
        at, layer = feeds(cursor.network, layer, at).representative, layer + 1
    return (at[0], at[1]) if at is not None and len(at) == 3 else None


def uses(cursor: Cursor) -> tuple[Positions, str]:
    """The values that use the current one, and the reason if there are none."""
    values = feeds(cursor.network, cursor.layer, cursor.index)
    if len(values):
        return values, ""
    if cursor.is_last_layer:
        return values, _("This is the network's output: no value uses it.")
    return values, _("No window uses this value.")


def uses_title(cursor: Cursor, values: Positions) -> str:
    name = cursor.layers[values.layer].name
    return _("{name}: {count} values use it").format(name=name, count=f"{len(values):,}")


def use_line(cursor: Cursor, values: Positions, number: int) -> str:
    """Use `number` in a list: its index and its value."""
    index = values[number]
    value = float(cursor.activations.values(values.layer)[index])
    return f"[{', '.join(map(str, index))}] = {short(value, 6)}"
