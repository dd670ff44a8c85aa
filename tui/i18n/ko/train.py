"""Korean for the training and validation screens."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
