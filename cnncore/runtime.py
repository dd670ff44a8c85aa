"""Threads, instruction set and exactness of the C core, for the whole process.

They are settings of the process, not of a thread, a task or a context: the core's own threads work for every caller,
and weights made ready for one instruction set are shared. `set_...` sets one, `set_...(None)` puts the default back,
and `use_...` changes it for the length of a `with` block, whose nesting ends right in whatever order blocks of several
threads, tasks or generators end (see `cnncore._setting`). A process that is spawned begins with the defaults.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from cnncore._arguments import described, integer, switch
from cnncore._cnn import ffi, lib
from cnncore._setting import Setting
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
    """Return the maximum number of threads of an operation: `CNNCORE_NUM_THREADS`, or the available processors."""
    count: int = lib.cnn_get_num_threads()
    return count


def _thread_count(n: int) -> int:
    n = integer(n, "n", at_least=1)
    if n > MAX_THREADS:
        raise CnnError("n must be at most {limit}, got {value}", limit=MAX_THREADS, value=n)
    return n


_THREADS: Setting[int] = Setting(lambda n: _check(lib.cnn_set_num_threads(n or 0)))


def set_num_threads(n: int | None) -> None:
    """Sets how many threads an operation uses at most, from 1 to 256; None puts the default back (`get_num_threads`).

    Results do not depend on it. While `use_num_threads` blocks are open it waits for the last of them to end. Raises
    `CnnError` for any other number.
    """
    _THREADS.set(None if n is None else _thread_count(n))


def use_num_threads(n: int) -> AbstractContextManager[None]:
    """Inside the `with` block an operation uses `n` threads at most, whichever thread of the process calls it.

    Of several open blocks the one opened last counts, in whatever order they end. Raises `CnnError` as
    `set_num_threads` does, at once.
    """
    return _THREADS.block(_thread_count(n))


class _Exact:
    value: bool | None = None
    """None: as the environment says, which is asked once."""

    @classmethod
    def keep(cls, value: bool | None) -> None:
        cls.value = value


_EXACT: Setting[bool] = Setting(_Exact.keep)


def get_exact() -> bool:
    """True where convolutions that are not given `exact` are direct sums: as `set_exact` or `use_exact` said, else by
    `CNNCORE_EXACT`, "1" for yes, "0" or nothing for no. Raises `CnnError` for any other value of that."""
    exact = _Exact.value
    if exact is None:
        value = os.environ.get("CNNCORE_EXACT", "")
        if value not in ("", "0", "1"):
            raise CnnError("CNNCORE_EXACT is {value}; it must be 0 or 1", value=repr(value))
        exact = _Exact.value = value == "1"
    return exact


def set_exact(exact: bool | None) -> None:
    """Makes convolutions of this process, those of networks too, direct sums or not: see `conv2d`. None puts back what
    the environment says. While `use_exact` blocks are open it waits for the last of them to end. Raises `CnnError` for
    anything else."""
    _EXACT.set(None if exact is None else switch(exact, "exact"))


def use_exact(exact: bool) -> AbstractContextManager[None]:
    """Inside the `with` block, convolutions of this process are direct sums, or are not. Of several open blocks the one
    opened last counts. Raises `CnnError` for anything but True and False, at once."""
    return _EXACT.block(switch(exact, "exact"))


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
    """Return the instruction sets of this machine, the simplest first and the default last."""
    names: list[str] = []
    while (name := lib.cnn_isa_name(len(names))) != ffi.NULL:
        names.append(_text(name))
    return tuple(names)


def _known_isa(name: str) -> str:
    if not isinstance(name, str) or name not in available_isas():
        raise CnnError(
            "the instruction set is {value}; this machine has {names}",
            value=described(name),
            names=", ".join(available_isas()),
        )
    return name


_ISA: Setting[str] = Setting(lambda name: _check(lib.cnn_use_isa(ffi.NULL if name is None else name.encode("ascii"))))


def set_isa(name: str | None) -> None:
    """Sets the instruction set, one of `available_isas`, for every thread of the process; None puts the default back:
    the one named in `CNNCORE_ISA`, or the best this machine has.

    While `use_isa` blocks are open it waits for the last of them to end. Raises `CnnError` for any other name.
    """
    _ISA.set(None if name is None else _known_isa(name))


def use_isa(name: str) -> AbstractContextManager[None]:
    """Inside the `with` block, the instruction set `name` is in force, for every thread of the process.

    Of several open blocks the one opened last counts, in whatever order they end; after the last of them it is again as
    `set_isa` left it. Raises `CnnError` for a name that is not among `available_isas`, at once.
    """
    return _ISA.block(_known_isa(name))


@contextmanager
def settled_isa() -> Iterator[Any]:
    """Inside the `with` block no thread can change the instruction set; gives its token (see `isa_token`)."""
    with _ISA.lock:
        yield isa_token()
