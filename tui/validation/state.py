"""The state of the validation place: the check that the keys would start, and the one that runs or has run.

No widget and no clock: the screen passes the time, and draws from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from cnncore.child.messages import Failed, Stage, same_failure
from cnncore.keras.validate_child import Checked, Message, Request
from cnncore.training.config import NETWORKS, NetworkName
from tui.i18n import N_, _

IMAGES = (10, 100, 1000)
"""The numbers of images to choose from."""


@dataclass(slots=True)
class ValidationState:
    network: NetworkName = NETWORKS[0]
    seed: int = 0
    images: int = IMAGES[1]
    trained: str = ""
    """The file of the trained network; "" if there is none."""
    request: Request | None = None
    """The latest check."""
    running: bool = False
    stage: str = ""
    stage_began: float = 0.0
    result: Checked | Failed | None = None
    result_before: Checked | Failed | None = None
    trouble: str = ""
    """An error of the app itself."""
    notice: str = ""
    """The reason why a key did nothing; kept until the next key."""

    @property
    def checked(self) -> Checked | None:
        """The result of a check that came to its end."""
        return self.result if isinstance(self.result, Checked) else None

    def begin(self, data: str, now: float, *, trained: bool) -> Request:
        """Begin a check of the trained network, or of one with random weights, on images from the folder `data`."""
        model = self.trained if trained else ""
        self.request = Request(model, self.network, self.seed, data, self.images)
        self.running, self.stage, self.stage_began = True, "", now
        self.result, self.result_before = None, self.result
        self.clear()
        return self.request

    def apply(self, message: Message, now: float) -> None:
        """Take the next message of the check."""
        if isinstance(message, Stage):
            self.stage, self.stage_began = message.stage, now
        else:
            self.result = message

    def end(self) -> None:
        """End the check; a stopped one has no result of its own."""
        self.running = False
        if self.result is None:
            self.result = Failed(N_("Stopped."))
        elif same_failure(self.result, self.result_before):  # otherwise the screen would look as it did before
            self.notice = _("The check failed again for the same reason.")

    def clear(self) -> None:
        """Clear the sentences that stay until the next key."""
        self.trouble = self.notice = ""

    def next_network(self) -> None:
        self.network = NETWORKS[(NETWORKS.index(self.network) + 1) % len(NETWORKS)]

    def next_images(self) -> None:
        self.images = IMAGES[(IMAGES.index(self.images) + 1) % len(IMAGES)]

    def next_seed(self) -> None:
        self.seed += 1
