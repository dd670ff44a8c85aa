"""Korean for what cnncore says, errors above all."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
