"""Threads, instruction set and exactness of the C core, for the whole process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cnncore._arguments import described, integer, switch
from cnncore._cnn import ffi, lib
from cnncore.errors import CnnError

MAX_THREADS = 256


def _check(status: int) -> None:
    """Turns a status of the C core that is not success into a `CnnError`."""
    if status == lib.CNN_OK:
        return
    if status == lib.CNN_NO_MEMORY:
        raise CnnError("there is not enough memory for the working space of this operation")
    if status == lib.CNN_UNKNOWN_ISA:
        raise CnnError(
            "CNNCORE_ISA is {value}; this machine has {names}",
            value=repr(os.environ.get("CNNCORE_ISA", "")),
            names=", ".join(available_isas()),
        )
    raise CnnError("the C core refused these arguments (status {status})", status=status)


def get_num_threads() -> int:
    """How many threads an operation uses at most: `CNNCORE_NUM_THREADS`, or the processors this process may use."""
    count: int = lib.cnn_get_num_threads()
    return count


def set_num_threads(n: int) -> None:
    """Sets how many threads an operation uses at most, from 1 to 256. Results do not depend on it."""
    n = integer(n, "n", at_least=1)
    if n > MAX_THREADS:
        raise CnnError("n must be at most {limit}, got {value}", limit=MAX_THREADS, value=n)
    _check(lib.cnn_set_num_threads(n))


class _Exact:
    value: bool | None = None
    """None: not asked for yet, or put back to what the environment says."""


def get_exact() -> bool:
    """True where convolutions that are not given `exact` are direct sums: as `set_exact` said, else by `CNNCORE_EXACT`,
    "1" for yes, "0" or nothing for no. Raises `CnnError` for any other value of that."""
    found = _Exact.value
    if found is None:
        value = os.environ.get("CNNCORE_EXACT", "")
        if value not in ("", "0", "1"):
            raise CnnError("CNNCORE_EXACT is {value}; it must be 0 or 1", value=repr(value))
        found = _Exact.value = value == "1"
    return found


def set_exact(exact: bool | None) -> None:
    """Makes convolutions of this process, those of networks too, direct sums or not: see `conv2d`. None puts back what
    the environment says. Raises `CnnError` for anything else."""
    _Exact.value = None if exact is None else switch(exact, "exact")


def exact_flag(exact: Any) -> int:
    """The C core's flag for `exact`; None is the setting of the process."""
    flag: int = lib.CNN_EXACT
    return flag if (get_exact() if exact is None else switch(exact, "exact")) else 0


def _text(pointer: Any) -> str:
    raw: bytes = ffi.string(pointer)
    return raw.decode("ascii")


def isa() -> str:
    """The instruction set in force: "ref" (plain loops), "sse2", "avx2", "avx512" or "neon"."""
    name = lib.cnn_isa()
    if name == ffi.NULL:
        _check(lib.CNN_UNKNOWN_ISA)
    return _text(name)


def isa_token() -> Any:
    """Equal to an earlier one while the same instruction set is in force; quicker than its name."""
    return lib.cnn_isa()


def available_isas() -> tuple[str, ...]:
    """What this machine can run, the plainest first and the one taken by default last."""
    names: list[str] = []
    while (name := lib.cnn_isa_name(len(names))) != ffi.NULL:
        names.append(_text(name))
    return tuple(names)


@contextmanager
def use_isa(name: str) -> Iterator[None]:
    """Inside the `with` block, the instruction set `name` is in force, for every thread of the process."""
    if not isinstance(name, str) or name not in available_isas():
        raise CnnError(
            "the instruction set is {value}; this machine has {names}",
            value=described(name),
            names=", ".join(available_isas()),
        )
    current = lib.cnn_isa()
    before = isa() if current != ffi.NULL else available_isas()[-1]
    lib.cnn_use_isa(name.encode("ascii"))
    try:
        yield
    finally:
        lib.cnn_use_isa(before.encode("ascii"))
