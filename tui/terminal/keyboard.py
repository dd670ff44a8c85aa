"""Keys typed while a Korean keyboard is in Hangul mode: which Latin letters they are on the same keys.

The two-set layout (KS X 5002) puts one jamo on each letter key; Shift gives seven others. An input method may send the
jamo alone or join several to a syllable, which is several keys.
"""

from __future__ import annotations

import unicodedata

ENDING = ("ctrl+c", "ctrl+q")
"""These keys end the app, whatever else waits to be done."""

_CONSONANTS = {
    "ㄱ": "r", "ㄲ": "R", "ㄴ": "s", "ㄷ": "e", "ㄸ": "E", "ㄹ": "f", "ㅁ": "a", "ㅂ": "q", "ㅃ": "Q", "ㅅ": "t",
    "ㅆ": "T", "ㅇ": "d", "ㅈ": "w", "ㅉ": "W", "ㅊ": "c", "ㅋ": "z", "ㅌ": "x", "ㅍ": "v", "ㅎ": "g",
}  # fmt: skip
_VOWELS = {
    "ㅏ": "k", "ㅐ": "o", "ㅑ": "i", "ㅒ": "O", "ㅓ": "j", "ㅔ": "p", "ㅕ": "u", "ㅖ": "P", "ㅗ": "h", "ㅘ": "hk",
    "ㅙ": "ho", "ㅚ": "hl", "ㅛ": "y", "ㅜ": "n", "ㅝ": "nj", "ㅞ": "np", "ㅟ": "nl", "ㅠ": "b", "ㅡ": "m", "ㅢ": "ml",
    "ㅣ": "l",
}  # fmt: skip
_CLUSTERS = {
    "ㄳ": "rt", "ㄵ": "sw", "ㄶ": "sg", "ㄺ": "fr", "ㄻ": "fa", "ㄼ": "fq", "ㄽ": "ft", "ㄾ": "fx", "ㄿ": "fv",
    "ㅀ": "fg", "ㅄ": "qt",
}  # fmt: skip
_LETTERS = _CONSONANTS | _VOWELS | _CLUSTERS


def latin_letters(character: str) -> str:
    """The letters of the keys that typed the jamo or syllable `character`; "" for whatever else it is."""
    if len(character) != 1 or "HANGUL" not in unicodedata.name(character, ""):
        return ""
    # Taken apart, each is one to three conjoining jamo, whose names end as those of the jamo on the keys do.
    letters = [_LETTERS.get(_on_key(part), "") for part in unicodedata.normalize("NFKD", character)]
    return "".join(letters) if all(letters) else ""


def _on_key(part: str) -> str:
    """The jamo of the layout that looks like the conjoining jamo `part`."""
    name = unicodedata.name(part)
    for place in ("CHOSEONG", "JUNGSEONG", "JONGSEONG"):
        name = name.replace(f"HANGUL {place} ", "HANGUL LETTER ")
    try:
        return unicodedata.lookup(name)
    except KeyError:  # of a script that is no longer written
        return ""
