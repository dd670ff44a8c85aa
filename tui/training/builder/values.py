"""The values of a layer's options: as text, as typed, and the next one in their steps."""

from __future__ import annotations

import math
from typing import Any

from cnncore.errors import CnnError
from cnncore.training.architecture import LayerSpec, Option
from tui.app.numbers import whole_number, whole_numbers
from tui.i18n import _

SIZES = {"kernel_size", "pool_size", "strides", "dilation_rate", "padding"}
"""The options that take one number, or two for rows and columns."""


def size_text(size: tuple[int, ...]) -> str:
    """A size or a shape where there is little room: 3x3x64."""
    return "x".join(map(str, size))


def value_text(option: Option, value: Any) -> str:
    """The value as it is shown and can be typed."""
    if value is None:
        return _("as the pool") if option.name == "strides" else "None"
    if isinstance(value, tuple):
        return size_text(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def next_value(option: Option, value: Any, by: int) -> tuple[Any] | None:
    """The next choice, from the last one back to the first; or the next step above or below the value. None if there is
    none."""
    values = option.choices or option.steps
    if option.choices:
        return (values[(values.index(value) + by) % len(values)] if value in values else values[0],)
    if value in values:
        at = values.index(value) + by
        return (values[at],) if 0 <= at < len(values) else None
    size = max(value) if isinstance(value, tuple) else value
    numbers = [step for step in values if step is not None]
    further = [step for step in numbers if (step > size if by > 0 else step < size)]
    return (further[0] if by > 0 else further[-1],) if further else None


def parsed(option: Option, text: str) -> Any:
    """The value that a person has typed. Raises `CnnError`; whether a layer can have it is the layer's to say."""
    text = text.strip()
    if option.choices:
        if text.lower() in option.choices:
            return text.lower()
        raise CnnError(
            "{name} is {value}; it must be one of {names}",
            name=option.name,
            value=repr(text),
            names=", ".join(option.choices),
        )
    if text.lower() in ("true", "false") and isinstance(option.default, bool):
        return text.lower() == "true"
    if option.default is None and text.lower() in ("", "none", _("as the pool")):
        return None
    if option.name in SIZES and (pair := whole_numbers(text, (1, 2), separators=",x")) is not None:
        return pair[0] if len(pair) == 1 else pair
    if (whole := whole_number(text, least=-(10**9))) is not None:
        return whole
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise CnnError("{name} is {value}; write a number", name=option.name, value=repr(text))
    return number


def layer_text(spec: LayerSpec) -> str:
    """A layer in a few words, as its call would be written: Conv2D 64, 3, relu, same."""
    parts = [
        value_text(Option(name, None), value)
        for name, value in spec.arguments.items()
        if name not in ("kernel_initializer", "momentum", "use_bias", "epsilon")
    ]
    return f"{spec.kind} {', '.join(parts)}" if parts else spec.kind
