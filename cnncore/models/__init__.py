"""Models that can be trained, with Keras's names.

from cnncore.models import Sequential, load_model
"""

from __future__ import annotations

from cnncore.models.files import load_model
from cnncore.models.sequential import Sequential

__all__ = ["Sequential", "load_model"]
