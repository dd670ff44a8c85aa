"""What the network screen looks at: a network, pictures for it, the one that is shown, and what is known of the answer.

Pure state; workers of the screen bring what takes time. A picture is either one of the gallery or the learner's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from cnncore.datasets.examples import example
from cnncore.datasets.network_images import Answered, NetworkInput, PictureFilter, Pictures, PictureSet, network_input
from cnncore.network import Network
from cnncore.network.answers import NO_CLASS, are_probabilities, best, from_0_to_1, scores
from cnncore.network.occlusion import Occlusion
from tui.i18n import N_, _
from tui.i18n.words import CLASS_TITLES
from tui.network.panels import Answer
from tui.network.state import Microscope, Shot

FIRST = "ankle-boot"


@dataclass(frozen=True)
class Source:
    """Where the network came from: a `.keras` file's `path`, or fresh weights where it is empty; `title` names it,
    `content` is the digest of the file as it was opened."""

    path: str = ""
    title: str = N_("fresh weights")
    content: str = ""

    @property
    def untrained(self) -> bool:
        return not self.path


class Session:
    """See the module. Raises `CnnError` where the network takes no pictures."""

    def __init__(self, network: Network, source: Source, before: Session | None = None) -> None:
        self.network, self.source = network, source
        self.gallery: PictureSet | None = None
        self.filter = PictureFilter()
        self.place = 0
        self.title = ""
        """Of a picture of one's own; else empty."""
        self.path = ""
        """That picture's file."""
        self.heat: Occlusion | None = None
        self.heat_left = 0.0
        """Seconds until `heat` is finished, as far as can be said."""
        self.keras: tuple[Any, ...] | None = None
        own = before.seen.original if before is not None and before.title else None
        self.seen: NetworkInput = network_input(network, own if own is not None else first_picture())
        if own is not None and before is not None:
            self.title, self.path = before.title, before.path
        shot = Shot.take(network, self.seen.values)
        if before is not None and before.network.summary().rows == network.summary().rows:
            scope = before.scope
            scope.show(shot)
        else:
            scope = Microscope(shot)
            if before is not None:
                scope.scale = before.scope.scale
        self.scope: Microscope = scope

    # Pictures.

    def set_pictures(self, pictures: Pictures) -> None:
        """The gallery is there; its first picture takes the place of the stand-in."""
        self.gallery = PictureSet(pictures)
        if not self.title:
            self.show_place(min(self.place, len(pictures) - 1))

    def set_answered(self, answered: Answered) -> None:
        if self.gallery is not None:
            self.gallery = replace(self.gallery, answered=answered)

    def _look(self, seen: NetworkInput) -> None:
        self.seen = seen
        self.heat = self.keras = None
        self.scope.show(Shot.take(self.network, seen.values))

    def show_place(self, place: int) -> None:
        """The gallery's picture number `place`."""
        assert self.gallery is not None
        self.place, self.title, self.path = place, "", ""
        self._look(network_input(self.network, self.gallery.pictures.images[place]))

    def show_own(self, picture: Any, title: str, *, path: str = "", invert: bool = False) -> None:
        """A picture of any size, of the file `path`."""
        self.title, self.path = title, path
        self._look(network_input(self.network, picture, invert=invert))

    def invert(self) -> None:
        """The picture at hand light on dark instead of dark on light, or back."""
        self._look(network_input(self.network, self.seen.original, invert=not self.seen.inverted))

    def step(self, by: int) -> bool:
        """The next of the gallery that passes the filter; whether there is one. From one's own picture, back to it."""
        if self.gallery is None:
            return False
        place = self.gallery.step(self.place, 0 if self.title else by, self.filter)
        if place is None:
            return False
        self.show_place(place)
        return True

    def choose(self, chosen: PictureFilter) -> bool:
        """Another filter: stays on a picture that passes, else goes to the next one. Whether there is one."""
        self.filter = chosen
        if self.gallery is None:
            return False
        place = self.gallery.step(self.place, 0, chosen)
        if place is None:
            return False
        if place != self.place or self.title:
            self.show_place(place)
        return True

    # What is known of the picture.

    @property
    def label(self) -> int | None:
        """What it is, where that is known."""
        if self.gallery is None or self.title or self.gallery.pictures.labels is None:
            return None
        return int(self.gallery.pictures.labels[self.place])

    @property
    def classes(self) -> tuple[str, ...]:
        if self.gallery is not None:
            return self.gallery.pictures.classes
        return CLASS_TITLES if self.network.output_shape == (len(CLASS_TITLES),) else ()

    @property
    def unit_names(self) -> tuple[str, ...]:
        """What the last layer's units stand for. One unit alone gives the probability of the second of two classes."""
        return self.classes[1:] if self.network.output_shape == (1,) and len(self.classes) == 2 else self.classes

    @property
    def answer(self) -> Answer:
        """What the network says to it."""
        found = scores(self.network, self.scope.shot.activations[-1][None])
        said = int(best(found)[0])
        answer = None if said == NO_CLASS else said
        whole = from_0_to_1(self.network, len(self.network.layers) - 1)
        return Answer(found[0], self.classes, answer, self.label, are_probabilities(self.network), whole)

    def class_name(self, number: int) -> str:
        names = self.classes
        return _(names[number]) if number < len(names) else _("class {number}").format(number=number)

    @property
    def original(self) -> Any:
        """The picture before it was made to fit, where it was."""
        return self.seen.original if self.seen.resized else None


def first_picture() -> Any:
    """Something to see until the gallery is there."""
    return example(FIRST)
