"""The state of the network screen: a network, the picture it is shown, and everything known about its answer.

No Textual here: the screen's workers do slow work. A picture comes from the picture set or from the learner.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from cnncore.backward import GradientExplanation, Update, update_of
from cnncore.datasets.examples import example
from cnncore.datasets.network_images import Answered, NetworkInput, PictureFilter, Pictures, PictureSet, network_input
from cnncore.network import Network
from cnncore.network.answers import NO_CLASS, are_probabilities, best, from_0_to_1, scores
from cnncore.network.explain import Explanation
from cnncore.network.occlusion import Occlusion
from tui.i18n import N_, _
from tui.i18n.words import CLASS_TITLES
from tui.network.activations import Activations
from tui.network.answer import Answer
from tui.network.arithmetic import Arithmetic
from tui.network.backward_state import Backward, Explained
from tui.network.backward_words import rule_words
from tui.network.by_hand import ByHand
from tui.network.cursor import Cursor, Depth

FIRST = "ankle-boot"
"""The picture that is shown until the picture set has been loaded."""


@dataclass(frozen=True)
class Source:
    """The origin of a network: the `path` of a `.keras` file, or random weights if it is empty.

    `title` names it on the screen; `content` is the digest of the file as it was opened.
    """

    path: str = ""
    title: str = N_("random weights")
    content: str = ""

    @property
    def untrained(self) -> bool:
        return not self.path


class NetworkState:
    """The state for one network. It takes over picture and cursor of the state `before` where they fit.

    Raises `CnnError` if the network takes no pictures.
    """

    def __init__(self, network: Network, source: Source, before: NetworkState | None = None) -> None:
        self.network, self.source = network, source
        self.picture_set: PictureSet | None = None
        self.filter = PictureFilter()
        self.picture_number = 0
        """The number of the picture in the picture set."""
        self.title = ""
        """The title of the learner's own picture; empty for one of the picture set."""
        self.path = ""
        """The file of the learner's own picture."""
        self.heat: Occlusion | None = None
        self.heat_left = 0.0
        """Estimated seconds until `heat` is finished."""
        self.heat_asked = False
        """Show the heat map at the network depth."""
        self.keras: tuple[Any, ...] | None = None
        """Keras's outputs for this picture, one array for each layer."""
        own = before.picture.original if before is not None and before.title else None
        self.picture: NetworkInput = network_input(network, own if own is not None else example(FIRST))
        if own is not None and before is not None:
            self.title, self.path = before.title, before.path
        self.cursor: Cursor = _cursor(network, Activations.of(network, self.picture.values), before)
        self.arithmetic: Arithmetic = Arithmetic() if before is None else Arithmetic(before.arithmetic.order)
        self.backward: Backward = Backward(None if before is None else before.backward)
        self.by_hand = ByHand(network)

    # Pictures.

    def set_pictures(self, pictures: Pictures) -> None:
        """Take a picture set; unless the learner opened a picture, show one of the set."""
        self.picture_set = PictureSet(pictures)
        if not self.title:
            self.show_number(min(self.picture_number, len(pictures) - 1))

    def set_answered(self, answered: Answered) -> None:
        if self.picture_set is not None:
            self.picture_set = replace(self.picture_set, answered=answered)

    def _show(self, picture: NetworkInput) -> None:
        self.picture = picture
        self.heat = self.keras = None
        self.arithmetic.forget()
        self.backward.forget()
        self.cursor.show(Activations.of(self.network, picture.values))

    def take(self, network: Network) -> None:
        """Show the same picture to other weights of the same layers. Answers to other pictures are dropped with the
        filter that needs them."""
        self.network = network
        if self.picture_set is not None:
            self.picture_set = PictureSet(self.picture_set.pictures)
        self.filter = replace(self.filter, wrong=False)
        self.cursor.map_chosen = self.cursor.cell_chosen = True  # the cursor aims at nothing else
        self._show(self.picture)

    def show_number(self, number: int) -> None:
        """Show picture `number` of the picture set."""
        assert self.picture_set is not None
        self.picture_number, self.title, self.path = number, "", ""
        self._show(network_input(self.network, self.picture_set.pictures.images[number]))

    def show_own(self, picture: Any, title: str, *, path: str = "", invert: bool = False) -> None:
        """Show a picture of any size, read from the file `path`."""
        self.title, self.path = title, path
        self._show(network_input(self.network, picture, invert=invert))

    def invert(self) -> None:
        """Swap light and dark in the current picture."""
        self._show(network_input(self.network, self.picture.original, invert=not self.picture.inverted))

    def step(self, by: int) -> bool:
        """Go to the next picture that passes the filter; from the learner's own picture, back to the picture set.

        Returns False if no picture passes.
        """
        if self.picture_set is None:
            return False
        number = self.picture_set.step(self.picture_number, 0 if self.title else by, self.filter)
        if number is None:
            return False
        self.show_number(number)
        return True

    def choose(self, chosen: PictureFilter) -> bool:
        """Set the filter; if the current picture does not pass it, go to the next one that does.

        Returns False if no picture passes.
        """
        self.filter = chosen
        if self.picture_set is None:
            return False
        number = self.picture_set.step(self.picture_number, 0, chosen)
        if number is None:
            return False
        if number != self.picture_number or self.title:
            self.show_number(number)
        return True

    # The answer to the picture.

    @property
    def label(self) -> int | None:
        """The true class, if it is known."""
        if self.picture_set is None or self.title or self.picture_set.pictures.labels is None:
            return None
        return int(self.picture_set.pictures.labels[self.picture_number])

    @property
    def classes(self) -> tuple[str, ...]:
        if self.picture_set is not None:
            return self.picture_set.pictures.classes
        return CLASS_TITLES if self.network.output_shape == (len(CLASS_TITLES),) else ()

    @property
    def network_name(self) -> str:
        """The network's title, or that its weights were changed by hand and are those of no file."""
        return _("changed weights") if self.by_hand.changed else _(self.source.title)

    @property
    def unit_names(self) -> tuple[str, ...]:
        """The names of the last layer's units. A single unit gives the probability of the second of two classes."""
        return self.classes[1:] if self.network.output_shape == (1,) and len(self.classes) == 2 else self.classes

    @property
    def names_under_cursor(self) -> tuple[str, ...]:
        """The names of the current layer's units; none except for the last layer."""
        return self.unit_names if self.cursor.is_last_layer else ()

    @property
    def answer(self) -> Answer:
        """The network's answer to the picture."""
        outputs = scores(self.network, self.cursor.activations.outputs[-1][None])
        chosen = int(best(outputs)[0])
        answer = None if chosen == NO_CLASS else chosen
        whole = from_0_to_1(self.network, len(self.network.layers) - 1)
        return Answer(outputs[0], self.classes, answer, self.label, are_probabilities(self.network), whole)

    def class_name(self, number: int) -> str:
        names = self.classes
        return _(names[number]) if number < len(names) else _("class {number}").format(number=number)

    @property
    def original(self) -> Any:
        """The picture before it was resized; None if it was not."""
        return self.picture.original if self.picture.resized else None

    @property
    def filter_name(self) -> str:
        """The filter in words; empty if all pictures pass."""
        words = _("misclassified") if self.filter.wrong else ""
        if self.filter.label is not None:
            words = f"{words} {self.class_name(self.filter.label)}".strip()
        return words

    @property
    def filter_words(self) -> str:
        if not self.filter_name:
            return _("All pictures are shown.")
        return _("Only these pictures are shown: {filter}.").format(filter=self.filter_name)

    # At the depth in view.

    @property
    def shows_heat(self) -> bool:
        return self.heat_asked and self.cursor.depth == Depth.NETWORK

    @property
    def finished_heat(self) -> Occlusion | None:
        """The heat map, if it is visible and finished."""
        return self.heat if self.shows_heat and self.heat is not None and self.heat.finished else None

    @property
    def keras_value(self) -> float | None:
        """Keras's value for the one under the cursor, if it is known."""
        outputs = None if self.keras is None else self.keras[self.cursor.layer]
        return None if outputs is None else float(outputs[self.cursor.index])

    def rule_words(self, explained: Explained) -> str:
        """The rule by which the explained gradient is computed."""
        reader = explained.reader if isinstance(explained, GradientExplanation) else None
        layer = None if reader is None else self.network.layers[reader]
        return rule_words(explained, "" if layer is None else layer.kind, "" if layer is None else layer.name)

    def update(self) -> Update | None:
        """The optimizer's update of the weight whose gradient is shown; None for a value, and until its averages are
        read."""
        backward, optimizer = self.backward, self.by_hand.optimizer
        if backward.gradients is None or optimizer is None or not backward.shows_weight(self.cursor):
            return None
        name, position = backward.weight_position(self.cursor)
        return update_of(backward.gradients.passed, optimizer, self.cursor.layer, name, position)

    def explanation(self) -> Explanation:
        """The explanation of the value under the cursor."""
        return self.arithmetic.explanation(self.cursor)


def _cursor(network: Network, activations: Activations, before: NetworkState | None) -> Cursor:
    """The cursor of `before` if the networks have the same layers, else a new one with the same scale."""
    if before is None:
        return Cursor(activations)
    if before.network.summary().rows == network.summary().rows:
        before.cursor.show(activations)
        return before.cursor
    return Cursor(activations, scale=before.cursor.scale)
