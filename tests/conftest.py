"""What all tests share."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# The machines that run this are slow and shared: an example may take its time. In CI the examples are the same every
# time, so that a red run means a change and not a new draw.
settings.register_profile("default", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """TensorFlow comes last: once it is loaded, Python's every collection of garbage has a million objects more to look
    at, and the app, which collects often, is tested for minutes."""
    items.sort(key=lambda item: item.get_closest_marker("keras") is not None)
