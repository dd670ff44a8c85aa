"""The languages of the app: English, which is the source, and those with a catalogue in `locale`.

    from tui.i18n import _
    _("Row {row} of {rows}").format(row=3, rows=26)

English sentences are the keys; `locale/LANGUAGE/LC_MESSAGES/cnn_tui.po` is a gettext catalogue, read as it is, so that
another language needs no Python and no build step. A test holds that every sentence the app asks for is in every
catalogue with the same placeholders. Call `_` when a text is drawn, not when a module is loaded: the language can
change while the app runs.
"""

from __future__ import annotations

import json
import locale
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from cnncore.errors import CnnError
from tui.i18n.particles import chosen

Language: TypeAlias = str
"""A language's code, such as "en": English, or the name of a folder in `locale`."""
DOMAIN = "cnn_tui"
FOLDER = Path(__file__).parent / "locale"
WORDS = ("name", "what", "direction", "window_name")
"""The values of a template that are a word or an argument's name, never a path or typed text."""
_STRINGS = r'((?:".*"\n)+)'
_ENTRY = re.compile(rf"^msgid {_STRINGS}msgstr {_STRINGS}", re.MULTILINE)
_NAME = re.compile(r'^"X-Language-Name: (.+)\\n"$', re.MULTILINE)

_language: Language = "en"


def catalogue_path(code: Language) -> Path:
    return FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def _find_languages() -> dict[Language, str]:
    """Return each language's own name, from the header of its catalogue."""
    names = {"en": "English"}
    for folder in sorted(FOLDER.iterdir()):
        with catalogue_path(folder.name).open(encoding="utf-8") as file:
            head = _NAME.search(file.read(2000))
        names[folder.name] = head[1] if head else folder.name
    return names


LANGUAGES: dict[Language, str] = _find_languages()


@cache
def catalogue(code: Language) -> Mapping[str, str]:
    """Return English sentence -> sentence in language `code`, without the header and untranslated entries."""
    text = catalogue_path(code).read_text(encoding="utf-8") if code != "en" else ""
    pairs = ((_joined(source), _joined(target)) for source, target in _ENTRY.findall(text))
    return {source: target for source, target in pairs if source and target}


def _joined(lines: str) -> str:
    """Join the quoted lines of a catalogue to one string; their escapes are those of JSON."""
    return "".join(json.loads(line) for line in lines.splitlines())


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "to be translated, but not now"
    """Mark a sentence for translation and return it unchanged."""
    return text


class Korean(str):
    """A Korean sentence with both forms of its particles. Filling it keeps the right ones."""

    __slots__ = ()

    def format(self, *values: object, **named: object) -> str:
        return chosen(super().format(*values, **named))

    def __mod__(self, values: Any) -> str:  # argparse fills its sentences with %
        return chosen(super().__mod__(values))


def _(text: str) -> str:
    """Return `text` in the chosen language."""
    translated = catalogue(_language).get(text, text)
    # argparse asks for None, too
    return Korean(translated) if _language == "ko" and translated and "(" in translated else translated


def sentence(template: str, values: Mapping[str, Any]) -> str:
    """Fill `template` in the chosen language; our own words among the values, such as "row", are translated, and
    sentences within it (`cnncore.errors.Sentence`, plain from JSON)."""
    if not values:
        return _(template)
    words = {name: _(values[name]) for name in WORDS if isinstance(values.get(name), str)}
    for name, value in values.items():
        if isinstance(value, Mapping) and value.keys() == {"template", "values"}:
            words[name] = sentence(value["template"], value["values"])
    return _(template).format(**{**values, **words})


def error_text(error: BaseException, labels: Mapping[str, str] | None = None) -> str:
    """Return the text of an error, in the chosen language if it is from `cnncore`. `labels` maps `cnncore`'s names of
    arguments to those on the screen or the command line."""
    if isinstance(error, CnnError):
        name = error.values.get("name")
        label = (labels or {}).get(name) if isinstance(name, str) else None
        return sentence(error.template, error.values if label is None else {**error.values, "name": label})
    return str(error) or type(error).__name__


def language() -> Language:
    return _language


def set_language(chosen: Language) -> None:
    """`chosen` is one of `LANGUAGES`."""
    global _language  # noqa: PLW0603 - one reader, one language at a time
    _language = chosen


def system_language() -> Language:
    """Return the language that LC_ALL, LC_MESSAGES or LANG names if it has a catalogue, otherwise English."""
    named = (value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name)))
    value = next(named, None) or locale.getlocale()[0] or ""
    code = re.split("[_.@-]", value.lower())[0]
    return code if code in LANGUAGES else {"korean": "ko"}.get(code, "en")  # Windows writes Korean_Korea
