"""Opens networks: random weights, or a file, which a child process converts until Esc cancels it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncore.errors import CnnError
from tui.app.current_network import model_name
from tui.i18n import _, error_text
from tui.network.opening import Opening
from tui.network.opening_words import failure

if TYPE_CHECKING:
    from cnncore.network import Network
    from tui.network.client import NetworkClient
    from tui.network.host import Host
    from tui.network.start import Start


class Opener:
    """Opens one network at a time for its host; a new one replaces the one in progress."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.opened: str | None = None
        """The file requested last; empty for random weights, None before the first request."""
        self.opening: Opening | None = None
        """The opening in progress."""
        self._chosen = False
        """True if the learner named the file on this screen."""
        self._start: Start | None = None
        """The start that the command line asked for, until a network is open."""
        self._client: NetworkClient | None = None
        self._before: tuple[str | None, str] = None, ""
        """The file that was open, and the app's named network, before the opening in progress."""

    @property
    def progress(self) -> str:
        """The progress of the opening in words; empty if nothing is being opened."""
        return "" if self.opening is None else self.opening.words()

    def open_current(self) -> None:
        """Open the app's current network unless it is open already."""
        current = self._host.current_network
        if self.opened is None:
            self._start = self._host.requested_start
            if self._start.fresh:
                current.pass_over()
        path = current.path
        if path != self.opened:
            self.open(path)
        else:
            self._host.show()

    def open(self, path: str, *, chosen: bool = False) -> None:
        """Open the file `path`, or random weights if it is empty. `chosen`: the learner named it on this screen."""
        current = self._host.current_network
        if self.opening is None:
            self._before = self.opened, current.named
        self.opened, self._chosen = path, chosen
        if chosen:
            current.named = path
        self._host.messages.clear()
        self._stop()
        if not path:
            self._open_fresh()
            return
        self.opening = Opening(model_name(path))
        self._host.show()
        self._host.start(self._load, path, group="network", failed=self._refuse, answers=True)

    def leave(self) -> bool:
        """Leave the opening in progress and keep the network that was open. Returns False if nothing is in progress."""
        if self.opening is None:
            return False
        name = self.opening.name
        self._start = None
        self._stop()
        if self._host.state is None:
            self._open_fresh()
        else:
            self.opened, self._host.current_network.named = self._before
        self._host.messages.say(_("{name} was not opened; O opens it.").format(name=name))
        self._host.show()
        return True

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    def _stop(self) -> None:
        """Give up the opening in progress; its process ends by itself."""
        self.opening = None
        if self._client is not None:
            self._client.stop()
            self._client = None

    async def _load(self, path: str) -> None:
        from tui.network.client import Failed, Loaded, NetworkClient, Stage  # numpy, for which no first paint waits

        self._client = client = NetworkClient(path, keras=False, command=self._host.child_command)
        try:
            async for message in client.messages():
                if self._client is not client:
                    return
                match message:
                    case Stage():
                        if self.opening is not None:
                            self.opening.stage = message.stage
                        self._host.show()
                    case Loaded():
                        self._show(message.network, path, client.content)
                    case Failed():
                        self._refuse(failure(message))
        finally:
            await client.close()
            if self._client is client:
                self._client = None

    def _refuse(self, text: str) -> None:
        """Report a network that cannot be shown; the one before stays, or random weights are opened."""
        self.opening, self._start = None, None
        if self._chosen:  # the visible network stays the app's current one
            self.opened, self._host.current_network.named = self._before
        if self._host.state is None:
            self._open_fresh()
        self._host.messages.trouble = text
        self._host.show()

    def _open_fresh(self) -> None:
        from cnncore.training.fresh import fresh_network

        self._show(fresh_network(), "")

    def _show(self, network: Network, path: str, content: str = "") -> None:
        from tui.network.state import Source

        self.opening = None
        source = Source(path, model_name(path), content) if path else Source()
        start, self._start = self._start, None
        try:
            self._host.open_state(network, source, start)
        except CnnError as error:
            self._refuse(error_text(error))
