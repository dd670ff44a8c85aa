"""The folders of training runs: what is in them, the list of them, and what can be done with one."""

from __future__ import annotations

from cnncore.training.runs.folder import Run, latest, list_runs, new_run, runs_folder
from cnncore.training.runs.names import CONFIG, HISTORY, MODEL

__all__ = ["CONFIG", "HISTORY", "MODEL", "Run", "latest", "list_runs", "new_run", "runs_folder"]
