"""The choice of runs: one by a word, several by conditions such as `dropout>0 limit=1000`, and their order."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnncore._arguments import described
from cnncore._files import is_there, shown, user_path
from cnncore.errors import CnnError
from cnncore.training.runs.facts import NAMES
from cnncore.training.runs.folder import Run, list_runs, read_run, runs_folder

LATEST = "latest"
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_CONDITION = re.compile(r"""\s*(\w+)\s*(>=|<=|!=|==|=|>|<)\s*("[^"]*"|'[^']*'|[^\s"'<>=!]\S*)(?=\s|$)""")
_LARGEST_FIRST = {"started", "ended", "done", "val_accuracy", "final_accuracy", "final_val_accuracy", "test_accuracy"}
_TEXTS = {"id", "name", "state", "started", "ended", "network", "engine", "optimizer", "data"}


@dataclass(frozen=True, slots=True)
class Condition:
    """A fact, `=` or another comparison, and a value. A fact that is not known meets none but `!=`."""

    name: str
    sign: str
    value: str | float | bool

    def meets(self, facts: Mapping[str, Any]) -> bool:
        known = facts[self.name]
        if known is None:
            return self.sign == "!="
        return _COMPARE[self.sign](known.casefold() if isinstance(known, str) else known, self.value)


def conditions(text: str) -> tuple[Condition, ...]:
    """The conditions in `text`, between blanks; a value with blanks stands in quotation marks. All must be met. Raises
    `CnnError` that names what cannot be read."""
    found, at = [], 0
    while text[at:].strip():
        match = _CONDITION.match(text, at)
        if match is None:
            raise CnnError(
                "the filter {value} cannot be read; write conditions such as dropout>0 limit=1000 network=fashion",
                value=described(text[at:].strip()),
            )
        name, sign, value = match.groups()
        found.append(Condition(checked_fact(name), sign.replace("==", "="), _value(name, value.strip("\"'"))))
        at = match.end()
    return tuple(found)


def checked_fact(name: str) -> str:
    """`name`, if runs have such a fact. Raises `CnnError`."""
    if name not in NAMES:
        raise CnnError("a run has no value {name}; it has {names}", name=described(name), names=", ".join(NAMES))
    return name


def _value(name: str, text: str) -> str | float | bool:
    if name in _TEXTS:
        return text.casefold()
    if name == "normalize" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return float(text.replace(",", ""))
    except ValueError:
        raise CnnError("{name} must be a number, got {value}", name=name, value=described(text)) from None


def in_order(rows: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    """The facts of runs by one of them: accuracies and times from the largest, all others from the smallest. Runs
    that lack it come last. Raises `CnnError` for an unknown name."""
    checked_fact(name)
    having = [row for row in rows if row[name] not in (None, "")]
    having.sort(key=lambda row: row[name], reverse=name in _LARGEST_FIRST)
    return having + [row for row in rows if row[name] in (None, "")]


def find_run(word: str, root: Path | None = None) -> Run:
    """The run that `word` means: "latest", an id, a folder, a name, or the beginning of one id only. Raises `CnnError`
    for none, and for several, with their ids."""
    root = runs_folder() if root is None else root
    if word and Path(word).name != word and is_there(user_path(word), "folder"):
        return read_run(user_path(word).absolute())
    if word and word not in (".", "..") and Path(word).name == word and is_there(root / word, "folder"):
        return read_run(root / word)
    runs = list_runs(root)
    if word == LATEST:
        if not runs:
            raise CnnError("there is no run yet in {folder}", folder=shown(root))
        return runs[0]
    found = called(word, runs)
    if len(found) > 1:
        raise CnnError(
            "{run} means {count} runs: {names}; give the id of one",
            run=shown(word),
            count=len(found),
            names=", ".join(run.id for run in found[:5]) + (", ..." if len(found) > 5 else ""),
        )
    if found:
        return found[0]
    if word and is_there(user_path(word), "folder"):
        return read_run(user_path(word).absolute())
    raise CnnError("there is no run {run}; give its id, its name, its folder, or latest", run=shown(word))


def called(word: str, runs: Sequence[Run]) -> list[Run]:
    """The runs of that name, or if there is none those whose id begins so."""
    named = [run for run in runs if word and run.name == word]
    return named or [run for run in runs if word and run.id.startswith(word)]
