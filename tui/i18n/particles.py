"""Korean particles that depend on the sound before them: 행이, 열이 but 너비가; 3을, 2를; 8로, 3으로.

A sentence has both forms, "{value}은(는)"; once it is filled, `chosen` keeps the right one. Other text is judged by its
Korean pronunciation: digits by their names, words in capitals or without a vowel letter by letter (except NaN), other
words by their endings. If the sound is unknown, both forms stay.
"""

from __future__ import annotations

import re

# (written, after a consonant, after a vowel)
PARTICLES = (
    ("은(는)", "은", "는"),
    ("이(가)", "이", "가"),
    ("을(를)", "을", "를"),
    ("와(과)", "과", "와"),
    ("(으)로", "으로", "로"),
    ("(이)라", "이라", "라"),
)
_WRITTEN = re.compile("|".join(re.escape(written) for written, _consonant, _vowel in PARTICLES))
_FORMS = {written: (consonant, vowel) for written, consonant, vowel in PARTICLES}
_CLOSING = " '\"`)]}>.,%"
_SYLLABLES, _ENDS, _RIEUL = 0xAC00, 28, 8
# 영 일 이 삼 사 오 육 칠 팔 구; ten, a hundred, a thousand end with a consonant as 영 does.
_DIGITS = {"0": "m", "1": "l", "2": "", "3": "m", "4": "", "5": "", "6": "k", "7": "l", "8": "l", "9": ""}
_LETTERS = {"l": "l", "m": "m", "n": "n", "r": "l"}
_WORD = re.compile(r"[A-Za-z]+$")
# The final sound of a foreign word when read in Korean; the first match counts.
_ENDINGS = (
    (re.compile(r"(l|le)$"), "l"),
    (re.compile(r"(m|me|n|ne|ng)$"), "n"),
    (re.compile(r"((?<![aeiou])[aeiou](p|t|ck|k|c)|out)$"), "k"),
)


def chosen(text: str) -> str:
    """Return `text` with the right particle wherever both were written."""
    return _WRITTEN.sub(lambda match: _form(text[: match.start()], match.group()), text)


def _form(before: str, written: str) -> str:
    sound = end_sound(before)
    if sound is None:
        return written
    consonant, vowel = _FORMS[written]
    if written == "(으)로" and sound == "l":
        return vowel
    return consonant if sound else vowel


def end_sound(text: str) -> str | None:
    """Return the final consonant of `text` when read: "" for a vowel, "l" for ㄹ; None if unknown."""
    text = text.rstrip(_CLOSING)
    if not text:
        return None
    last = text[-1]
    if "가" <= last <= "힣":
        end = (ord(last) - _SYLLABLES) % _ENDS
        return "l" if end == _RIEUL else "k" if end else ""
    if last in _DIGITS:
        return _DIGITS[last]
    word = _WORD.search(text)
    if word is None:
        return None
    letters = word.group()
    if letters.isupper() or not re.search("[aeiouy]", letters.lower()):
        return _LETTERS.get(letters[-1].lower(), "")
    return next((sound for pattern, sound in _ENDINGS if pattern.search(letters.lower())), "")
