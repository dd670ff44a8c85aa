"""Korean for the convolution and pooling screens."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
