"""Read-only arrays stay read-only in copies made by `copy`, `deepcopy` and `pickle`.

numpy drops the flag: a pickled or deep-copied array is writable, and with it the weights of a network that promises
not to change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")


def _arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    """The array `value`, or the arrays in a tuple, or in tuples inside it."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _arrays(each)


def _read_only(values: Mapping[str, Any]) -> tuple[str, ...]:
    found = {name: [array.flags.writeable for array in _arrays(value)] for name, value in values.items()}
    return tuple(name for name, writeable in found.items() if writeable and not any(writeable))


def _frozen(values: dict[str, Any], read_only: tuple[str, ...]) -> dict[str, Any]:
    for name in read_only:
        for array in _arrays(values[name]):
            array.setflags(write=False)
    return values


def restored(kind: type[T], values: dict[str, Any], read_only: tuple[str, ...] = ()) -> T:
    """Build an object of `kind` with the attributes `values`, without `__init__`: nothing is validated or copied
    again."""
    made = object.__new__(kind)
    for name, value in _frozen(values, read_only).items():
        object.__setattr__(made, name, value)
    return made


class Copied:
    """Base class for objects that hold arrays, with `__dict__` or `__slots__`."""

    __slots__ = ()

    _not_copied: tuple[str, ...] = ()
    """Attributes tied to this process, such as memory of the C core; they are None in a copy."""

    def __reduce__(self) -> tuple[Any, ...]:
        slots = (name for kind in type(self).__mro__ for name in getattr(kind, "__slots__", ()))
        values = {name: getattr(self, name) for name in slots if not name.startswith("__") and hasattr(self, name)}
        values |= getattr(self, "__dict__", {})
        values |= dict.fromkeys(self._not_copied)
        return restored, (type(self), values, _read_only(values))


class Named(Mapping[str, T]):
    """A read-only mapping that, unlike `types.MappingProxyType`, can be copied and pickled."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, T]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> T:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self._values)

    def __reduce__(self) -> tuple[Any, ...]:
        return _named, (self._values, _read_only(self._values))


def _named(values: dict[str, Any], read_only: tuple[str, ...]) -> Named[Any]:
    return Named(_frozen(values, read_only))
