"""Two languages: English, which is the source, and Korean.

    from tui.i18n import _
    _("Row {row} of {rows}").format(row=3, rows=26)

English sentences are the keys. The Korean ones lie in `tui.i18n.ko`, one module per room, and a test holds that every
sentence the app asks for is there with the same placeholders. Call `_` when a text is drawn, not when a module is
loaded: the language can change while the app runs.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

Language: TypeAlias = Literal["en", "ko"]
WORDS = ("name", "what", "direction", "window_name")
"""The values of a template that are a word or an argument's name, never a path or what someone typed."""
LANGUAGES: dict[Language, str] = {"en": "English", "ko": "한국어"}

_language: Language = "en"


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "to be translated, but not now"
    """Marks a sentence for translation and returns it as it is."""
    return text


class Korean(str):
    """A Korean sentence with both forms of a particle, of which filling it leaves the right one."""

    __slots__ = ()

    def format(self, *values: object, **named: object) -> str:
        from tui.i18n.particles import chosen

        return chosen(super().format(*values, **named))

    def __mod__(self, values: Any) -> str:  # argparse fills its sentences so
        from tui.i18n.particles import chosen

        return chosen(super().__mod__(values))


def _(text: str) -> str:
    """`text` in the chosen language."""
    if _language == "ko":
        from tui.i18n.ko import MESSAGES

        found = MESSAGES.get(text, text)
        return Korean(found) if found and "(" in found else found  # argparse asks for None, too
    return text


def sentence(template: str, values: Mapping[str, Any]) -> str:
    """`template` in the chosen language, filled; words of ours among the values, such as "row", are translated."""
    if not values:
        return _(template)
    words = {name: _(values[name]) for name in WORDS if isinstance(values.get(name), str)}
    return _(template).format(**{**values, **words})


def error_text(error: BaseException, labels: Mapping[str, str] | None = None) -> str:
    """What went wrong, in the chosen language where `cnncore` said it. `labels` is what arguments are called where they
    were given, on the screen or the command line, by the names that `cnncore` has for them."""
    from cnncore.errors import CnnError  # here, because it brings numpy, which the first paint does not wait for

    if isinstance(error, CnnError):
        name = error.values.get("name")
        label = (labels or {}).get(name) if isinstance(name, str) else None
        return sentence(error.template, error.values if label is None else {**error.values, "name": label})
    return str(error) or type(error).__name__


def language() -> Language:
    return _language


def set_language(chosen: Language) -> None:
    global _language  # noqa: PLW0603 - one reader, one language at a time
    _language = chosen


def system_language() -> Language:
    """The language of the locale: Korean where LC_ALL, LC_MESSAGES or LANG says so, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "ko" if value.lower().startswith("ko") else "en"
    return "ko" if (locale.getlocale()[0] or "").lower().startswith("ko") else "en"
