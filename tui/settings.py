"""What is remembered from one day to the next: the theme. A small JSON file where the system keeps an app's settings.

A file that cannot be read or written is as good as none: nothing here raises.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Literal, TypeAlias

ThemeName: TypeAlias = Literal["dark", "light"]
LIGHT_BACKGROUNDS = {"7", "15"}
"""White and bright white, as COLORFGBG numbers them."""


def _path() -> Path:
    from platformdirs import user_config_path

    return user_config_path("cnn-tui", appauthor=False) / "settings.json"


def _read() -> dict[str, object]:
    try:
        found = json.loads(_path().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def remember(**values: object) -> None:
    """Adds to what is remembered."""
    try:
        path = _path()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**_read(), **values}, indent=1) + "\n", "utf-8")
    except OSError:
        pass


def usual_theme() -> ThemeName:
    """The theme that was on last; before one was chosen, as the terminal's background is, as far as it says so."""
    theme = _read().get("theme")
    if theme in {"dark", "light"}:
        return "light" if theme == "light" else "dark"
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    if background.isdigit():
        return "light" if background in LIGHT_BACKGROUNDS else "dark"
    from tui.terminal_background import is_light

    return "light" if is_light() else "dark"
