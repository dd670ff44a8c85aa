"""Threads, instruction set and exactness of the C core, for the whole process.

These settings belong to the process, not to a thread, a task or a context, because the core's threads work for every
caller and packed weights are shared. `set_...(value)` changes a setting, `set_...(None)` restores its default, and
`use_...(value)` changes it inside a `with` block. Blocks of several threads, tasks or generators may overlap and exit
in any order: the most recently opened one is in force (see `cnncore._setting`). A spawned process has the defaults.
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
    """Raise `CnnError` for a status of the C core other than success."""
    if status == lib.CNN_OK:
        return
    if status == lib.CNN_NO_MEMORY:
        raise CnnError("there is not enough memory for the work space of this operation")
    if status == lib.CNN_UNKNOWN_ISA:
        raise CnnError(
            "CNNCORE_ISA is {value}; this machine has {names}",
            value=repr(os.environ.get("CNNCORE_ISA", "")),
            names=", ".join(available_isas()),
        )
    raise CnnError("the C core rejected these arguments (status {status})", status=status)


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
    """Set the maximum number of threads of an operation, 1 to 256; None restores the default (see `get_num_threads`).

    Results do not depend on it. While `use_num_threads` blocks are open, the change takes effect when the last one
    exits. Raises `CnnError` for any other number.
    """
    _THREADS.set(None if n is None else _thread_count(n))


def use_num_threads(n: int) -> AbstractContextManager[None]:
    """Return a context manager in which operations use at most `n` threads, whichever thread of the process calls them.

    Of several open blocks the most recently opened one is in force. Raises `CnnError` at once, as `set_num_threads`.
    """
    return _THREADS.block(_thread_count(n))


class _Exact:
    value: bool | None = None
    """None until the environment has been read, which happens once."""

    @classmethod
    def keep(cls, value: bool | None) -> None:
        cls.value = value


_EXACT: Setting[bool] = Setting(_Exact.keep)


def get_exact() -> bool:
    """Return the default of `exact` for convolutions (see `conv2d`).

    It is the value given to `set_exact` or `use_exact`, else that of the environment variable CNNCORE_EXACT: "1" is
    True, "0" or unset False. Raises `CnnError` for any other value of the variable.
    """
    exact = _Exact.value
    if exact is None:
        value = os.environ.get("CNNCORE_EXACT", "")
        if value not in ("", "0", "1"):
            raise CnnError("CNNCORE_EXACT is {value}; it must be 0 or 1", value=repr(value))
        exact = _Exact.value = value == "1"
    return exact


def set_exact(exact: bool | None) -> None:
    """Set the default of `exact` for all convolutions, also those of networks (see `conv2d`); None restores that of the
    environment (see `get_exact`).

    While `use_exact` blocks are open, the change takes effect when the last one exits. Raises `CnnError` for anything
    but True, False and None.
    """
    _EXACT.set(None if exact is None else switch(exact, "exact"))


def use_exact(exact: bool) -> AbstractContextManager[None]:
    """Return a context manager in which `exact` is the default of all convolutions (see `set_exact`).

    Of several open blocks the most recently opened one is in force. Raises `CnnError` at once for anything but True and
    False.
    """
    return _EXACT.block(switch(exact, "exact"))


def exact_flag(exact: Any) -> int:
    """Return the C core's flag for `exact`; None stands for the process-wide setting."""
    flag: int = lib.CNN_EXACT
    return flag if (get_exact() if exact is None else switch(exact, "exact")) else 0


def _text(pointer: Any) -> str:
    raw: bytes = ffi.string(pointer)
    return raw.decode("ascii")


def isa() -> str:
    """Return the instruction set in force: "ref" (loops), "sse2", "avx2", "avx512", "avx512vnni" or "neon"."""
    name = lib.cnn_isa()
    if name == ffi.NULL:
        _check(lib.CNN_UNKNOWN_ISA)
    return _text(name)


def isa_token() -> Any:
    """Return a token that stays equal while the same instruction set is in force; faster than `isa`."""
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
    """Set the instruction set of the process to one of `available_isas`; None restores the default: the one named in
    the environment variable CNNCORE_ISA, or the best of this machine.

    While `use_isa` blocks are open, the change takes effect when the last one exits. Raises `CnnError` for any other
    name.
    """
    _ISA.set(None if name is None else _known_isa(name))


def use_isa(name: str) -> AbstractContextManager[None]:
    """Return a context manager in which the process uses the instruction set `name`.

    Of several open blocks the most recently opened one is in force. Raises `CnnError` at once for a name that is not
    among `available_isas`.
    """
    return _ISA.block(_known_isa(name))


@contextmanager
def settled_isa() -> Iterator[Any]:
    """Keep all threads from changing the instruction set inside the block, and yield its token (see `isa_token`)."""
    with _ISA.lock:
        yield isa_token()
