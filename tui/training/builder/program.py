"""The program beside the network: its lines, the one under the cursor, and what that line does."""

from __future__ import annotations

from collections.abc import Sequence

from cnncore.training.architecture.script import LIBRARIES, STYLES, Library, ScriptLine, Style, script, script_text
from cnncore.training.config import TrainConfig
from tui.i18n import _


class Program:
    """`style` is how it adds layers, `library` what it imports, `line` the line of the cursor. It has no lines while
    the network cannot be trained."""

    def __init__(self) -> None:
        self.style: Style = "add"
        self.library: Library = "keras"
        self.lines: Sequence[ScriptLine] = ()
        self.line = 0
        self.config: TrainConfig | None = None
        self._before: ScriptLine | None = None
        """The line of the cursor in the program before, which is none while the network cannot be trained."""

    def show(self, config: TrainConfig | None) -> None:
        """Write the program of `config`, the cursor on the line of the same part and layer."""
        before = self._before = self.current or self._before
        self.config = config
        self.lines = () if config is None else script(config, style=self.style, library=self.library, say=_)
        if before is not None:
            self._find(before)
        self.line = max(0, min(self.line, len(self.lines) - 1))

    @property
    def current(self) -> ScriptLine | None:
        return self.lines[self.line] if self.lines else None

    @property
    def layer(self) -> int | None:
        """The layer that the line of the cursor adds."""
        return None if self.current is None else self.current.layer

    def _find(self, before: ScriptLine) -> None:
        same = [n for n, one in enumerate(self.lines) if (one.part, one.layer) == (before.part, before.layer)]
        exact = [n for n in same if self.lines[n].text == before.text]
        self.line = (exact or same or [self.line])[0]

    def light(self, layer: int) -> None:
        """Put the cursor on the line of a layer."""
        self.line = next((n for n, one in enumerate(self.lines) if one.layer == layer), self.line)

    def go(self, line: int) -> bool:
        """Put the cursor on a line, or the nearest one that is not empty; False if it was there."""
        before = self.line
        line = max(0, min(line, len(self.lines) - 1))
        by = 1 if line >= before else -1
        while self.lines and not self.lines[line].text.strip() and 0 <= line + by < len(self.lines):
            line += by
        self.line = line
        return line != before

    def turn_style(self) -> None:
        self.style = STYLES[(STYLES.index(self.style) + 1) % len(STYLES)]
        self.show(self.config)

    def turn_library(self) -> None:
        self.library = LIBRARIES[(LIBRARIES.index(self.library) + 1) % len(LIBRARIES)]
        self.show(self.config)

    def text(self, config: TrainConfig, library: Library) -> str:
        """The program as a file for `library`."""
        return script_text(config, style=self.style, library=library, say=_)
