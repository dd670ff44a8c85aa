"""Korean particles agree with what they follow."""

from __future__ import annotations

import pytest

from tui.i18n import _, catalogue, error_text, sentence, set_language
from tui.i18n.particles import PARTICLES, chosen


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("행이(가)", "행이"),
        ("너비이(가)", "너비가"),
        ("0은(는)", "0은"),
        ("12을(를)", "12를"),
        ("-3을(를)", "-3을"),
        ("99은(는)", "99는"),
        ("8(으)로", "8로"),  # 팔로: after ㄹ as after a vowel
        ("13(으)로", "13으로"),
        ("2.5(으)로", "2.5로"),
        ("'abc'은(는)", "'abc'는"),
        ("(3, 6)이(가)", "(3, 6)이"),
        ("net.keras을(를)", "net.keras를"),
        ("photo.png은(는)", "photo.png는"),
        ("a.html을(를)", "a.html을"),
        ("model와(과)", "model과"),
        ("kernel(으)로", "kernel로"),
        ("padding을(를)", "padding을"),
        ("input이(가)", "input이"),
        ("dropout은(는)", "dropout은"),
        ("CSV와(과)", "CSV와"),
        ("NaN은(는)", "NaN은"),
        ("율(이)라는", "율이라는"),
        ("?은(는)", "?은(는)"),
        ("은(는)", "은(는)"),
    ],
)
def test_the_particle_agrees(text: str, right: str) -> None:
    assert chosen(text) == right


def test_sentences_are_filled_with_the_right_one() -> None:
    set_language("ko")
    values = {"name": "row", "value": 30, "last": 25}
    assert (
        sentence("{name} is {value}; it must be from 0 to {last}", values) == "행이 30입니다. 0에서 25까지여야 합니다"
    )
    assert _("{value} is not a number from 0 to {last}").format(value="'7'", last=3).startswith("'7'은 ")
    assert _("not allowed with argument %s") % "--grey" == "--grey와 함께 쓸 수 없습니다"
    from cnncore.errors import CnnError

    assert error_text(CnnError("{path} is empty", path="a.csv")) == "a.csv가 비어 있습니다"


def test_no_sentence_has_a_pair_that_is_not_known() -> None:
    import re

    known = {written for written, _consonant, _vowel in PARTICLES}
    pairs = re.compile(r"[은이을와과가를]\([는가를과와이은을]\)|\(으\)로|\(이\)라")
    used = {pair for korean in catalogue("ko").values() for pair in pairs.findall(korean)}
    assert used <= known
