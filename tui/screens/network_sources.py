"""What the network screen looks at, and the workers that bring it: the network from its file, the pictures, the answers
to all of them, the heat map, Keras's own values; and the keys that choose among them.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from tui.frame import FrameScreen
from tui.i18n import _, error_text
from tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from cnncore.network import Network
    from tui.network_client import NetworkClient
    from tui.network_session import Session


class NetworkSources(FrameScreen):
    """The base of the network screen; see the module."""

    keras_command: ClassVar[Sequence[str] | None] = None
    """Takes the place of the real child's command, for tests."""

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None
        self._why = False
        self._notice = ""
        self._trouble = ""
        self._doing = ""
        self._opened: str | None = None
        """The file of the network that was asked for last; "" for fresh weights."""
        self._chosen = ""
        """The file that the learner opened here; it stays whatever is trained."""
        self._client: NetworkClient | None = None
        self._keras: NetworkClient | None = None

    def _forget(self) -> None:
        """Another picture or network: what was made of the one before is of no use."""

    def on_mount(self) -> None:
        self.call_after_refresh(self._begin)

    async def on_unmount(self) -> None:
        for client in (self._client, self._keras):
            if client is not None:
                await client.close()

    def on_screen_resume(self) -> None:
        if self._opened is not None:
            self._begin()

    def show(self) -> None:
        """Draws everything from the state."""
        if self.is_attached:
            for sheet in self.query("#sheet").results(Canvas):
                sheet.redraw()

    def _done(self) -> None:
        self._notice = self._trouble = ""
        self.show()

    def _say(self, text: str) -> None:
        self._notice, self._trouble = text, ""
        self.show()

    # The network.

    def _begin(self) -> None:
        """After the first paint, and whenever the screen is shown: the network asked for, else the newest trained."""
        from tui.screens.validation import trained_model

        path = self._chosen or self.cnn_app.options.model or trained_model()
        if path != self._opened:
            self._open_network(path)
        else:
            self.show()

    def _open_network(self, path: str) -> None:
        self._opened = path
        self._trouble = ""
        if self._client is not None:
            self._client.stop()
            self._client = None
        if not path:
            from cnncore.training.fresh import fresh_network

            self._found_network(fresh_network(), path)
            return
        self._doing = _("Opening {name}").format(name=_file_name(path))
        self.show()
        self.run_worker(self._load(path), group="network", exclusive=True, exit_on_error=False)

    async def _load(self, path: str) -> None:
        from tui.network_client import Failed, Loaded, NetworkClient, Stage
        from tui.network_words import failure, stage_line

        self._client = client = NetworkClient(path, keras=False, command=self.keras_command)
        try:
            async for message in client.messages():
                match message:
                    case Stage():
                        self._doing = f"{_file_name(path)}: {stage_line(message.stage)}"
                        self.show()
                    case Loaded():
                        self._found_network(message.network, path, client.content)
                    case Failed():
                        self._refuse(failure(message))
        except Exception as error:
            self._refuse(error_text(error))
        finally:
            await client.close()
            if self._client is client:
                self._client = None

    def _refuse(self, text: str) -> None:
        """A network that cannot be shown: the one before stays, or one with fresh weights comes."""
        self._doing, self._trouble, self._chosen = "", text, ""
        if self.session is None:
            from cnncore.training.fresh import fresh_network

            self._found_network(fresh_network(), "")
            self._trouble = text
        self.show()

    def _found_network(self, network: Network, path: str, content: str = "") -> None:
        from cnncore.errors import CnnError
        from tui.network_session import Session, Source

        self._doing = ""
        source = Source(path, _file_name(path), content) if path else Source()
        before = self.session
        try:
            self.session = Session(network, source, before)
        except CnnError as error:
            self._refuse(error_text(error))
            return
        if self._keras is not None:
            self._keras.stop()
            self._keras = None
        self._why = False
        self._forget()
        self.show()
        self.run_worker(self._find_pictures(self.session), group="pictures", exclusive=True, exit_on_error=False)

    # Pictures and answers.

    async def _find_pictures(self, session: Session) -> None:
        import asyncio

        from cnncore.errors import CnnError
        from cnncore.gallery import find_pictures

        try:
            pictures = await asyncio.to_thread(find_pictures, session.network, self.cnn_app.options.data)
        except CnnError as error:
            self._trouble = error_text(error)
            if self.cnn_app.options.data:
                pictures = await asyncio.to_thread(find_pictures, session.network)
            else:
                self.show()
                return
        if self.session is not session:
            return
        session.set_pictures(pictures)
        gc.freeze()  # see CnnApp: ten thousand pictures are there to stay
        own = self.cnn_app.options.image
        if own and not session.title:
            from cnncore.gallery import open_picture

            try:
                session.show_own(await asyncio.to_thread(open_picture, own, session.network), _file_name(own))
            except CnnError as error:
                self._trouble = error_text(error)
        self._changed_picture()

    async def _find_answers(self, session: Session) -> None:
        from cnncore.gallery import answer_all
        from tui.background import in_threads

        assert session.gallery is not None
        found = False
        async for answered in in_threads(answer_all(session.network, session.gallery.pictures)):
            if self.session is not session:
                return
            session.set_answered(answered)
            if session.filter.wrong and not found and session.choose(session.filter):
                found = True
                self._changed_picture()
            if session.filter.wrong:
                self._notice = (
                    ""
                    if found and answered.finished
                    else _("{done} of {total} pictures asked").format(
                        done=f"{answered.done:,}", total=f"{answered.total:,}"
                    )
                )
                if answered.finished and not found:
                    self._notice = _("None is misclassified.")
                self.show()

    def _changed_picture(self) -> None:
        self._forget()
        self._notice = ""
        self.show()
        if self._why:
            self._start_heat()
        self._ask_keras()

    async def _find_heat(self, session: Session) -> None:
        import time

        from cnncore.errors import CnnError
        from cnncore.network.occlusion import occlusion
        from tui.background import in_threads

        seen, began = session.seen, time.monotonic()
        try:
            async for heat in in_threads(occlusion(session.network, seen.values)):
                if session.seen is not seen or self.session is not session:
                    return
                session.heat = heat
                session.heat_left = (time.monotonic() - began) / heat.done * (heat.total - heat.done)
                self.show()
        except CnnError as error:
            self._why, self._trouble = False, error_text(error)
            self.show()

    def _start_heat(self) -> None:
        if self.session is not None:
            self.run_worker(self._find_heat(self.session), group="heat", exclusive=True, exit_on_error=False)

    # Keras's own values, once somebody looks at one.

    def _ask_keras(self) -> None:
        from tui.microscope import Depth

        session = self.session
        if session is None or (session.scope.depth != Depth.NEURON and self._keras is None):
            return
        if self._keras is None:
            from tui.network_client import NetworkClient

            source = session.source
            self._keras = NetworkClient(
                source.path or session.network, content=source.content, command=self.keras_command
            )
            self.run_worker(self._follow_keras(session, self._keras), group="keras", exit_on_error=False)
        if session.keras is None:
            self._keras.ask(session.seen.values)

    async def _follow_keras(self, session: Session, client: NetworkClient) -> None:
        from tui.network_client import Values

        try:
            async for message in client.messages():
                if isinstance(message, Values) and self.session is session:
                    session.keras = message.arrays
                    self.show()
        finally:
            await client.close()

    # What keys choose.

    def action_picture(self, by: int) -> None:
        session = self.session
        if session is None or session.gallery is None:
            return
        if session.step(by):
            self._changed_picture()
            self._trouble = ""
        else:
            self._say(_("No picture passes this filter."))

    def action_wrong(self) -> None:
        from dataclasses import replace

        session = self.session
        if session is None or session.gallery is None:
            return
        if session.gallery.pictures.labels is None:
            self._say(_("What these pictures are is not known, so none can be called misclassified."))
            return
        wrong = not session.filter.wrong
        passes = session.choose(replace(session.filter, wrong=wrong))
        self._changed_picture()
        if wrong and session.gallery.answered is None:
            self._notice = _("Asking the network about all pictures")
            self.show()
            self.run_worker(self._find_answers(session), group="answers", exclusive=True, exit_on_error=False)
        elif not passes:
            self._say(_("No picture passes this filter."))

    def action_label(self, by: int) -> None:
        from dataclasses import replace

        session = self.session
        if session is None or session.gallery is None:
            return
        count = len(session.classes)
        if session.gallery.pictures.labels is None or not count:
            self._say(_("What these pictures are is not known, so none can be called misclassified."))
            return
        now = -1 if session.filter.label is None else session.filter.label
        label = (now + 1 + by) % (count + 1) - 1
        passes = session.choose(replace(session.filter, label=None if label < 0 else label))
        self._changed_picture()
        if not passes:
            self._say(_("No picture passes this filter."))

    def action_open_picture(self) -> None:
        from cnncore.gallery import looks_inverted, open_picture
        from tui.screens.dialogs import AskLine

        session = self.session
        if session is None:
            return

        def check(text: str) -> tuple[str, Any]:
            return text, open_picture(text.strip(), session.network)

        def opened(found: tuple[str, Any] | None) -> None:
            if found is not None and self.session is session:
                text, picture = found
                invert = looks_inverted(picture)
                session.show_own(picture, _file_name(text.strip()), invert=invert)
                self._changed_picture()
                if invert:
                    self._say(_("It is dark on light, so it was inverted; z turns it back."))

        self.app.push_screen(
            AskLine(_("Open a picture"), _("A PNG, JPEG, BMP or GIF picture, or a CSV of numbers"), check), opened
        )

    def action_invert(self) -> None:
        if self.session is not None:
            self.session.invert()
            self._changed_picture()

    def action_open_model(self) -> None:
        from tui.screens.dialogs import AskLine

        def opened(path: str | None) -> None:
            if path is not None:
                self._chosen = path
                self._open_network(path)

        self.app.push_screen(AskLine(_("Open a network"), _("A .keras file"), _existing), opened)

    def action_why(self) -> None:
        from tui.microscope import Depth

        session = self.session
        if session is None:
            return
        if session.scope.depth == Depth.NETWORK:
            self._why = not self._why
        else:
            session.scope.to_depth(Depth.NETWORK)
            self._why = True
        self._done()
        if self._why and (session.heat is None or not session.heat.finished):
            self._start_heat()


def _file_name(path: str) -> str:
    """A run's model by its folder, any other file by its name."""
    from pathlib import Path

    file = Path(path)
    return file.parent.name if file.name == "model.keras" else file.name


def _existing(text: str) -> str:
    """The path of a file that is there. Raises `CnnError`."""
    from pathlib import Path

    from cnncore.errors import CnnError

    file = Path(text.strip()).expanduser()
    if not file.is_file():
        raise CnnError("{path}: there is no such file", path=text.strip())
    return str(file)
