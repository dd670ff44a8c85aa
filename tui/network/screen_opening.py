"""How the network screen opens a network: from its file by a child process that owns Keras, or from the cache, with how
far it is, and Esc to leave it; and Keras's own values, once somebody looks at one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.timer import Timer

from cnncore.errors import CnnError
from tui.app.current_network import model_name
from tui.app.failures import explain
from tui.app.screen import FrameScreen
from tui.app.workers import start_worker
from tui.i18n import _, error_text
from tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from cnncore.network import Network
    from tui.network.client import Failed, NetworkClient, Stage
    from tui.network.opening import Opening
    from tui.network.session import Session
    from tui.network.start import Start

FRAMES_PER_SECOND = 4
SECONDS_TO_TRY_AGAIN = 20.0
"""So long after Keras failed it is asked again when one comes back to the screen."""


class NetworkOpening(FrameScreen):
    """The base of the network screen's sources; see the module."""

    keras_command: ClassVar[Sequence[str] | None] = None
    """Takes the place of the real child's command, for tests."""

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None
        self._why = False
        self._room = 0
        """The lines that were left for the depth at hand when it was drawn."""
        self._notice = ""
        self._trouble = ""
        self._opened: str | None = None
        """The file of the network that was asked for last; "" for fresh weights."""
        self._by_hand = False
        """Whether the learner named it here."""
        self._start: Start | None = None
        """Where the command line said to begin, until a network is there."""
        self._client: NetworkClient | None = None
        self._opening: Opening | None = None
        self._before: tuple[str | None, str] = None, ""
        """What was opened, and at hand by its name, before what is being opened."""
        self._opening_clock: Timer | None = None
        self._keras: NetworkClient | None = None
        self._keras_awaited = False
        """Whether Keras's values may still come: their line keeps its place until then."""
        self._keras_word: Stage | Failed | BaseException | None = None
        """Why Keras's own values are not there, or not yet."""
        self._keras_ended = 0.0
        """When they failed to come."""

    def show(self) -> None:
        """Draws everything from the state."""
        if self.is_attached:
            for sheet in self.query("#sheet").results(Canvas):
                sheet.redraw()
            self.speak()

    def _say(self, text: str) -> None:
        self._notice, self._trouble = text, ""
        self.show()

    def _failed(self, sentence: str) -> None:
        """Says that work beside the screen failed."""
        self._notice, self._trouble = "", sentence
        self.show()

    def _follow_session(self, session: Session) -> None:
        """Another network is looked at."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self._opening_clock = self.set_interval(1 / FRAMES_PER_SECOND, self.show, pause=True)
        self.call_after_refresh(self._begin)

    async def on_unmount(self) -> None:
        for client in (self._client, self._keras):
            if client is not None:
                await client.close()

    def on_screen_resume(self) -> None:
        if self._opened is not None:
            self._begin()
            # What was in the way, a training that took the memory for instance, may be gone.
            if self._keras_again() and time.monotonic() - self._keras_ended > SECONDS_TO_TRY_AGAIN:
                self._retry_keras()

    def _begin(self) -> None:
        """After the first paint, and whenever the screen is shown: the network at hand."""
        options, current = self.cnn_app.options, self.cnn_app.current_network
        if self._opened is None:
            self._start = options.network
            if options.network.fresh:
                current.pass_over()
        path = current.path
        if path != self._opened:
            self._open_network(path)
        else:
            self.show()

    def _doing(self) -> str:
        """What is being opened, and how far that is; "" where nothing is."""
        return "" if self._opening is None else self._opening.words(time.monotonic())

    def _open_network(self, path: str, *, chosen: bool = False) -> None:
        """Opens the file `path`, "" for fresh weights; `chosen` where the learner named it here."""
        from tui.network.opening import begin

        current = self.cnn_app.current_network
        if self._opening is None:
            self._before = self._opened, current.named
        self._opened, self._by_hand = path, chosen
        if chosen:
            current.named = path
        self._notice = self._trouble = ""
        self._end_opening()
        if not path:
            from cnncore.training.fresh import fresh_network

            self._found_network(fresh_network(), path)
            return
        self._opening = begin(model_name(path), time.monotonic())
        if self._opening_clock is not None:
            self._opening_clock.resume()
        self.show()
        start_worker(self, self._load, path, group="network", exclusive=True, failed=self._refuse)

    def _end_opening(self) -> None:
        """Whatever is being opened no longer is; its process ends by itself."""
        self._opening = None
        if self._opening_clock is not None:
            self._opening_clock.pause()
        if self._client is not None:
            self._client.stop()
            self._client = None

    def leave_opening(self) -> bool:
        """Opens nothing, and keeps what was there before. Returns whether something was being opened."""
        if self._opening is None:
            return False
        name = self._opening.name
        self._start = None
        self._end_opening()
        if self.session is None:
            self._fresh()
        else:
            self._opened, self.cnn_app.current_network.named = self._before
        self._say(_("{name} was not opened; O opens it.").format(name=name))
        return True

    async def _load(self, path: str) -> None:
        from tui.network.client import Failed, Loaded, NetworkClient, Stage
        from tui.network.opening import remember
        from tui.network.opening_words import failure

        self._client = client = NetworkClient(path, keras=False, command=self.keras_command)
        began = time.monotonic()
        try:
            async for message in client.messages():
                if self._client is not client:
                    return
                match message:
                    case Stage():
                        if self._opening is not None:
                            self._opening.stage = message.stage
                        self.show()
                    case Loaded():
                        if not message.cached:
                            remember(time.monotonic() - began)
                        self._found_network(message.network, path, client.content)
                    case Failed():
                        self._refuse(failure(message))
        except Exception as error:
            sentence = explain(error, "opening a network")
            if self._client is client:
                self._refuse(sentence)
        finally:
            await client.close()
            if self._client is client:
                self._client = None

    def _refuse(self, text: str) -> None:
        """A network that cannot be shown: the one before stays, or one with fresh weights comes."""
        self._opening, self._start, self._trouble = None, None, text
        if self._by_hand:  # what is shown stays at hand, on the other screens too
            self._opened, self.cnn_app.current_network.named = self._before
        if self._opening_clock is not None:
            self._opening_clock.pause()
        if self.session is None:
            self._fresh()
            self._trouble = text
        self.show()

    def _fresh(self) -> None:
        from cnncore.training.fresh import fresh_network

        self._found_network(fresh_network(), "")

    def _found_network(self, network: Network, path: str, content: str = "") -> None:
        from tui.network.session import Session, Source

        self._opening = None
        if self._opening_clock is not None:
            self._opening_clock.pause()
        source = Source(path, model_name(path), content) if path else Source()
        try:
            self.session = session = Session(network, source, self.session)
        except CnnError as error:
            self._refuse(error_text(error))
            return
        if self._keras is not None:
            self._keras.stop()
            self._keras = None
        self._keras_word = None
        self._why = False
        self._follow_session(session)

    # Keras's own values, once somebody looks at one.

    def _ask_keras(self) -> None:
        from tui.network.state import Depth

        session = self.session
        if session is None or (session.scope.depth != Depth.NEURON and self._keras is None):
            return
        if self._keras is None:
            from tui.network.client import NetworkClient

            source = session.source
            self._keras = NetworkClient(
                source.path or session.network, content=source.content, command=self.keras_command
            )
            self._keras_awaited = True
            start_worker(self, self._follow_keras, session, self._keras, group="keras", failed=self._failed)
        if session.keras is None:
            self._keras.ask(session.seen.values)

    @property
    def keras_said(self) -> str:
        """Why Keras's own values are not there, or not yet; "" where they are or nothing is known."""
        if self._keras_word is None:
            return ""
        from tui.network.opening_words import keras_line

        return keras_line(self._keras_word, again=self._keras_again())

    def _keras_again(self) -> bool:
        """Whether Keras failed, and may be asked once more."""
        from tui.network.client import Failed, Stage, can_be_tried_again

        word = self._keras_word
        if isinstance(word, Failed):
            return can_be_tried_again(word)
        return word is not None and not isinstance(word, Stage)

    def _retry_keras(self) -> None:
        self._keras = self._keras_word = None
        self._ask_keras()
        self.show()

    def action_keras_again(self) -> None:
        """Asks Keras once more, where it failed; where it was not asked, for the first time."""
        from tui.network.state import Depth

        session = self.session
        if session is None:
            return
        if session.scope.depth != Depth.NEURON:
            self._say(_("Keras's value stands beside one value: Enter goes in."))
            return
        if self._keras_again():
            self._retry_keras()
        elif session.keras is not None:
            self._say(_("Keras's values are there."))
        elif self._keras_awaited:
            self._say(_("Keras is being asked already."))
        else:
            self._say(self.keras_said or _("Keras has no value for this network."))

    async def _follow_keras(self, session: Session, client: NetworkClient) -> None:
        """Shows Keras's values as they come, and until then, or where they cannot come, why they are not there."""
        from tui.network.client import Failed, Ready, Stage, Values

        try:
            async for message in client.messages():
                if self.session is not session or self._keras is not client:
                    return
                match message:
                    case Values():
                        session.keras = message.arrays
                    case Stage() if message.stage != "cache":
                        self._keras_word = message
                    case Ready():
                        self._keras_word = None
                    case Failed():
                        self._keras_word = message
                    case _:
                        continue
                self.show()
        except Exception as error:
            sentence = explain(error, "asking Keras")
            if self._keras is client:
                self._keras_word = RuntimeError(sentence)
        finally:
            if self._keras is client:  # none are to come any more
                self._keras_awaited, self._keras_ended = False, time.monotonic()
                self.show()
            await client.close()
