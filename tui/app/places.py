"""The places of the app, an entry for each. Its module is imported when the screen is first shown.

To add a screen, add an entry; header, keys, command palette and help follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from tui.i18n import N_

if TYPE_CHECKING:
    from tui.app.screen import FrameScreen


@dataclass(frozen=True, slots=True)
class ScreenEntry:
    """One place. `title` is an English sentence to translate when drawn; `target` is "module:Class"."""

    id: str
    key: str
    title: str
    target: str

    def load(self) -> FrameScreen:
        """Make a new screen. Its module is imported only now."""
        module, _, name = self.target.partition(":")
        screen: FrameScreen = getattr(import_module(module), name)()
        return screen


SCREENS: tuple[ScreenEntry, ...] = (
    ScreenEntry("convolution", "1", N_("Convolution"), "tui.walk.screen:convolution_screen"),
    ScreenEntry("pooling", "2", N_("Pooling"), "tui.walk.screen:pooling_screen"),
    ScreenEntry("network", "3", N_("Network"), "tui.network.screen:NetworkScreen"),
    ScreenEntry("training", "4", N_("Training"), "tui.training.screen:TrainingScreen"),
    ScreenEntry("validation", "5", N_("Validation"), "tui.validation.screen:ValidationScreen"),
)
