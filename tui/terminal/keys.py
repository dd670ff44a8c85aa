"""Bytes from the terminal as events. Textual's parser does the work; here is what it takes for granted:

- that a key's code is a character, its fields are numbers and a picture's pixel has a size. Whatever else raises in it,
  and the thread that reads the terminal would end with it;
- that a paste has an end. One that lost it would take all keys from then on;
- that a shortcut is typed in Latin letters. Under a Korean input method a terminal says Ctrl with a jamo.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Final

from textual import events
from textual.keys import Keys
from textual.message import Message

from tui.terminal.keyboard import ENDING, latin_letters
from tui.widgets.textual_private import PASTE_END, PASTE_START, OpenParser

PASTE_PAUSE: Final = 1.0
"""Seconds after the last large piece of a paste when it is over, with or without an end."""
TYPED: Final = 16
"""A read of so many characters or fewer may be keys: it does not make a paste longer."""
LONGEST_PASTE: Final = 1 << 16
"""Characters of a paste that are kept: what is pasted here is a path, or the numbers of a kernel."""

_KEY = re.compile(r"\x1b\[([\d:]*)(?:;([\d:]*))?(?:;([\d:]*))?([u~A-FHPQRS])", re.ASCII)
"""Kitty's protocol: code[:shifted[:base]] ; modifiers[:event] ; text. https://sw.kovidgoyal.net/kitty/keyboard-protocol"""
_LOCKS: Final = 0b11000000
"""Caps lock and num lock among the modifiers: they make no shortcut of a letter."""
_RELEASED: Final = "3"


class KeyParser(OpenParser):
    """`feed` it what was read, and call `tick` when nothing was: both give events."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self.pasting = False
        self._pasted = 0
        self._grew = 0.0
        self._end = ""

    # Pastes.

    def feed(self, data: str) -> Iterable[Message]:
        if self.pasting and len(data) <= TYPED and any(key.key in ENDING for key in self.keys_of(data)):
            yield from self._close_paste()  # nobody pastes that alone
        text = self._end + data
        self._end = text[1 - len(PASTE_END) :]  # an end may come in two reads
        start, end = text.rfind(PASTE_START), text.rfind(PASTE_END)
        full = self.pasting and self._pasted > LONGEST_PASTE
        if start >= 0 or end >= 0:
            self.pasting, self._pasted = start > end, 0
        if self.pasting:
            self._pasted += len(data)
            if len(data) > TYPED or start >= 0:
                self._grew = time.monotonic()
        if not full:
            yield from super().feed(data)
        elif end >= 0:
            yield from super().feed(text[end:])

    def tick(self) -> Iterable[Message]:
        yield from super().tick()
        if self.pasting and time.monotonic() - self._grew >= PASTE_PAUSE:
            yield from self._close_paste()

    def _close_paste(self) -> Iterable[Message]:
        self.pasting, self._end = False, ""
        yield from super().feed(PASTE_END)

    # Keys.

    def keys_of(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        try:
            return [_with_text(key) for key in super().keys_of(latin_sequence(sequence), alt)]
        except (ValueError, OverflowError):
            return [events.Key(Keys.Ignore, sequence)]

    def parse_mouse_code(self, code: str) -> Message | None:
        self.mouse_pixels = False  # the driver asks for cells; a size in pixels that comes unasked is none
        return super().parse_mouse_code(code)


def latin_sequence(sequence: str) -> str:
    """A key of Kitty's protocol as Textual reads it: of the alternatives of a code one, of a shortcut the Latin letter.

    What is no such key comes back as it is. Raises `ValueError` for a code that is no character, and for the release of
    a key, which is none.
    """
    match = _KEY.fullmatch(sequence)
    if match is None:
        return sequence
    codes, how, text, end = (part or "" for part in match.groups())
    if end == "~" and codes == "27" and text:  # xterm's modifyOtherKeys
        codes, text, end = text, "", "u"
    code, _shifted, base = [*codes.split(":"), "", ""][:3]
    modifiers, _, event = how.partition(":")
    if event == _RELEASED:
        raise ValueError("a key was released")
    held = max(0, int(modifiers or 1) - 1) & ~_LOCKS
    if end == "u":
        character = _character(int(code or 0))
        letter = _letter(character, int(base or 0)) if held else ""
        code = str(ord(letter or character))
        if letter and held > 1:  # not Shift alone: a shortcut writes nothing
            text = ""
    for part in filter(None, text.split(":")):
        _character(int(part))
    fields = [code, modifiers, text]
    while fields and not fields[-1]:
        fields.pop()
    return f"\x1b[{';'.join(fields)}{end}"


def _letter(character: str, base: int) -> str:
    """The Latin letter of a shortcut's key: as the terminal says, or as the two-set layout has it. "" where the key has
    a Latin letter itself, or none is known."""
    if character.isascii():
        return ""
    if base:
        return _character(base)
    letters = latin_letters(character)
    return letters if len(letters) == 1 else ""


def _character(code: int) -> str:
    if not 0 < code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise ValueError(f"{code} is no character")
    return chr(code)


def _with_text(event: events.Key) -> events.Key:
    """A letter key says what it writes, also where the terminal leaves that out."""
    shift, _, name = event.key.rpartition("shift+")
    if event.character is None and len(name) == 1 and not shift and name.isprintable():
        character = name.upper() if event.key != name else name
        return events.Key(character, character)
    return event
