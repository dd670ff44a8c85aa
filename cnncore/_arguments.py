"""The one door for arguments that are no arrays: whole numbers, pairs, padding, numbers, switches and names.

Each function gives the argument in its one plain form, or raises a `CnnError` that names it, shows what was given and
says what would be right. Whatever an odd object does when it is asked for its value, nothing else is raised. Arrays
come in through `cnncore._arrays`.
"""

from __future__ import annotations

import operator
import reprlib
from collections.abc import Sequence
from math import isfinite
from numbers import Number
from typing import Any, Literal, SupportsFloat, SupportsIndex, TypeAlias, TypeVar

from cnncore.errors import CnnError

IntOrPair: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
"""One whole number for rows and columns, or (rows, columns)."""
Padding: TypeAlias = Literal["valid", "same"] | SupportsIndex | Sequence[Sequence[SupportsIndex]]
"""A name, one number of zeros for all four sides, or ((top, bottom), (left, right))."""
Real: TypeAlias = SupportsFloat
T = TypeVar("T")
Pads: TypeAlias = tuple[tuple[int, int], tuple[int, int]]

MAX_BYTES = 2**62
"""More than this much memory is not asked of any machine; it keeps every product of sizes inside 64 bits."""

FLOAT32_MAX = (2 - 2**-24) * 2.0**127
"""Smaller than this rounds to a finite float32: the largest one and half a step (IEEE 754, binary32)."""

_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = 80
_short.maxlist = _short.maxtuple = _short.maxset = _short.maxfrozenset = _short.maxdict = 8


def described(value: object) -> str:
    """`repr(value)` for a sentence: short, of one line, and something even where `repr` fails."""
    try:
        return " ".join(_short.repr(value).split())
    except Exception:
        if isinstance(value, int):  # Python writes no integer of more than 4,300 digits
            return f"an integer of {value.bit_length()} bits"
        return f"an object of the class {type(value).__name__}"


def integer(value: Any, name: str, *, at_least: int) -> int:
    """`value` as an int. Floats and bools are not integers, even whole ones; an integer array without axes is one."""
    if not isinstance(value, bool):
        try:
            number = operator.index(value)
        except Exception:  # TypeError, or what an object's own __index__ raises
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
    """An integer that counts one of `count` from 0."""
    found = integer(value, name, at_least=-MAX_BYTES)
    if not 0 <= found < count:
        raise CnnError("{name} is {value}; it must be from 0 to {last}", name=name, value=found, last=count - 1)
    return found


def items(value: Any) -> list[Any] | None:
    """What a sequence, or an array with axes, holds in order. None for everything else: text, sets, dicts, numbers."""
    if isinstance(value, (str, bytes, bytearray, memoryview)):
        return None
    try:
        if isinstance(value, Sequence):
            return list(value)
        if not isinstance(value, type) and getattr(value, "ndim", None):
            found = value.tolist()
            return found if isinstance(found, list) else None
    except Exception:  # what an odd object's own methods raise
        pass
    return None


def pair(value: Any, name: str, *, at_least: int = 1) -> tuple[int, int]:
    """An integer, or two of them (rows, columns), as Keras takes `strides`, `pool_size` and `dilation_rate`."""
    wrong = CnnError(
        "{name} must be one integer or two (rows, columns), got {value}", name=name, value=described(value)
    )
    found = items(value)
    if found is None:
        number = _one(value, name, at_least, wrong)
        return number, number
    if len(found) != 2:
        raise wrong
    return integer(found[0], name, at_least=at_least), integer(found[1], name, at_least=at_least)


def _one(value: Any, name: str, at_least: int, wrong: CnnError) -> int:
    """The integer that stands for several; `wrong` for what was meant as several: text, a set, a dict."""
    if hasattr(type(value), "__len__") and not hasattr(type(value), "__index__"):
        raise wrong
    return integer(value, name, at_least=at_least)


def sizes(value: Any, name: str) -> tuple[int, ...]:
    """A shape without the batch: integers of at least 1."""
    found = items(value)
    if found is None:
        raise CnnError("{name} must be a shape such as (28, 28, 1), got {value}", name=name, value=described(value))
    return tuple(integer(size, name, at_least=1) for size in found)


def explicit_padding(padding: Any, *, names: str = "") -> Pads:
    """((top, bottom), (left, right)) of one integer or of the four; `names` are those that would be right, too."""
    wrong = CnnError(
        "padding must be {names}an integer or ((top, bottom), (left, right)), got {value}",
        names=names,
        value=described(padding),
    )
    found = items(padding)
    if found is None:
        number = _one(padding, "padding", 0, wrong)
        return (number, number), (number, number)
    sides = [items(side) for side in found]
    if len(sides) != 2 or any(side is None or len(side) != 2 for side in sides):
        raise wrong
    rows, columns = (tuple(integer(p, "padding", at_least=0) for p in side or ()) for side in sides)
    return (rows[0], rows[1]), (columns[0], columns[1])


def padding_of(padding: Any) -> Literal["valid", "same"] | Pads:
    """Padding in its plain form: one of the two names, or zeros for each side."""
    if isinstance(padding, str):
        if padding == "valid":
            return "valid"
        if padding == "same":
            return "same"
    return explicit_padding(padding, names='"valid", "same", ')


def number(value: Any, name: str, *, at_least: float | None = None, finite: bool = False) -> float:
    """`value` as a float: Python's or numpy's numbers, fractions, decimals, or an array of one of them without axes."""
    given = value
    try:
        if getattr(given, "shape", None) == () and not isinstance(given, Number):
            given = given.item()
        if isinstance(given, bool) or not isinstance(given, Number):
            raise TypeError
        found = float(given)  # type: ignore[arg-type]  # complex raises TypeError
    except OverflowError:
        raise CnnError("{name} is too large: {value}", name=name, value=described(value)) from None
    except Exception:  # TypeError, or what an object's own methods raise
        raise CnnError("{name} must be one number, got {value}", name=name, value=described(value)) from None
    if finite and not isfinite(found):
        raise CnnError("{name} must be a finite number, got {value}", name=name, value=described(value))
    if at_least is not None and not found >= at_least:
        raise CnnError("{name} must be at least {at_least}, got {value}", name=name, at_least=at_least, value=found)
    return found


def float32_number(value: Any, name: str, *, at_least: float | None = None, finite: bool = False) -> float:
    """`number`, refused where it is finite and float32 would make it infinite."""
    found = number(value, name, at_least=at_least, finite=finite)
    if isfinite(found) and abs(found) >= FLOAT32_MAX:
        raise CnnError(
            "{name} has the value {value}, which does not fit {dtype}",
            name=name,
            value=described(value),
            dtype="float32",
        )
    return found


def instance(value: Any, kind: type[T], name: str) -> T:
    """`value` itself, which must be of the class `kind`."""
    if isinstance(value, kind):
        return value
    raise CnnError("{name} must be a {kind}, got {value}", name=name, kind=kind.__name__, value=described(value))


def text(value: Any, name: str) -> str:
    """A str that can be written to a file: one with half of a surrogate pair cannot."""
    if isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value):
        return str(value)
    raise CnnError("{name} must be text, got {value}", name=name, value=described(value))


def switch(value: Any, name: str) -> bool:
    """True or False, numpy's too; not what merely counts as one."""
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    raise CnnError("{name} must be True or False, got {value}", name=name, value=described(value))
