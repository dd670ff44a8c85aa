"""The names of the files in a run's folder."""

from __future__ import annotations

import re

CONFIG, RECORD, EVENTS_FILE = "config.json", "run.json", "events.jsonl"
MODEL, HISTORY = "model.keras", "history.csv"
EPOCHS = "epochs"
"""The folder of the kept epochs: `003.keras` is the network after the third, `000.keras` with its initial weights."""
EPOCH_FILE = re.compile(r"(\d{3,7})\.keras")
