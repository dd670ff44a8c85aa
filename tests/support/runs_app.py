"""Recognises the tests that run the app by the functions that they call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

TESTS = Path(__file__).parent.parent
STARTS_THE_APP = {"run_test", "in_terminal", "InTerminal", "on_terminal"}
"""Textual's test driver, and the app as a process in a pseudo-terminal."""


def names_in(code: CodeType) -> Iterator[str]:
    """The globals and attributes that a function and the functions inside it use."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)


def calls_the_app(function: Callable[..., Any], seen: set[object]) -> bool:
    """True if the function starts the app, itself or through helpers among the tests."""
    function = inspect.unwrap(function)
    if function in seen or not isinstance(function, FunctionType):
        return False
    seen.add(function)
    names = set(names_in(function.__code__))
    used = (function.__globals__.get(name) for name in names)
    # A context manager is wrapped by a function of contextlib.
    unwrapped = (inspect.unwrap(each) for each in used if isinstance(each, FunctionType))
    helpers = [each for each in unwrapped if isinstance(each, FunctionType) and _is_of_the_tests(each)]
    return not names.isdisjoint(STARTS_THE_APP) or any(calls_the_app(each, seen) for each in helpers)


def _is_of_the_tests(function: FunctionType) -> bool:
    return TESTS in Path(function.__code__.co_filename).parents


def runs_the_app(item: pytest.Item) -> bool:
    """True if a test or one of its fixtures starts the app."""
    if not isinstance(item, pytest.Function):
        return False
    property_test = getattr(item.function, "hypothesis", None)
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    functions = [getattr(property_test, "inner_test", item.function), *(each[-1].func for each in fixtures)]
    return any(calls_the_app(function, set()) for function in functions)
