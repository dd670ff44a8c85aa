"""A setting of the whole process that can be set, put back, and changed for the length of a `with` block."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import ContextDecorator
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class Setting(Generic[T]):
    """In force is the value of the block opened last of those still open, else what `set` was given last.

    Blocks are kept in a list, and each takes out its own entry when it ends. So they may end in any order, as those of
    threads, tasks and generators do, and once the last one has ended what `set` gave is in force again. A block that
    kept for itself the value it found would put back another block's.

    `apply` makes a value the one in force; None is the default, whatever that is. It is called with `lock` held; who
    holds `lock` can rely on the setting to stay as it is.
    """

    def __init__(self, apply: Callable[[T | None], None]) -> None:
        self._apply = apply
        self._set: T | None = None
        self._open: list[tuple[Block[T], int]] = []  # and the thread that opened it
        self.lock = threading.RLock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)

    def set(self, value: T | None) -> None:
        """Takes force at once, or, while blocks are open, when the last of them ends."""
        with self.lock:
            if not self._open:
                self._apply(value)
            self._set = value

    def block(self, value: T) -> Block[T]:
        """For `with`, or to decorate a function; may be entered again, inside itself too."""
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
        """Of the threads only this one lives on in a child: what others had opened nobody would end."""
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
