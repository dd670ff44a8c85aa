"""A process-wide setting that can be set, reset, and overridden inside a `with` block."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import ContextDecorator
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class Setting(Generic[T]):
    """The value in force is that of the most recently opened block, or the last one given to `set` if none is open.

    Blocks are kept in a list, and each removes its own entry when it exits. So blocks of several threads, tasks or
    generators may exit in any order, and after the last one the value given to `set` is in force again. (If each block
    saved and restored the previous value, one block could restore the value of another.)

    `apply` puts a value into force; None is the default. It is called with `lock` held; while you hold `lock`, the
    setting cannot change.
    """

    def __init__(self, apply: Callable[[T | None], None]) -> None:
        self._apply = apply
        self._set: T | None = None
        self._open: list[tuple[Block[T], int]] = []  # and the thread that opened it
        self.lock = threading.RLock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)

    def set(self, value: T | None) -> None:
        """Put a value into force at once or, while blocks are open, when the last of them exits."""
        with self.lock:
            if not self._open:
                self._apply(value)
            self._set = value

    def block(self, value: T) -> Block[T]:
        """Return a context manager or decorator; it is reusable and reentrant."""
        return Block(self, value)

    def enter(self, block: Block[T]) -> None:
        with self.lock:
            self._apply(block.value)
            self._open.append((block, threading.get_ident()))

    def leave(self, block: Block[T]) -> None:
        with self.lock:
            for at in reversed(range(len(self._open))):
                if self._open[at][0] is block:
                    del self._open[at]
                    self._apply(self._current())
                    break

    def _current(self) -> T | None:
        return self._open[-1][0].value if self._open else self._set

    def _after_fork(self) -> None:
        """Drop the blocks of other threads in a forked child, where nothing would ever close them."""
        self.lock = threading.RLock()
        here = [entry for entry in self._open if entry[1] == threading.get_ident()]
        if len(here) != len(self._open):
            self._open = here
            self._apply(self._current())


class Block(ContextDecorator, Generic[T]):
    """See `Setting.block`."""

    def __init__(self, setting: Setting[T], value: T) -> None:
        self._setting, self.value = setting, value

    def __enter__(self) -> None:
        self._setting.enter(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._setting.leave(self)
