"""Stride, padding, dilation and size of the window on a walking screen: the next value, or one that is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.app.screen import FrameScreen
from tui.i18n import _
from tui.walk import pooling
from tui.walk.convolution import next_dilation
from tui.walk.operation import Pair
from tui.walk.padding import Padding
from tui.walk.questions import ask_padding, ask_pair
from tui.walk.state import WalkState

if TYPE_CHECKING:
    from tui.walk.workbench import Workbench


class WindowSettings:
    """Changes the window of `state`, asking over `screen`.

    `size_news` returns the new size of the output in words; "" if the facts below the panels have room for it.
    """

    def __init__(self, screen: FrameScreen, state: WalkState, size_news: Callable[[], str]) -> None:
        self._screen = screen
        self._state = state
        self._size_news = size_news

    def next_stride(self, by: int) -> None:
        self._set(self._state.operation.next_stride, by)

    def ask_stride(self) -> None:
        operation = self._state.operation
        if self._state.workbench is not None:
            self._ask_pair(_("Stride"), operation.strides(self._state.workbench), operation.set_strides)

    def next_padding(self) -> None:
        if self._state.workbench is not None:
            self._set_padding(self._state.operation.next_padding(self._state.workbench))

    def ask_padding(self) -> None:
        if self._state.workbench is not None:
            dialog = ask_padding(self._state.operation, self._state.workbench)
            self._screen.app.push_screen(dialog, lambda padding: self._set_padding(padding) if padding else None)

    def next_dilation(self) -> None:
        self._set(next_dilation)

    def ask_dilation(self) -> None:
        if (workbench := self._state.workbench) is not None:
            self._ask_pair(_("Dilation"), workbench.dilation, lambda bench, pair: bench.set_dilation(pair))

    def next_pool_size(self) -> None:
        self._set(pooling.next_size)

    def ask_pool_size(self) -> None:
        if (workbench := self._state.workbench) is not None:
            self._ask_pair(_("Window size"), workbench.pool_size, pooling.set_size)

    def _set(self, act: Callable[..., object], *arguments: object, about: str = "") -> None:
        """Change the window, and say how the output's size changes if the facts have no room for it."""
        workbench = self._state.workbench
        if workbench is None:
            return
        act(workbench, *arguments)
        self._state.say("")
        self._screen.workbench_changed("")  # drawn first: the message depends on the facts drawn
        notice = ". ".join(filter(None, (about, self._size_news())))
        if notice:
            self._screen.workbench_changed(notice)

    def _set_padding(self, padding: Padding) -> None:
        operation = self._state.operation
        self._set(operation.set_padding, padding, about=operation.padding_words(padding))

    def _ask_pair(self, heading: str, now: Pair, take: Callable[[Workbench, Pair], None]) -> None:
        """Ask for one number or two, rows and columns, and set the window with them."""
        self._screen.app.push_screen(ask_pair(heading, now), lambda pair: self._set(take, pair) if pair else None)
