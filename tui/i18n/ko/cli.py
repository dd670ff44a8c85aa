"""Korean for the command line."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
