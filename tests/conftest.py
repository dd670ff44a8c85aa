"""What all tests share."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

import pytest
from hypothesis import settings

from cnncore.keras._import import tensorflow_exists

# The machines that run this are slow and shared: an example may take its time. In CI the examples are the same every
# time, so that a red run means a change and not a new draw.
settings.register_profile("default", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


NO_TENSORFLOW = (
    ""
    if find_spec("tensorflow")
    else "TensorFlow is not installed"
    if tensorflow_exists()
    else f"there is no TensorFlow for Python {sys.version_info.major}.{sys.version_info.minor} on this system"
)
"""Why the tests that need it are skipped."""


def pytest_report_header() -> str:
    return f"{NO_TENSORFLOW}: the tests that need it are skipped" if NO_TENSORFLOW else ""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """TensorFlow comes last: once it is loaded, Python's every collection of garbage has a million objects more to look
    at, and the app, which collects often, is tested for minutes."""
    items.sort(key=needs_keras)
    if NO_TENSORFLOW:
        for item in filter(needs_keras, items):
            item.add_marker(pytest.mark.skip(reason=NO_TENSORFLOW))


def needs_keras(item: pytest.Item) -> bool:
    return item.get_closest_marker("keras") is not None
