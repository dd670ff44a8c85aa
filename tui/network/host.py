"""The screen as the objects that load for it see it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from tui.network.messages import Messages

if TYPE_CHECKING:
    from cnncore.network import Network
    from tui.app.current_network import CurrentNetwork
    from tui.network.start import Start
    from tui.network.state import NetworkState, Source


class Host(Protocol):
    """`state` is None until the first network is open."""

    messages: Messages
    state: NetworkState | None

    @property
    def current_network(self) -> CurrentNetwork:
        """The app's choice of network."""

    @property
    def requested_start(self) -> Start:
        """The start that the command line asked for."""

    @property
    def child_command(self) -> Sequence[str] | None:
        """The command of Keras's child process; None for the real one."""

    def start(
        self,
        work: Callable[..., Coroutine[Any, Any, None]],
        *arguments: object,
        group: str,
        exclusive: bool = True,
        failed: Callable[[str], object] | None = None,
        answers: bool = False,
    ) -> None:
        """Run `work` beside the screen; an error reaches `failed`, or the message line. With `answers` keys typed
        meanwhile wait for it a moment."""

    def show(self) -> None:
        """Draw the state."""

    def open_state(self, network: Network, source: Source, start: Start | None) -> None:
        """Show another network. Raises `CnnError` if it takes no pictures."""
