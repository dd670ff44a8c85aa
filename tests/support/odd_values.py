"""Absurd values, and right ones for the parameters of public functions, by name."""

from __future__ import annotations

import datetime
import inspect
import warnings
from array import array
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from cnncore import CnnError


class Raising:
    """Raises on every access, as a tensor that requires grad does in `__array__`."""

    def _raise(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("asked for its value")

    __array__ = __index__ = __float__ = __int__ = __len__ = __iter__ = __getitem__ = __bool__ = __eq__ = _raise
    __repr__ = __str__ = __format__ = __lt__ = __le__ = __gt__ = __ge__ = _raise
    __hash__ = object.__hash__

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


class Lying(list):  # type: ignore[type-arg]
    """A list with a wrong length."""

    def __len__(self) -> int:
        return 2


ITSELF: list[Any] = []
ITSELF.append(ITSELF)

ODD: dict[str, Any] = {
    "None": None,
    "True": True,
    "text": "nonsense",
    "no text": "",
    "half a letter": "\ud800",
    "bytes": b"ab",
    "0": 0,
    "-1": -1,
    "2": 2,
    "1.5": 1.5,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "1e300": 1e300,
    "complex": 1j,
    "large": 2**62 + 1,
    "larger": 10**400,
    "too long to be written": 10**5000,
    "fraction": Fraction(1, 3),
    "decimal": Decimal("sNaN"),
    "set": {1, 2},
    "dict": {0: 1, 1: 2},
    "empty list": [],
    "one in a list": [1],
    "two": (2, 2),
    "three": [1, 2, 3],
    "pairs": ((0, 1), (1, 0)),
    "range": range(1, 3),
    "ragged": [[1, 2], [3]],
    "of text": [["a", "b"], ["c", "d"]],
    "of None": [[None]],
    "of large integers": [[2**70]],
    "of both signs and 64 bits": [[2**63, -1]],
    "1e300 in a list": [[1e300]],
    "true in a list": [[True]],
    "itself": ITSELF,
    "generator": (i for i in (1, 2)),
    "iterator": iter([1, 2]),
    "object": object(),
    "class": int,
    "function": len,
    "raising": Raising(),
    "of raising": [Raising(), Raising()],
    "lying": Lying([1]),
    "memory": memoryview(b"abcd"),
    "array.array": array("i", [1, 2]),
    "date": datetime.date(2020, 1, 2),
    "exception": ValueError("odd"),
    "numpy 0-d": np.array(2),
    "numpy 0-d float": np.array(0.5),
    "numpy 0-d object": np.array(None),
    "numpy scalar": np.int16(2),
    "numpy bool": np.bool_(True),
    "numpy pair": np.array([1, 2]),
    "numpy empty": np.empty((0, 0)),
    "numpy objects": np.array([[object()]]),
    "numpy text": np.array([["a"]]),
    "numpy dates": np.array([["2020-01-02"]], "M8[D]"),
    "numpy records": np.zeros((2, 2), [("a", "i4")]),
    "numpy complex": np.ones((4, 4), complex),
    "numpy bools": np.ones((4, 4), bool),
    "numpy halves": np.ones((4, 4), np.float16),
    "numpy long": np.ones((4, 4), np.longdouble),
    "numpy masked": np.ma.masked_array(np.ones((4, 4))),
    "numpy beyond float32": np.full((4, 4), 1e300),
    "numpy beyond float32, long": np.full((4, 4), np.finfo(np.float64).max / 2, np.longdouble),
    "numpy wide integers": np.arange(2**40, 2**40 + 16).reshape(4, 4),
    "numpy uint64": np.full((4, 4), 2**64 - 1, np.uint64),
    "numpy uint16": np.full((4, 4), 60000, np.uint16),
    "numpy NaN": np.full((4, 4), np.nan),
    "numpy infinity": np.full((4, 4), np.inf),
    "numpy five axes": np.ones((1, 2, 2, 1, 1)),
    "numpy swapped": np.ones((4, 4), ">f4"),
    "numpy read-only": np.broadcast_to(np.float32(1), (4, 4)),
    "dtype": np.dtype("M8[s]"),
}

RIGHT: dict[str, Any] = {
    "inputs": np.arange(16, dtype=np.float32).reshape(4, 4),
    "image": np.arange(16, dtype=np.uint8).reshape(4, 4),
    "x": np.arange(16, dtype=np.float32).reshape(4, 4) - 8,
    "kernel": np.ones((2, 2), np.float32),
    "grad": np.ones((2, 2), np.float32),
    "n": 1,
    "exact": False,
    "sums": np.arange(4.0),
}
"""The values of parameters without a default while another parameter is tested."""


def right_arguments(function: Callable[..., Any], right: Mapping[str, Any] = RIGHT) -> dict[str, Any]:
    """A right value for each parameter without a default. KeyError names an unknown one."""
    parameters = inspect.signature(function).parameters.values()
    empty = inspect.Parameter.empty
    return {p.name: right[p.name] for p in parameters if p.default is empty and p.kind is not p.VAR_KEYWORD}


def outcome(call: Callable[[], Any]) -> Any:
    """The result of `call`, or the `CnnError` that it raises. Other exceptions and warnings pass through."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return call()
        except CnnError as error:
            said = str(error)
            assert 10 < len(said) < 700, said
            assert "\n" not in said, said
            return error
