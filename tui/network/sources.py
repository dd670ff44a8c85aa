"""Loads and computes in the background for the state: pictures, the network's answers to all of them, the heat map. It
also chooses among pictures.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cnncore.datasets import network_images
from cnncore.datasets.network_images import Answered, PictureFilter, answer_all, looks_inverted, open_picture
from cnncore.errors import CnnError
from cnncore.network.occlusion import occlusion
from tui.app.background import in_threads
from tui.app.current_network import model_name
from tui.app.failures import explain
from tui.app.paths import given, not_a_network
from tui.i18n import _, error_text
from tui.network.cursor import Depth
from tui.network.host import Host
from tui.network.start import Start, put, put_picture, put_terms
from tui.network.state import NetworkState


class Sources:
    """The sources of one state. `picture_changed` is called after another picture was put into the state."""

    def __init__(self, host: Host, state: NetworkState, picture_changed: Callable[[], None]) -> None:
        self._host, self._state = host, state
        self._picture_changed = picture_changed

    @property
    def _replaced(self) -> bool:
        """True once the screen shows another network."""
        return self._host.state is not self._state

    # Pictures.

    def find_pictures(self, start: Start | None, data: str, image: str) -> None:
        """Load the picture set from the folder `data`, show the picture `image`, and go where `start` asks."""
        if start is not None:
            self._put(start)
        self._host.show()
        self._host.start(self._find_pictures, start, data, image, group="pictures", answers=True)

    def _put(self, start: Start) -> None:
        try:
            put(start, self._state.cursor)
        except CnnError as error:
            self._host.messages.trouble = error_text(error)

    async def _find_pictures(self, start: Start | None, data: str, image: str) -> None:
        state, messages = self._state, self._host.messages
        began = state.cursor.position
        try:
            pictures = await asyncio.to_thread(network_images.find_pictures, state.network, data)
        except Exception as error:
            messages.trouble = explain(error, "finding pictures")
            if not data:
                self._host.show()
                return
            pictures = await asyncio.to_thread(network_images.find_pictures, state.network)
        if self._replaced:
            return
        moved = state.cursor.position != began
        state.set_pictures(pictures)
        gc.freeze()  # the ten thousand pictures stay: the collector need not scan them
        if image and not state.title:
            try:
                picture = await asyncio.to_thread(open_picture, image, state.network)
                state.show_own(picture, model_name(image), path=given(image))
            except Exception as error:
                messages.trouble = explain(error, "opening a picture")
        if start is not None:
            self._start_with(start, moved)
        self._picture_changed()

    def _start_with(self, start: Start, moved: bool) -> None:
        """Show the picture that was asked for and, unless the cursor was `moved` meanwhile, put it where asked."""
        state = self._state
        try:
            if put_picture(start, state):
                self._answer_all(keep=start.picture is not None)
            if not moved:
                self._put(start)
                if state.cursor.depth == Depth.VALUE:
                    put_terms(start, state)
        except CnnError as error:
            self._host.messages.trouble = error_text(error)
        state.heat_asked = start.why and state.cursor.depth == Depth.NETWORK
        state.backward.on, state.backward.many = start.backward and not state.heat_asked, start.batch

    def read_picture(self, text: str) -> tuple[str, Any]:
        """The path and the pixels of a picture file that was typed. Raises `CnnError`."""
        file = not_a_network(text)
        return str(file), open_picture(file, self._state.network)

    def show_own(self, path: str, picture: Any) -> str:
        """Show the learner's own picture; returns a sentence if it was inverted."""
        if self._replaced:
            return ""
        invert = looks_inverted(picture)
        self._state.show_own(picture, model_name(path), path=path, invert=invert)
        self._changed()
        return _("The picture is dark on light, so it was inverted; z undoes that.") if invert else ""

    def invert(self) -> str:
        self._state.invert()
        return self._changed()

    def step(self, by: int) -> str:
        """Go to the next picture that passes the filter."""
        if why := self._no_pictures():
            return why
        if not self._state.step(by):
            return _("No picture matches.")
        self._host.messages.clear()
        return self._changed()

    def turn_wrong(self) -> str:
        """Show only the misclassified pictures, or all again."""
        if why := self._no_pictures() or self._no_labels():
            return why
        wrong = not self._state.filter.wrong
        passes = self._choose(replace(self._state.filter, wrong=wrong))
        if wrong and self._state.picture_set is not None and self._state.picture_set.answered is None:
            return self._answer_all()
        return passes

    def step_class(self, by: int) -> str:
        """Show only the pictures of the next class; after the last class, those of all."""
        if why := self._no_pictures() or self._no_labels():
            return why
        count = len(self._state.classes)
        if not count:
            return _("The true classes of these pictures are unknown.")
        now = -1 if self._state.filter.label is None else self._state.filter.label
        label = (now + 1 + by) % (count + 1) - 1
        return self._choose(replace(self._state.filter, label=None if label < 0 else label))

    def _no_pictures(self) -> str:
        return _("The pictures are still loading.") if self._state.picture_set is None else ""

    def _no_labels(self) -> str:
        picture_set = self._state.picture_set
        if picture_set is None or picture_set.pictures.labels is not None:
            return ""
        return _("The true classes of these pictures are unknown.")

    def _choose(self, chosen: PictureFilter) -> str:
        """Set the filter; returns the reason if no picture passes it, or the filter's name if the picture stays."""
        before = self._state.picture
        passes = self._state.choose(chosen)
        self._changed()
        if not passes:
            return _("No picture matches.")
        return self._state.filter_words if self._state.picture is before else ""

    def _changed(self) -> str:
        self._host.messages.notice = ""
        self._picture_changed()
        return ""

    # Answers to all pictures.

    def _answer_all(self, *, keep: bool = False) -> str:
        """Run the network on all pictures. `keep`: the current one stays until its answer is known to be right."""
        self._host.start(self._find_answers, keep, group="answers", answers=True)
        self._host.messages.notice = text = _("Running the network on all pictures")
        self._host.show()
        return text

    async def _find_answers(self, keep: bool) -> None:
        state, network = self._state, self._state.network
        assert state.picture_set is not None
        chosen, before = False, state.picture
        async for answered in in_threads(answer_all(network, state.picture_set.pictures)):
            if self._replaced or state.network is not network:
                return
            state.set_answered(answered)
            if (keep and answered.done <= state.picture_number) or not state.filter.wrong:
                continue
            if not chosen and state.choose(state.filter):
                chosen = True
                self._changed()
            self._host.messages.notice = _answers_words(answered, chosen)
            if answered.finished and chosen and state.picture is before:
                self._host.messages.notice = state.filter_words
            self._host.show()

    # The heat map.

    def find_heat(self) -> None:
        """Compute the heat map of the current picture unless it is finished."""
        heat = self._state.heat
        if self._state.heat_asked and (heat is None or not heat.finished):
            self._host.start(self._find_heat, group="heat", failed=self._heat_failed)

    def _heat_failed(self, sentence: str) -> None:
        self._state.heat_asked = False
        self._host.messages.trouble = sentence
        self._host.show()

    async def _find_heat(self) -> None:
        state = self._state
        picture, network, began = state.picture, state.network, time.monotonic()
        async for heat in in_threads(occlusion(network, picture.values)):
            if state.picture is not picture or state.network is not network or self._replaced:
                return
            state.heat = heat
            state.heat_left = (time.monotonic() - began) / heat.done * (heat.total - heat.done)
            self._host.show()


def _answers_words(answered: Answered, chosen: bool) -> str:
    """The number of pictures done so far; at the end, the result if it is not visible."""
    if answered.finished and answered.nan:
        return _("For {count} of {total} pictures the network's output is NaN: it predicts no class.").format(
            count=f"{answered.nan:,}", total=f"{answered.total:,}"
        )
    if answered.finished:
        return "" if chosen else _("No picture is misclassified.")
    return _("{done} of {total} pictures done").format(done=f"{answered.done:,}", total=f"{answered.total:,}")
