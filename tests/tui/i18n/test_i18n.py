"""Every sentence the app can show is in every catalogue, with the same placeholders, and nothing else is."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from extract import arguments, extract, sentences

import cnncore
import tui
from tui.i18n import LANGUAGES, _, catalogue, catalogue_path, sentence, set_language, system_language

ROOMS = (Path(tui.__file__).parent, Path(cnncore.__file__).parent)
MODULES = sorted(path for room in ROOMS for path in room.rglob("*.py"))
CORE_MODULES = sorted(ROOMS[1].rglob("*.py"))
TRANSLATED = [code for code in LANGUAGES if code != "en"]


def shown(path: Path) -> set[str]:
    with path.open("rb") as file:
        return {text for _line, _function, text, _comments in extract(file, None, None, None)}


def unreadable(path: Path) -> list[str]:
    """The errors whose template cannot be read off, unless they pass on one that was made elsewhere."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    parts = (
        part
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", "")) not in ("_", "N_", "Kernel", "Example")
        for argument in arguments(call)
        for text, part in sentences(argument)
        if not text
    )
    return [
        f"{path.name}:{part.lineno}: {ast.unparse(part)}"
        for part in parts
        if not (isinstance(part, (ast.Starred, ast.Constant)) or getattr(part, "attr", "") == "template")
    ]


def placeholders(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}


def test_the_scan_finds_sentences_of_every_kind() -> None:
    everything = {text for path in MODULES for text in shown(path)}
    assert {
        "out is read-only",  # CnnError
        "Keras does not start: {reason}",
        "training failed: {reason}",  # Failed
        "Sharpen",  # a kernel's title
        "Letter A",  # a picture's
        "usage: ",  # argparse's
        "Convolution",  # N_
    } <= everything
    assert len(everything) > 900


@pytest.mark.parametrize("path", CORE_MODULES, ids=lambda path: path.name)
def test_every_template_of_an_error_can_be_read_off(path: Path) -> None:
    assert not unreadable(path)


def test_there_is_a_translation_to_check() -> None:
    assert "ko" in TRANSLATED


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_has_every_sentence_and_no_other(code: str) -> None:
    everything = {text for path in MODULES for text in shown(path)}
    there = set(catalogue(code))
    assert sorted(everything - there) == []
    assert sorted(there - everything) == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_is_what_gettext_reads(code: str) -> None:
    """Babel's reader finds the same sentences as ours, none of them fuzzy."""
    with catalogue_path(code).open("rb") as file:
        entries = [entry for entry in read_po(file, locale=code) if entry.id]
    assert {str(entry.id): str(entry.string) for entry in entries if entry.string} == dict(catalogue(code))
    assert [entry.id for entry in entries if entry.fuzzy] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_has_the_same_placeholders(code: str) -> None:
    wrong = [text for text, other in catalogue(code).items() if placeholders(text) != placeholders(other)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("LC_ALL", "ko_KR.UTF-8", "ko"),
        ("LANG", "ko", "ko"),
        ("LC_MESSAGES", "Korean_Korea.949", "ko"),
        ("LC_ALL", "en_US.UTF-8", "en"),
        ("LC_ALL", "C.UTF-8", "en"),
        ("LC_ALL", "xx_YY", "en"),
    ],
)
def test_the_language_is_that_of_the_locale(monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: str) -> None:
    for other in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, value)
    assert system_language() == code


def test_the_language_is_chosen_live() -> None:
    set_language("ko")
    assert _("Convolution") == "합성곱"
    set_language("en")
    assert _("Convolution") == "Convolution"


def test_words_that_fill_a_sentence_are_translated_and_nothing_else() -> None:
    values = {"name": "row", "value": 30, "last": 25}
    assert sentence("{name} is {value}; it must be from 0 to {last}", values) == "row is 30; it must be from 0 to 25"
    set_language("ko")
    assert sentence("{name} is {value}; it must be from 0 to {last}", values).startswith("행")
    assert sentence("{path} is empty", {"path": "row"}).startswith("row")


def test_no_particle_of_a_filled_in_value_is_fixed() -> None:
    """247로 but 250으로: what follows a value has both forms, and filling it in leaves the right one."""
    fixed = re.compile(r"\{[a-z_]+\}(은|는|이|가|을|를|와|과|로|으로)(?=[ ,.])")
    assert [text for text in catalogue("ko").values() if fixed.search(text)] == []
