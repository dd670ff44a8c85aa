"""Keras's own values beside the C core's: asked for once the learner looks at one value, and again after a failure."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.i18n import _
from tui.network.opening_words import keras_line

if TYPE_CHECKING:
    from tui.network.client import Failed, NetworkClient, Stage
    from tui.network.host import Host
    from tui.network.state import NetworkState

SECONDS_TO_TRY_AGAIN = 20.0
"""After a failure older than this, coming back to the screen asks Keras again."""


class KerasValues:
    """One child process for each network answers all questions."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._client: NetworkClient | None = None
        self.awaited = False
        """True while values may still come; their line is kept free until then."""
        self._reason: Stage | Failed | str | None = None
        """The reason why there are no values yet: a stage, the child's failure, or the sentence of an unexpected
        error."""
        self._ended = 0.0
        """The time of the last failure."""

    def forget(self) -> None:
        """Stop asking for the network that was shown."""
        if self._client is not None:
            self._client.stop()
        self._client = self._reason = None
        self.awaited = False

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    def ask(self) -> None:
        """Ask for the values of the current picture: for the first time at the value depth, then for every picture."""
        from tui.network.cursor import Depth

        state = self._host.state
        if state is None or (state.cursor.depth != Depth.VALUE and self._client is None):
            return
        if self._client is None:
            from tui.network.client import NetworkClient

            source = state.source
            file = "" if state.by_hand.changed else source.path  # the file has not the weights of a step by hand
            self._client = client = NetworkClient(
                file or state.network, content=source.content if file else "", command=self._host.child_command
            )
            self.awaited = True

            def failed(sentence: str) -> None:
                if self._client is client:
                    self._reason = sentence
                    self._host.show()

            self._host.start(self._follow, state, client, group="keras", exclusive=False, failed=failed)
        if state.keras is None:
            self._client.ask(state.picture.values)

    @property
    def words(self) -> str:
        """The reason why Keras's values are missing; empty if they are there or nothing is known."""
        if self._reason is None:
            return ""
        return keras_line(self._reason, again=self._can_retry())

    def _can_retry(self) -> bool:
        from tui.network.client import Failed, Stage, can_be_tried_again

        if isinstance(self._reason, Failed):
            return can_be_tried_again(self._reason)
        return self._reason is not None and not isinstance(self._reason, Stage)

    def retry(self) -> bool:
        """Ask again after a failure. Returns False if nothing failed that could succeed now."""
        if not self._can_retry():
            return False
        self._client = self._reason = None
        self.ask()
        self._host.show()
        return True

    def retry_later(self) -> None:
        """Ask again if the failure is some time ago: a training that took the memory, for example, may have ended."""
        if self._reason is not None and time.monotonic() - self._ended > SECONDS_TO_TRY_AGAIN:
            self.retry()

    def ask_again(self) -> str:
        """Ask again on request; returns the reason if it does not ask, or an empty string."""
        from tui.network.cursor import Depth

        state = self._host.state
        if state is None:
            return ""
        if state.backward.on:
            return _("Keras's value is shown beside a value: b looks forwards again.")
        if state.cursor.depth != Depth.VALUE:
            return _("Keras's value is shown beside a single value: Enter goes in.")
        if self.retry():
            return ""
        if state.keras is not None:
            return _("Keras's values are already shown.")
        if self.awaited:
            return _("Keras has already been asked.")
        return self.words or _("Keras has no value for this network.")

    async def _follow(self, state: NetworkState, client: NetworkClient) -> None:
        """Show Keras's values as they come."""
        from tui.network.client import Failed, Ready, Stage, Values

        try:
            async for message in client.messages():
                if self._host.state is not state or self._client is not client:
                    return
                match message:
                    case Values():
                        state.keras = message.arrays
                    case Stage():
                        self._reason = message
                    case Ready():
                        self._reason = None
                    case Failed():
                        self._reason = message
                    case _:
                        continue
                self._host.show()
        finally:
            if self._client is client:  # no more will come
                self.awaited, self._ended = False, time.monotonic()
                self._host.show()
            await client.close()
