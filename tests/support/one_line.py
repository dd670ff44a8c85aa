"""The form of an error on the command line."""

from __future__ import annotations


def is_one_line(text: str) -> bool:
    return text.startswith("cnn-tui: ") and text.count("\n") == 1 and text.endswith("\n")
