"""The progress of opening a network in words."""

from __future__ import annotations

from dataclasses import dataclass

from tui.i18n import N_, _
from tui.network.opening_words import stage_line


@dataclass
class Opening:
    """The opening of the file `name`, at the stage `stage`, which is empty at first."""

    name: str
    stage: str = ""

    def words(self) -> str:
        """Two lines: what is being done, and the key that cancels."""
        first = f"{self.name}: {stage_line(self.stage)}" if self.stage else _("Opening {name}").format(name=self.name)
        return f"{first}\n{_(LEAVE)}"


LEAVE = N_("Esc cancels.")
