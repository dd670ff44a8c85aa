"""The progress of opening a network: the current step, and the time left.

TensorFlow does not report the progress of its loading. The time left is estimated from the last time, which is kept in
the cache folder; before there was one, from a typical machine's.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from cnncore._files import read_text, write_atomically
from cnncore.errors import CnnError
from tui.i18n import N_, _
from tui.network.opening_words import stage_line

USUAL = 6.0
"""Seconds on a typical machine."""
LONGEST = 600.0
STEPS: tuple[str, ...] = ("cache", "import", "convert")
BAR = 20


@dataclass
class Opening:
    """The opening of the file `name`, which began at the time `began` and should take `expected` seconds."""

    name: str
    began: float
    expected: float = USUAL
    timed: bool = False
    """True if `expected` was measured on this machine."""
    stage: str = "cache"

    def part(self, now: float) -> float:
        """The part of the expected time that has passed, from 0 to 1."""
        return max(0.0, min(1.0, (now - self.began) / self.expected))

    def words(self, now: float) -> str:
        """Two lines: the current step; its progress, the time left, and the key that cancels."""
        if self.stage == "cache":
            return "\n".join([_("Opening {name}").format(name=self.name), self._bar(now)])
        step = _("step {step} of {steps}").format(step=STEPS.index(self.stage) + 1, steps=len(STEPS))
        return "\n".join([f"{self.name}, {step}: {stage_line(self.stage)}", self._bar(now)])

    def _bar(self, now: float) -> str:
        full = round(self.part(now) * BAR)
        left = self.expected - (now - self.began)
        if left < 0:
            text = _("{seconds} s, longer than last time") if self.timed else _("{seconds} s, longer than usual")
            text = text.format(seconds=f"{now - self.began:.0f}")
        else:
            text = _("about {seconds} s left").format(seconds=f"{max(1.0, left):.0f}")
        return f"[{'#' * full}{'-' * (BAR - full)}] {text}. {_(LEAVE)}"


LEAVE = N_("Esc cancels.")


def _file() -> Path:
    return user_cache_path("cnn-tui", appauthor=False) / "opening.json"


def begin(name: str, now: float) -> Opening:
    """An opening that begins `now`, with the time that the last one took."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):  # of which CnnError is one
        seconds = float(json.loads(read_text(_file()))["seconds"])
        if 0 < seconds < LONGEST:
            return Opening(name, now, seconds, timed=True)
    return Opening(name, now)


def remember(seconds: float) -> None:
    """Keep the time that an opening took, if the cache folder can be written."""
    with contextlib.suppress(OSError, CnnError):
        file = _file()
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, lambda opened: opened.write(json.dumps({"seconds": round(seconds, 2)}).encode()))
