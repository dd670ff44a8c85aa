"""Text from outside, such as a file's name, made fit for a screen."""

from __future__ import annotations

import re

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, those that turn the direction of writing, and what stands for a byte that is no text."""


def printable(text: str) -> str:
    r"""`text` with an escape such as \xbb for everything that a terminal would obey, or could not be sent.

    Lines stay lines. Python stands the surrogate U+DCBB for the byte BB of a name that is not UTF-8 (PEP 383).
    """
    return _UNSEEN.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
