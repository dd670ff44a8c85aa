"""Bytes from a terminal as events."""

from __future__ import annotations

import time

import pytest
from odd_codes import ODD
from textual import events

from tui.terminal.keys import LONGEST_PASTE, PASTE_PAUSE, KeyParser


def keys(data: str) -> list[tuple[str, str | None]]:
    return [(event.key, event.character) for event in KeyParser().feed(data) if isinstance(event, events.Key)]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ("\x1b[12618;5u", "ctrl+c"),
        ("\x1b[12618;5:1u", "ctrl+c"),
        ("\x1b[12618;69u", "ctrl+c"),  # with caps lock
        ("\x1b[12618:12618:99;5u", "ctrl+c"),
        ("\x1b[12618;5;12618u", "ctrl+c"),
        ("\x1b[27;5;12618~", "ctrl+c"),
        ("\x1b[12610;5u", "ctrl+q"),
        ("\x1b[12628;5u", "ctrl+p"),
        ("\x1b[12618;6u", "ctrl+shift+c"),
        ("\x1b[12618;3u", "alt+c"),
        ("\x1b[4366;5u", "ctrl+c"),  # the conjoining jamo
        ("\x1b[65466;5u", "ctrl+c"),  # half as wide
        ("\x1b[1089::99;5u", "ctrl+c"),  # Cyrillic, where the terminal says which key it is
        ("\x1b[113::97;5u", "ctrl+q"),  # a Latin letter is what is on the key, wherever the key is
        ("\x1b[44032;5u", "ctrl+가"),  # several keys
    ],
)
def test_a_shortcut_in_hangul_is_the_latin_one(data: str, key: str) -> None:
    (event,) = keys(data)
    assert event[0] == key


@pytest.mark.parametrize(
    ("data", "event"),
    [
        ("\x1b[12618u", ("ㅊ", "ㅊ")),
        ("\x1b[12618;;12618u", ("ㅊ", "ㅊ")),
        ("\x1b[12610;2u", ("Q", "Q")),
        ("\x1b[12610;2;12611u", ("ㅃ", "ㅃ")),
        ("\x1b[97u", ("a", "a")),
        ("\x1b[97;2u", ("A", "A")),
        ("\x1b[97;2;65u", ("A", "A")),
        ("\x1b[97;5u", ("ctrl+a", None)),
        ("\x1b[1;5A", ("ctrl+up", None)),
        ("\x1b[13u", ("enter", "\r")),
    ],
)
def test_a_key_says_what_it_writes(data: str, event: tuple[str, str | None]) -> None:
    assert keys(data) == [event]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_code_does_not_stop_the_parser(odd: bytes) -> None:
    parser = KeyParser()
    list(parser.feed(odd.decode("utf-8", "replace")))
    last = [event for event in parser.feed("2") if isinstance(event, events.Key)]
    assert [event.key for event in last] == ["2"]


def test_no_code_writes_what_cannot_be_encoded() -> None:
    for code in (0xD800, 0xDFFF, 0x110000, 10**12):
        assert keys(f"\x1b[{code}u") == keys(f"\x1b[97;;{code}u") == keys(f"\x1b[{code};5u") == []


@pytest.mark.parametrize("size", [1, 2, 5, 4096])
def test_a_paste_is_one_event_however_it_is_read(size: int) -> None:
    parser = KeyParser()
    data = "\x1b[200~3, 5\n한글\x1b[201~x"
    received = [event for at in range(0, len(data), size) for event in parser.feed(data[at : at + size])]
    assert [event.text for event in received if isinstance(event, events.Paste)] == ["3, 5\n한글"]
    assert [event.key for event in received if isinstance(event, events.Key)] == ["x"]
    assert not parser.pasting


def test_a_paste_without_its_end_is_over_when_no_more_of_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    parser = KeyParser()
    received = list(parser.feed("\x1b[200~abc"))
    for _ in range(10):  # keys, which do not make it longer
        now += PASTE_PAUSE / 8
        received += [*parser.feed("k"), *parser.tick()]
    assert [type(event) for event in received] == [events.Paste, events.Key, events.Key]
    assert list(parser.tick()) == []


@pytest.mark.parametrize("key", ["\x03", "\x11", "\x1b[99;5u", "\x1b[12618;5u"])
def test_keys_that_end_the_app_end_a_paste(key: str) -> None:
    parser = KeyParser()
    list(parser.feed("\x1b[200~abc"))
    paste, end = parser.feed(key)
    assert isinstance(paste, events.Paste)
    assert isinstance(end, events.Key)
    assert end.key in ("ctrl+c", "ctrl+q")


@pytest.mark.parametrize("size", [7, 4096])
def test_of_an_endless_paste_the_beginning_is_kept(size: int) -> None:
    parser = KeyParser()
    data = "\x1b[200~" + "x" * (2 * LONGEST_PASTE) + "\x1b[201~y"
    paste, key = (event for at in range(0, len(data), size) for event in parser.feed(data[at : at + size]))
    assert isinstance(paste, events.Paste)
    assert LONGEST_PASTE - 6 <= len(paste.text) <= LONGEST_PASTE + 4096
    assert isinstance(key, events.Key)
    assert key.key == "y"
