"""What the network screen looks at, and the workers that bring it: the pictures, the network's answers to all of them,
the heat map; and the keys that choose among them. Networks come from `tui.screens.network_opening`.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from tui.i18n import _, error_text
from tui.screens.network_opening import NetworkOpening, file_name

if TYPE_CHECKING:
    from tui.network_session import Session


class NetworkSources(NetworkOpening):
    """The base of the network screen; see the module."""

    def _forget(self) -> None:
        """Another picture or network: what was made of the one before is of no use."""

    def _done(self) -> None:
        self._notice = self._trouble = ""
        self.show()

    def _follow_session(self, session: Session) -> None:
        self._forget()
        self.show()
        self.run_worker(self._find_pictures(session), group="pictures", exclusive=True, exit_on_error=False)

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
                session.show_own(await asyncio.to_thread(open_picture, own, session.network), file_name(own))
            except CnnError as error:
                self._trouble = error_text(error)
        self._changed_picture(self._notice)

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

    def _changed_picture(self, notice: str = "") -> None:
        self._forget()
        self._notice = notice
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
        from tui.samples import not_a_network
        from tui.screens.dialogs import AskLine

        session = self.session
        if session is None:
            return

        def check(text: str) -> tuple[str, Any]:
            return text, open_picture(not_a_network(text), session.network)

        def opened(found: tuple[str, Any] | None) -> None:
            if found is not None and self.session is session:
                text, picture = found
                invert = looks_inverted(picture)
                session.show_own(picture, file_name(text.strip()), invert=invert)
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
                self._open_network(path, chosen=path)

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


def _existing(text: str) -> str:
    """The path of a file that is there. Raises `CnnError`."""
    from pathlib import Path

    from cnncore.errors import CnnError

    file = Path(text.strip()).expanduser()
    if not file.is_file():
        raise CnnError("{path}: there is no such file", path=text.strip())
    return str(file)
