"""Shared by all tests: Hypothesis profiles, and the markers that choose a part of the suite."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

import pytest
from hypothesis import settings
from runs_app import runs_the_app

from cnncore.keras._import import tensorflow_exists

# No deadline: the machines that run this are slow and shared. In CI the examples are the same every time, so that a red
# run means a change in the code and not a new draw.
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
"""The reason for skipping the tests that need it, or "" where it is installed."""


def pytest_report_header() -> str:
    return f"{NO_TENSORFLOW}: the tests that need it are skipped" if NO_TENSORFLOW else ""


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    if runs_the_app(item):
        item.add_marker(pytest.mark.app)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests with TensorFlow to the end: once it is loaded, every garbage collection visits a million more
    objects, and the tests of the app, which collects often, would take minutes longer."""
    items.sort(key=needs_keras)
    if NO_TENSORFLOW:
        for item in filter(needs_keras, items):
            item.add_marker(pytest.mark.skip(reason=NO_TENSORFLOW))


def needs_keras(item: pytest.Item) -> bool:
    return item.get_closest_marker("keras") is not None
