"""Make text from outside, such as a file name, safe to print."""

from __future__ import annotations

import re

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, bidirectional overrides, and surrogates that stand for undecodable bytes."""


def printable(text: str) -> str:
    r"""Escape every character that a terminal would obey or that cannot be encoded, as in \xbb.

    Line breaks are kept. Python decodes a byte BB that is not UTF-8 as the surrogate U+DCBB (PEP 383).
    """
    return _UNSEEN.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
