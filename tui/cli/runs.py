"""`cnn-tui runs`: the list of training runs, one of them in detail, and what can be done with one."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from cnncore._files import shown
from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig
from cnncore.training.runs import Run, runs_folder
from cnncore.training.runs.archive import export_run, import_run, own_files, remove_run
from cnncore.training.runs.choice import Condition, find_run, in_order
from cnncore.training.runs.facts import OPTIONS, facts, options
from cnncore.training.runs.folder import all_runs
from tui.cli.console import DONE, FAILED, complain, say, say_json, table
from tui.cli.train import figures_line
from tui.i18n import N_, _, error_text
from tui.i18n.words import figure

STATES = {
    "": "-",
    "new": N_("not trained yet"),
    "running": N_("in progress"),
    "finished": N_("finished"),
    "stopped": N_("stopped"),
    "failed": N_("failed"),
    "killed": N_("killed"),
}
_SHOWN_ELSEWHERE = {"network", "epochs"}


def list_them(wanted: Sequence[Condition], order: str, *, as_json: bool) -> int:
    """Print a row for each run that meets all conditions. Folders that are no runs are named on stderr."""
    runs, others = all_runs()
    rows: list[Mapping[str, Any]] = []
    errors = list(others)
    for run in runs:
        try:
            rows.append(facts(run))
        except CnnError as error:
            errors.append(error)
    for each in errors:
        complain(error_text(each))
    rows = in_order([row for row in rows if all(condition.meets(row) for condition in wanted)], order)
    if as_json:
        say_json(rows)
    elif rows:
        for line in run_table(rows):
            say(line)
    elif runs:
        say(_("No run meets the filter."))
    else:
        say(_("There is no run yet in {folder}").format(folder=shown(runs_folder())))
    return DONE


def run_table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The lines of the list: a row a run, with the options that are not the usual ones."""
    head = ["ID", _("Name"), _("Network"), _("State"), _("Epochs"), _("Options")]
    head += ["val_accuracy", _("after epoch"), _("Test accuracy")]
    cells = [
        [
            row["id"],
            row["name"] or "-",
            row["network"],
            _(STATES.get(row["state"], row["state"])),
            f"{row['done']}/{row['epochs']}",
            unusual(row) or "-",
            figure(row["val_accuracy"]),
            "-" if row["best_epoch"] is None else str(row["best_epoch"]),
            figure(row["test_accuracy"]),
        ]
        for row in rows
    ]
    return table(head, cells, right=(4, 6, 7, 8))


def unusual(row: Mapping[str, Any]) -> str:
    """The options that differ from their defaults, written as a filter reads them."""
    usual = options(TrainConfig())
    given = {name: row[name] for name in OPTIONS if name not in _SHOWN_ELSEWHERE and row[name] != usual[name]}
    return " ".join(f"{name}={option_text(value)}" for name, value in given.items())


def option_text(value: Any) -> str:
    """An option's value as it is typed in a filter."""
    text = _value_text(value)
    return f'"{text}"' if " " in text or not text else text


def _value_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return shown(value) if isinstance(value, str) else str(value)


def show(word: str, *, as_json: bool) -> int:
    """Print everything about a run."""
    run = find_run(word)
    row, record, history, kept = facts(run), run.record, run.history(), run.epoch_paths()
    if as_json:
        say_json(
            row
            | {"folder": str(run.folder), "versions": record.versions, "machine": record.machine}
            | {"history": [asdict(epoch) for epoch in history], "epochs_kept": list(kept)}
        )
        return DONE
    for name, value in (*row.items(), *record.versions.items(), *record.machine.items()):
        if value not in (None, ""):
            say(f"{name}: {_(STATES.get(value, value)) if name == 'state' else _value_text(value)}")
    say(f"{_('folder')}: {shown(run.folder)} ({_megabytes(run)} MB)")
    if kept:
        say(_("kept epochs: {epochs}").format(epochs=" ".join(map(str, kept))))
    for epoch in history:
        say(figures_line(epoch, max(run.config.epochs, len(history))))
    return DONE


def rename(word: str, name: str) -> int:
    run = find_run(word).renamed(name)
    if run.name:
        say(_("{run} is named {name}").format(run=run.id, name=run.name))
    else:
        say(_("{run} has no name").format(run=run.id))
    return DONE


def remove(word: str, *, yes: bool) -> int:
    """Delete a run; on a terminal only if the answer to a question is yes."""
    run = find_run(word)
    if not yes and not _agreed(run):
        return FAILED
    left = remove_run(run)
    say(_("Removed: {run}").format(run=run.id))
    if left:
        say(_("{folder} stays: it also holds {names}").format(folder=shown(run.folder), names=_names(left)))
    return DONE


def _agreed(run: Run) -> bool:
    if not sys.stdin.isatty():
        raise CnnError("{run} was not removed: without a terminal to ask on, give {option}", run=run.id, option="--yes")
    name = f" ({run.name})" if run.name else ""
    question = _("Remove {run} with its model and history, {size} MB? [y/N]")
    say(question.format(run=run.id + name, size=_megabytes(run)))
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    say(_("Nothing was removed."))
    return False


def export(word: str, path: str) -> int:
    run = find_run(word)
    export_run(run, path)
    say(_("Exported: {run} to {path}").format(run=run.id, path=shown(path)))
    return DONE


def bring(path: str) -> int:
    run = import_run(path)
    say(_("Imported: {run}").format(run=run.id))
    return DONE


def _megabytes(run: Run) -> str:
    """The size of the run's files, each counted once even if it has two names."""
    sizes = {(stat.st_dev, stat.st_ino): stat.st_size for stat in (path.stat() for path in own_files(run.folder))}
    return f"{sum(sizes.values()) / 1e6:,.1f}"


def _names(paths: Sequence[Any]) -> str:
    return ", ".join(shown(path.name) for path in paths[:5]) + (", ..." if len(paths) > 5 else "")
