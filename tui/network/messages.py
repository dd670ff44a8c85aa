"""The message line of the network screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Messages:
    """`notice` stands until the next key; `trouble`, an error, takes its place."""

    notice: str = ""
    trouble: str = ""

    def say(self, text: str) -> None:
        self.notice, self.trouble = text, ""

    def warn(self, text: str) -> None:
        self.notice, self.trouble = "", text

    def clear(self) -> None:
        self.notice = self.trouble = ""

    def current(self, *standing: str) -> tuple[str, bool]:
        """The text to show, and true if it is an error.

        The first of `standing` (progress) takes precedence over a notice; the others fill the line when there is none.
        """
        if self.trouble:
            return self.trouble, True
        progress, *others = standing
        return next((text for text in (progress, self.notice, *others) if text), ""), False
