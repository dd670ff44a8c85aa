"""The table that `Sequential.summary` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncore._table import table

if TYPE_CHECKING:
    from cnncore.models.sequential import Sequential

_FLOAT32_BYTES = 4


def summary_text(model: Sequential) -> str:
    """Layers, output shapes and numbers of weights, in Keras's words."""
    built = model.built
    rows = [
        (
            f"{layer.name} ({layer.kind})",
            str((None, *(layer.output_shape or ()))) if built else "?",
            f"{layer.count_params():,}" if built else "0 (unbuilt)",
        )
        for layer in model.layers
    ]
    lines = [f'Model: "{model.name}"', table(("Layer (type)", "Output Shape", "Param #"), rows, align="llr")]
    trained = sum(layer.values[name].size for layer in model.layers for name in layer.trainable_names())
    total = sum(array.size for layer in model.layers for array in layer.values.values())
    for label, count in (("Total", total), ("Trainable", trained), ("Non-trainable", total - trained)):
        lines.append(f"{label} params: {count:,} ({size_text(count * _FLOAT32_BYTES)})")
    return "\n".join(lines)


def size_text(size: int) -> str:
    """A number of bytes as Keras writes it: "952.29 KB"."""
    value = float(size)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1024 or unit == "GB":
            return f"{value:.2f} {unit}"
        value /= 1024
    raise AssertionError
