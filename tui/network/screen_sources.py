"""What the network screen looks at, and the workers that bring it: the pictures, the network's answers to all of them,
the heat map; and the keys that choose among them. Networks come from `tui.network.screen_opening`.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from cnncore._files import check_file
from cnncore.errors import CnnError
from tui.app.current_network import model_name
from tui.app.failures import explain
from tui.app.workers import start_worker
from tui.i18n import _, error_text
from tui.network.screen_opening import NetworkOpening

if TYPE_CHECKING:
    from tui.network.session import Session
    from tui.network.start import Start


class NetworkSources(NetworkOpening):
    """The base of the network screen; see the module."""

    def _forget(self) -> None:
        """Another picture or network: what was made of the one before is of no use."""

    def _done(self) -> None:
        self._notice = self._trouble = ""
        self.show()

    def _follow_session(self, session: Session) -> None:
        self._forget()
        start, self._start = self._start, None
        if start is not None:
            self._put(start, session)
        self.show()
        start_worker(self, self._find_pictures, session, start, group="pictures", exclusive=True, failed=self._failed)

    # Where the command line said to begin.

    def _put(self, start: Start, session: Session) -> None:
        from tui.network.start import put

        try:
            put(start, session.scope)
        except CnnError as error:
            self._trouble = error_text(error)

    def _put_terms(self, start: Start) -> None:
        """The terms of a value as they were asked for. Raises `CnnError` for what is not there."""

    def _put_picture(self, start: Start, session: Session) -> None:
        """The picture that was asked for, or the first that passes. Raises `CnnError` where there is none such."""
        from cnncore.datasets.network_images import PictureFilter
        from tui.network.start import check_label, check_picture

        assert session.gallery is not None
        if start.picture is not None and not session.title:
            check_picture(start.picture, len(session.gallery.pictures))
            session.show_place(start.picture)
        if start.invert and not session.seen.inverted:
            session.invert()
        if session.gallery.pictures.labels is None or not (start.wrong or start.label is not None):
            return
        if start.label is not None:
            check_label(start.label, len(session.classes))
        session.filter = PictureFilter(wrong=start.wrong, label=start.label)
        if start.wrong:
            self._ask_about_all(session, keep=start.picture is not None)
        elif start.picture is None:
            session.choose(session.filter)

    def _start_with(self, start: Start, session: Session, moved: bool) -> None:
        """The pictures are there: shows what was asked for, but where the cursor was moved meanwhile."""
        from tui.network.state import Depth

        scope = session.scope
        try:
            self._put_picture(start, session)
            if not moved:
                self._put(start, session)
            self._forget()
            if not moved and scope.depth == Depth.NEURON:
                self._put_terms(start)
        except CnnError as error:
            self._trouble = error_text(error)
        self._why = start.why and scope.depth == Depth.NETWORK

    # Pictures and answers.

    async def _find_pictures(self, session: Session, start: Start | None = None) -> None:
        import asyncio

        from cnncore.datasets.network_images import find_pictures

        began = session.scope.where
        try:
            pictures = await asyncio.to_thread(find_pictures, session.network, self.cnn_app.options.data)
        except Exception as error:
            self._trouble = explain(error, "finding pictures")
            if self.cnn_app.options.data:
                pictures = await asyncio.to_thread(find_pictures, session.network)
            else:
                self.show()
                return
        if self.session is not session:
            return
        moved = session.scope.where != began
        session.set_pictures(pictures)
        gc.freeze()  # see CnnApp: ten thousand pictures are there to stay
        own = self.cnn_app.options.image
        if own and not session.title:
            from cnncore.datasets.network_images import open_picture
            from tui.app.paths import given

            try:
                picture = await asyncio.to_thread(open_picture, own, session.network)
                session.show_own(picture, model_name(own), path=given(own))
            except Exception as error:
                self._trouble = explain(error, "opening a picture")
        if start is None:
            self._forget()
        else:
            self._start_with(start, session, moved)
        self._see_picture(self._notice)

    def _ask_about_all(self, session: Session, *, keep: bool = False) -> None:
        self._notice = _("Asking the network about all pictures")
        self.show()
        start_worker(self, self._find_answers, session, keep, group="answers", exclusive=True, failed=self._failed)

    async def _find_answers(self, session: Session, keep: bool) -> None:
        """With `keep` the picture at hand stays until it is known not to pass."""
        from cnncore.datasets.network_images import answer_all
        from tui.app.background import in_threads

        assert session.gallery is not None
        found = False
        async for answered in in_threads(answer_all(session.network, session.gallery.pictures)):
            if self.session is not session:
                return
            session.set_answered(answered)
            if keep and answered.done <= session.place:
                continue
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
                if answered.finished and answered.nan:
                    self._notice = _(
                        "For {count} of {total} pictures the network gives NaN: no class is named."
                    ).format(count=f"{answered.nan:,}", total=f"{answered.total:,}")
                elif answered.finished and not found:
                    self._notice = _("None is misclassified.")
                self.show()

    def _changed_picture(self, notice: str = "") -> None:
        self._forget()
        self._see_picture(notice)

    def _see_picture(self, notice: str = "") -> None:
        self._notice = notice
        self.show()
        if self._why:
            self._start_heat()
        self._ask_keras()

    async def _find_heat(self, session: Session) -> None:
        import time

        from cnncore.network.occlusion import occlusion
        from tui.app.background import in_threads

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

    def _heat_failed(self, sentence: str) -> None:
        self._why = False
        self._failed(sentence)

    def _start_heat(self) -> None:
        if self.session is not None:
            start_worker(self, self._find_heat, self.session, group="heat", exclusive=True, failed=self._heat_failed)

    # What keys choose.

    def _with_pictures(self) -> Session | None:
        """The session, once its pictures are there; where they are not, that is said."""
        if self.session is not None and self.session.gallery is None:
            self._say(_("The pictures are not there yet."))
            return None
        return self.session

    def action_picture(self, by: int) -> None:
        session = self._with_pictures()
        if session is None:
            return
        if session.step(by):
            self._changed_picture()
            self._trouble = ""
        else:
            self._say(_("No picture passes this filter."))

    def action_wrong(self) -> None:
        from dataclasses import replace

        session = self._with_pictures()
        if session is None or session.gallery is None:
            return
        if session.gallery.pictures.labels is None:
            self._say(_("What these pictures are is not known, so none can be called misclassified."))
            return
        wrong = not session.filter.wrong
        passes = session.choose(replace(session.filter, wrong=wrong))
        self._changed_picture()
        if wrong and session.gallery.answered is None:
            self._ask_about_all(session)
        elif not passes:
            self._say(_("No picture passes this filter."))

    def action_label(self, by: int) -> None:
        from dataclasses import replace

        session = self._with_pictures()
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
        from cnncore.datasets.network_images import looks_inverted, open_picture
        from tui.app.dialogs import AskPath
        from tui.app.paths import PICTURES, not_a_network

        session = self.session
        if session is None:
            return

        def check(text: str) -> tuple[str, Any]:
            file = not_a_network(text)
            return str(file), open_picture(file, session.network)

        def opened(found: tuple[str, Any] | None) -> None:
            if found is not None and self.session is session:
                path, picture = found
                invert = looks_inverted(picture)
                session.show_own(picture, model_name(path), path=path, invert=invert)
                self._changed_picture()
                if invert:
                    self._say(_("It is dark on light, so it was inverted; z turns it back."))

        self.app.push_screen(
            AskPath(_("Open a picture"), _("A PNG, JPEG, BMP or GIF picture, or a CSV of numbers"), check, PICTURES),
            opened,
        )

    def action_invert(self) -> None:
        if self.session is not None:
            self.session.invert()
            self._changed_picture()

    def action_open_model(self) -> None:
        from tui.app.dialogs import AskPath

        def opened(path: str | None) -> None:
            if path is not None:
                self._open_network(path, chosen=True)

        self.app.push_screen(AskPath(_("Open a network"), _("A .keras file"), _existing, (".keras",)), opened)

    def action_why(self) -> None:
        from tui.network.state import Depth

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
    """The full path of a file that is there and can be read. Raises `CnnError`."""
    from tui.app.paths import typed

    path = typed(text)
    check_file(path)
    return path
