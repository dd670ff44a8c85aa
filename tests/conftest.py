"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# The machines that run this are slow and shared: an example may take its time. In CI the examples are the same every
# time, so that a red run means a change and not a new draw.
settings.register_profile("default", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")
