"""Turns the view backwards: computes gradients and steps by hand, at once for a picture alone and beside the screen for
what takes longer.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np

from cnncore.backward import OptimizerState, StepResult, optimizer_state, step, step_weight
from cnncore.backward.layer_gradients import activation_of
from cnncore.datasets.network_images import as_inputs
from cnncore.errors import CnnError
from cnncore.network import Network
from tui.i18n import _, error_text
from tui.network.backward_state import Gradients, LossBatch
from tui.network.backward_words import step_words
from tui.network.host import Host
from tui.network.state import NetworkState

T = TypeVar("T")

MANY = 100
"""The pictures of a batch, as in training."""
MOST_BYTES, BYTES_PER_VALUE = 1 << 28, 12
"""The memory of a batch: of each value its output and two gradients, float32."""
FAST_WEIGHTS = 1_000_000
"""The weights of a network up to which a pass of one picture answers within a frame."""


def loss_batch(state: NetworkState, many: bool) -> LossBatch:
    """The current picture with its class, or else with the network's answer; with `many`, and those that follow it in
    the picture set."""
    answer = state.answer.answer
    label = answer if state.label is None else state.label
    images, labels = state.picture.values[None], np.array([label], np.int64)
    pictures = None if state.picture_set is None else state.picture_set.pictures
    if many and pictures is not None and pictures.labels is not None:
        first = state.picture_number + (0 if state.title else 1)
        others = (first + np.arange(_batch_size(state.network, len(pictures)) - 1)) % len(pictures)
        images = np.concatenate([images, as_inputs(state.network, pictures.images[others])])
        labels = np.concatenate([labels, pictures.labels[others].astype(np.int64)])
    return LossBatch(images, labels, assumed=state.label is None)


def _batch_size(network: Network, pictures: int) -> int:
    """The pictures of a batch: as many as in training, fewer if their maps and gradients would take too much memory."""
    values = sum(math.prod(layer.output_shape) for layer in network.layers)
    return max(2, min(MANY, pictures, MOST_BYTES // (values * BYTES_PER_VALUE)))


class Backwards:
    """The backward view of one state. `changed` is called after the network's weights were changed."""

    def __init__(self, host: Host, state: NetworkState, changed: Callable[[], None]) -> None:
        self._host, self._state, self._changed = host, state, changed

    # The view.

    def toggle(self) -> str:
        """Look backwards, or forwards again."""
        backward = self._state.backward
        if backward.on:
            backward.leave()
            return ""
        if why := self._why_not():
            return why
        backward.on, self._state.heat_asked = True, False
        return self.find()

    def toggle_batch(self) -> str:
        """Take the loss of the picture alone, or of a batch. Looks backwards if it does not yet."""
        state, backward = self._state, self._state.backward
        if why := self._why_not() or ("" if backward.many and backward.on else self._why_no_batch()):
            return why
        backward.many = not (backward.many and backward.on)
        backward.on, state.heat_asked = True, False
        backward.forget()
        return self.find()

    def _why_not(self) -> str:
        """The reason why there is no gradient; empty if there is one."""
        state = self._state
        last = state.network.layers[-1]
        activation = activation_of(last)
        if activation != "softmax" and (activation != "sigmoid" or last.output_shape != (1,)):
            return _(
                "No gradient: this network does not end in softmax, or in sigmoid with one unit, so it has no loss."
            )
        if state.answer.answer is None:
            return _("No gradient: the network's output is NaN, and so is the loss.")
        return ""

    def _why_no_batch(self) -> str:
        picture_set = self._state.picture_set
        if picture_set is None:
            return _("The pictures are still loading.")
        if picture_set.pictures.labels is None:
            return _("No batch: the true classes of these pictures are unknown.")
        return ""

    def picture_changed(self) -> None:
        """Compute the gradients again for another picture; without an answer to it, look forwards."""
        backward = self._state.backward
        if not backward.on:
            return
        backward.forget()
        if why := self._why_not():
            backward.leave()
            self._host.messages.warn(why)
            self._host.show()
            return
        if backward.many and self._why_no_batch():
            backward.many = False
        self.find()

    def find(self) -> str:
        """Compute the gradients of the current picture unless they are known."""
        state, backward = self._state, self._state.backward
        if backward.gradients is not None:
            return ""
        many, activations = backward.many, state.cursor.activations

        def found(gradients: Gradients) -> str:
            if backward.on and backward.many == many and state.cursor.activations is activations:
                backward.gradients = gradients
            return ""

        return self._run(lambda: Gradients.of(state.network, loss_batch(state, many)), found, leave=True)

    # The optimizer and its steps.

    def find_optimizer(self) -> None:
        """Read the optimizer's averages for the opened weights: of the file, if it has some."""
        if self._state.by_hand.begin is None:
            self._host.start(self._find_optimizer, group="optimizer")

    async def _find_optimizer(self) -> None:
        state = self._state
        found = await asyncio.to_thread(_optimizer_of, state)
        if self._host.state is state and state.by_hand.begin is None:
            state.by_hand.begin_with(found)
            self._host.show()

    def step(self, *, one: bool) -> str:
        """Take one step of the optimizer with the gradients on the screen: of the weight under the cursor alone, or of
        all weights."""
        state, backward = self._state, self._state.backward
        if not backward.on:
            return _("A step follows the gradient: b looks backwards first.")
        if backward.gradients is None:
            return _("The gradients are being computed.")
        if one and not backward.shows_weight(state.cursor):
            return _("Choose the weight first: k shows the gradient of one. E takes a step with all weights.")
        gradients, by_hand = backward.gradients, state.by_hand
        passed = gradients.passed
        weight = (state.cursor.layer, *backward.weight_position(state.cursor)) if one else None

        def work() -> tuple[OptimizerState, StepResult, Gradients]:
            begin = by_hand.begin or _optimizer_of(state)
            optimizer = by_hand.optimizer or begin
            if weight is None:
                result = step(passed.network, passed, optimizer)
            else:
                result = step_weight(passed.network, passed, *weight, optimizer)
            return begin, result, Gradients.from_pass(gradients.batch, result.batch)

        def done(found: tuple[OptimizerState, StepResult, Gradients]) -> str:
            if state.backward.gradients is not gradients:
                return ""
            begin, result, after = found
            if by_hand.begin is None:
                by_hand.begin_with(begin)
            by_hand.take(result)
            self._take(lambda: state.take(result.network))
            backward.gradients = after
            return step_words(result, len(gradients.batch))

        return self._run(work, done)

    def undo(self) -> str:
        """Return to the weights that were opened."""
        state = self._state
        if not state.by_hand.changed:
            return _("No step has been done by hand: the weights are those that were opened.")
        self._take(lambda: state.take(state.by_hand.undo()))
        if state.backward.on:
            self.find()
        return _("The weights are again those that were opened.")

    def _take(self, take: Callable[[], None]) -> None:
        """Exchange the weights; whatever was computed with the others is dropped."""
        take()
        self._state.backward.forget()
        self._changed()

    # Work.

    @property
    def _fast(self) -> bool:
        return not self._state.backward.many and self._state.network.parameters <= FAST_WEIGHTS

    def _run(self, work: Callable[[], T], done: Callable[[T], str], *, leave: bool = False) -> str:
        """Do `work` at once, or beside the screen if it is slow; `done` takes its result and returns a sentence.

        With `leave` a failure turns the view forwards again.
        """
        refused = partial(self._refused, leave=leave)
        if not self._fast:
            self._host.start(self._beside, work, done, group="backward", failed=refused, answers=True)
            return ""
        try:
            return done(work())
        except CnnError as error:
            refused(error_text(error))
            return error_text(error)

    async def _beside(self, work: Callable[[], T], done: Callable[[T], str]) -> None:
        result = await asyncio.to_thread(work)
        if self._host.state is self._state:
            if sentence := done(result):
                self._host.messages.say(sentence)
            self._host.show()

    def _refused(self, sentence: str, *, leave: bool) -> None:
        if leave:
            self._state.backward.leave()
        self._host.messages.warn(sentence)
        self._host.show()


def _optimizer_of(state: NetworkState) -> OptimizerState:
    """The optimizer's averages of the file that was opened, or zeros if it has none or cannot be read any more."""
    network, path = state.by_hand.opened, state.source.path
    if path.endswith(".keras"):
        try:
            return optimizer_state(network, path=path)
        except CnnError:
            return optimizer_state(network)
    return optimizer_state(network)
