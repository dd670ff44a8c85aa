"""Finds the sentences that a reader can see, for Babel: `pybabel extract -F pyproject.toml`.

Besides `_("...")` and `N_("...")` these are the templates of errors and of messages between processes, which are
translated when shown, and the titles of `cnncore`'s kernels, pictures and classes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, BinaryIO

FIRST_ARGUMENT = {"_", "N_", "CnnError", "MissingExtraError", "Failed"}
"""Calls whose first argument is a sentence."""
TITLED = {"Kernel": slice(1, 3), "Example": slice(1, 2)}
"""Calls with titles and descriptions among their arguments."""
WORDS = {"what", "direction", "window_name"}
"""Arguments of any call that are words to fill a sentence with."""
CONSTANTS = {"ABOUT", "AS_TRAINED", "AS_TAKEN", "NOT_KERAS"}
"""Names of sentences in exported code."""
KEYWORDS = {
    "CnnError": {"template"},
    "MissingExtraError": {"template"},
    "Failed": {"template", "message"},
    "Dataset": {"reason"},
    "replace": {"reason"},
}
"""Calls whose arguments of these names are sentences."""


def called(node: ast.Call) -> str:
    """The name of the function, without the object before it."""
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def sentences(expression: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The literals that an argument can be, or "" with a part that is not a literal."""
    if isinstance(expression, ast.IfExp):
        yield from sentences(expression.body)
        yield from sentences(expression.orelse)
    elif isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield expression.value, expression
    else:
        yield "", expression


def arguments(node: ast.Call) -> list[ast.expr]:
    """The arguments of a call that are sentences."""
    name = called(node)
    given = node.args[:1] if name in FIRST_ARGUMENT else node.args[TITLED.get(name, slice(0))]
    return [*given, *(each.value for each in node.keywords if each.arg in KEYWORDS.get(name, ()))]


def words(node: ast.AST) -> list[ast.expr]:
    """Literals shown unchanged: words that fill a sentence, and constants."""
    if isinstance(node, ast.Call):
        return [each.value for each in node.keywords if each.arg in WORDS and isinstance(each.value, ast.Constant)]
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in CONSTANTS:
        return [node.value]
    return []


def extract(
    file: BinaryIO, _keywords: Any, _comment_tags: Any, options: Any
) -> Iterator[tuple[int, None, str, list[str]]]:
    """Babel's interface of an extraction method: (line, no function, message, comments) for every sentence."""
    del options  # named by Babel
    for node in ast.walk(ast.parse(file.read())):
        for argument in [*(arguments(node) if isinstance(node, ast.Call) else ()), *words(node)]:
            for text, part in sentences(argument):
                if text:
                    yield part.lineno, None, text, []
