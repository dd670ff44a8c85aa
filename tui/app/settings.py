"""Settings that outlast the app: the theme, in a small JSON file in the system's folder for settings.

A file that cannot be read or written is ignored: nothing here raises.
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
        # Not with cnncore's functions for files, which load numpy: the first paint must not wait for it. A pipe is not
        # a file.
        settings = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    except (OSError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


def remember(**values: object) -> None:
    """Save values, keeping the others."""
    text = json.dumps({**_read(), **values}, indent=1) + "\n"
    try:
        path = _path()
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lambda file: file.write(text.encode("utf-8")))
    except (OSError, CnnError):
        pass


def usual_theme() -> ThemeName:
    """Return the theme used last; if none was chosen, the one that suits the background in COLORFGBG, otherwise dark.

    The terminal is not queried: a key typed meanwhile would be lost, and a late answer, as over ssh, would be taken
    for keys.
    """
    theme = _read().get("theme")
    if theme in {"dark", "light"}:
        return "light" if theme == "light" else "dark"
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return "light" if background in LIGHT_BACKGROUNDS else "dark"
