"""Hangul typed for letters: the two-set layout, and the app that answers to it."""

from __future__ import annotations

import string

import pytest
from screens_of import ready, screen_text

from tui.cnn_app import CnnApp
from tui.terminal.keyboard import latin_letters

LAYOUT = {
    "qwertyuiop": "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ",
    "asdfghjkl": "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ",
    "zxcvbnm": "ㅋㅌㅊㅍㅠㅜㅡ",
    "QWERTOP": "ㅃㅉㄸㄲㅆㅒㅖ",
}


def test_every_letter_key_has_its_jamo() -> None:
    for keys, jamo in LAYOUT.items():
        assert "".join(latin_letters(one) for one in jamo) == keys
    assert set("".join(LAYOUT)) >= set(string.ascii_lowercase)


@pytest.mark.parametrize(
    ("typed", "letters"), [("ㅘ", "hk"), ("ㅄ", "qt"), ("다", "ek"), ("한", "gks"), ("앓", "dkfg"), ("꿰", "Rnp")]
)
def test_joined_jamo_are_several_keys(typed: str, letters: str) -> None:
    assert latin_letters(typed) == letters


def test_every_syllable_is_two_to_five_keys() -> None:
    assert {len(latin_letters(chr(code))) for code in range(ord("가"), ord("힣") + 1)} == {2, 3, 4, 5}


@pytest.mark.parametrize("other", ["", "k", "5", " ", "?", "日", "left", "ab"])
def test_nothing_else_is_changed(other: str) -> None:
    assert latin_letters(other) == ""


async def test_keys_in_hangul_mode_do_what_the_letters_do() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        workbench = app.open_workbench()
        kernel, sample = workbench.kernel_index, workbench.sample_index
        await pilot.press("ㅏ")
        assert workbench.kernel_index == kernel + 1
        await pilot.press("ㅜ")
        assert workbench.sample_index == sample + 1
        await pilot.press("ㅣ")
        assert "합성곱" in screen_text(app)


async def test_what_is_typed_into_a_field_stays_hangul() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ㅐ")
        await pilot.pause()
        await pilot.press("그", "림")
        assert "그림" in screen_text(app)
