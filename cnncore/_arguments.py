"""Validation of arguments that are not arrays: integers, pairs, padding, numbers, flags and names.

Each function returns the argument in canonical form, or raises a `CnnError` that names the argument, shows the value
given and says what is valid. Nothing else is raised, whatever an unusual object does when asked for its value. Arrays
are validated by `cnncore._arrays`.
"""

from __future__ import annotations

import operator
import reprlib
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from numbers import Number
from typing import Any, Literal, SupportsFloat, SupportsIndex, TypeAlias, TypeVar

from cnncore.errors import CnnError

IntOrPair: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
"""One integer for rows and columns, or (rows, columns)."""
Padding: TypeAlias = Literal["valid", "same"] | SupportsIndex | Sequence[Sequence[SupportsIndex]]
"""A mode, one number of zeros for all four sides, or ((top, bottom), (left, right))."""
Real: TypeAlias = SupportsFloat
T = TypeVar("T")
Pads: TypeAlias = tuple[tuple[int, int], tuple[int, int]]

MAX_BYTES = 2**62
"""Larger allocations are refused; the limit keeps every product of sizes within 64 bits."""

FLOAT32_MAX = (2 - 2**-24) * 2.0**127
"""Smaller magnitudes round to a finite float32: the largest float32 plus half a unit (IEEE 754, binary32)."""

_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = 80
_short.maxlist = _short.maxtuple = _short.maxset = _short.maxfrozenset = _short.maxdict = 8


def described(value: object) -> str:
    """Return a short, one-line `repr(value)` for a message, even if `repr` fails."""
    try:
        return " ".join(_short.repr(value).split())
    except Exception:
        if isinstance(value, int):  # Python writes no integer of more than 4,300 digits
            return f"an integer of {value.bit_length()} bits"
        return f"an object of the class {type(value).__name__}"


def integer(value: Any, name: str, *, at_least: int) -> int:
    """Return `value` as an int. Floats and bools are refused; an integer array without axes is accepted."""
    if not isinstance(value, bool):
        try:
            number = operator.index(value)
        except Exception:  # TypeError, or anything an object's own __index__ raises
            pass
        else:
            if number < at_least:
                raise CnnError(
                    "{name} must be at least {at_least}, got {value}",
                    name=name,
                    at_least=at_least,
                    value=described(number),
                )
            if number > MAX_BYTES:
                raise CnnError("{name} is too large: {value}", name=name, value=described(number))
            return number
    raise CnnError("{name} must be an integer, got {value}", name=name, value=described(value))


def counted(value: Any, name: str, count: int) -> int:
    """Return `value` as an index from 0 to `count` - 1."""
    index = integer(value, name, at_least=-MAX_BYTES)
    if not 0 <= index < count:
        raise CnnError("{name} is {value}; it must be from 0 to {last}", name=name, value=index, last=count - 1)
    return index


def one_of(value: Any, name: str, names: Iterable[str]) -> str:
    """Return `value`, which must be one of `names`."""
    if isinstance(value, str) and value in names:
        return value
    raise CnnError(
        "{name} is {value}; it must be one of {names}", name=name, value=described(value), names=", ".join(names)
    )


def items(value: Any) -> list[Any] | None:
    """Return the items of a sequence, or of an array with axes. None for anything else: text, sets, dicts, numbers."""
    if isinstance(value, (str, bytes, bytearray, memoryview)):
        return None
    try:
        if isinstance(value, Sequence):
            return list(value)
        if not isinstance(value, type) and getattr(value, "ndim", None):
            listed = value.tolist()
            return listed if isinstance(listed, list) else None
    except Exception:  # an unusual object's own methods may raise anything
        pass
    return None


def pair(value: Any, name: str, *, at_least: int = 1) -> tuple[int, int]:
    """Return (rows, columns) from one integer or two, as Keras takes `strides`, `pool_size` and `dilation_rate`."""
    sides = items(value)
    if (sides is None and _is_container(value)) or (sides is not None and len(sides) != 2):
        raise CnnError(
            "{name} must be one integer or two (rows, columns), got {value}", name=name, value=described(value)
        )
    if sides is None:
        number = integer(value, name, at_least=at_least)
        return number, number
    return integer(sides[0], name, at_least=at_least), integer(sides[1], name, at_least=at_least)


def _is_container(value: Any) -> bool:
    """True for text, a set, a dict, which cannot be one integer for several values."""
    return hasattr(type(value), "__len__") and not hasattr(type(value), "__index__")


def sizes(value: Any, name: str) -> tuple[int, ...]:
    """Return a shape without the batch axis: integers of at least 1."""
    lengths = items(value)
    if lengths is None:
        raise CnnError("{name} must be a shape such as (28, 28, 1), got {value}", name=name, value=described(value))
    return tuple(integer(size, name, at_least=1) for size in lengths)


def explicit_padding(padding: Any, *, names: str = "") -> Pads:
    """Return ((top, bottom), (left, right)) from one integer or all four; `names` lists modes that are also valid."""
    axes = items(padding)
    if axes is None and not _is_container(padding):
        number = integer(padding, "padding", at_least=0)
        return (number, number), (number, number)
    sides = [items(side) for side in axes or ()]
    if len(sides) != 2 or any(side is None or len(side) != 2 for side in sides):
        raise CnnError(
            "padding must be {names}an integer or ((top, bottom), (left, right)), got {value}",
            names=names,
            value=described(padding),
        )
    rows, columns = (tuple(integer(p, "padding", at_least=0) for p in side or ()) for side in sides)
    return (rows[0], rows[1]), (columns[0], columns[1])


def padding_of(padding: Any) -> Literal["valid", "same"] | Pads:
    """Return padding in canonical form: one of the two modes, or the zeros on each side."""
    if isinstance(padding, str):
        if padding == "valid":
            return "valid"
        if padding == "same":
            return "same"
    return explicit_padding(padding, names='"valid", "same", ')


def number(value: Any, name: str, *, at_least: float | None = None, finite: bool = False) -> float:
    """Return `value` as a float: a Python or numpy number, a fraction, a decimal, or an array without axes."""
    given = value
    try:
        if getattr(given, "shape", None) == () and not isinstance(given, Number):
            given = given.item()
        if isinstance(given, bool) or not isinstance(given, Number):
            raise TypeError
        result = float(given)  # type: ignore[arg-type]  # complex raises TypeError
    except OverflowError:
        raise CnnError("{name} is too large: {value}", name=name, value=described(value)) from None
    except Exception:  # TypeError, or anything an object's own methods raise
        raise CnnError("{name} must be one number, got {value}", name=name, value=described(value)) from None
    if finite and not isfinite(result):
        raise CnnError("{name} must be a finite number, got {value}", name=name, value=described(value))
    if at_least is not None and not result >= at_least:
        raise CnnError("{name} must be at least {at_least}, got {value}", name=name, at_least=at_least, value=result)
    return result


def float32_number(value: Any, name: str, *, at_least: float | None = None, finite: bool = False) -> float:
    """Return `value` as `number` does, but refuse a finite value that float32 would turn into infinity."""
    result = number(value, name, at_least=at_least, finite=finite)
    if isfinite(result) and abs(result) >= FLOAT32_MAX:
        raise CnnError(
            "{name} has the value {value}, which does not fit {dtype}",
            name=name,
            value=described(value),
            dtype="float32",
        )
    return result


def instance(value: Any, kind: type[T], name: str) -> T:
    """Return `value`, which must be an instance of `kind`."""
    if isinstance(value, kind):
        return value
    raise CnnError("{name} must be a {kind}, got {value}", name=name, kind=kind.__name__, value=described(value))


def text(value: Any, name: str) -> str:
    """Return a str that can be encoded: lone surrogates are refused."""
    if isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value):
        return str(value)
    raise CnnError("{name} must be text, got {value}", name=name, value=described(value))


def switch(value: Any, name: str) -> bool:
    """Return a Python or numpy bool; other truthy or falsy values are refused."""
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    raise CnnError("{name} must be True or False, got {value}", name=name, value=described(value))


def refuse_others(kind: str, others: Mapping[str, Any], without_effect: Mapping[str, Any]) -> None:
    """Raise `CnnError` naming the first of Keras's arguments `others` that is unknown, or has another value than the
    one that changes nothing. None and a `name` always pass."""
    for argument, value in others.items():
        if argument != "name" and argument not in without_effect:
            raise CnnError("{kind} has no argument {argument}", kind=kind, argument=repr(argument))
        if value is not None and argument != "name" and value != without_effect[argument]:
            raise CnnError(
                "{kind} has {argument}={value}, which is not supported; it must be {needs}",
                kind=kind,
                argument=argument,
                value=described(value),
                needs=repr(without_effect[argument]),
            )
