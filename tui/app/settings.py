"""What is remembered from one day to the next: the theme. A small JSON file where the system keeps an app's settings.

A file that cannot be read or written is as good as none: nothing here raises.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Literal, TypeAlias

from platformdirs import user_config_path

from cnncore._files import write_atomically
from cnncore.errors import CnnError

ThemeName: TypeAlias = Literal["dark", "light"]
LIGHT_BACKGROUNDS = {"7", "15"}
"""White and bright white, as COLORFGBG numbers them."""


def _path() -> Path:
    return user_config_path("cnn-tui", appauthor=False) / "settings.json"


def _read() -> dict[str, object]:
    path = _path()
    try:
        # Not by the door of cnncore, which brings numpy: the first paint does not wait for that. A pipe is no file.
        found = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def remember(**values: object) -> None:
    """Adds to what is remembered."""
    text = json.dumps({**_read(), **values}, indent=1) + "\n"
    try:
        path = _path()
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lambda file: file.write(text.encode("utf-8")))
    except (OSError, CnnError):
        pass


def usual_theme() -> ThemeName:
    """The theme that was on last; before one was chosen, as the background is by COLORFGBG, else dark.

    The terminal is not asked: a key typed meanwhile would be lost, and an answer that comes late, as over ssh, would be
    taken for keys.
    """
    theme = _read().get("theme")
    if theme in {"dark", "light"}:
        return "light" if theme == "light" else "dark"
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return "light" if background in LIGHT_BACKGROUNDS else "dark"
