"""Korean for the frame: titles, key hints, help, palette."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
