"""What opening a network says, as sentences in the reader's language."""

from __future__ import annotations

from cnncore.keras.network_child import Failed, StageName
from tui.i18n import N_, _, sentence

STAGES: dict[StageName, str] = {
    "cache": N_("Looking whether this network was opened before"),
    "import": N_("Loading TensorFlow, which takes some seconds"),
    "convert": N_("Taking over the layers and their weights"),
    "load": N_("Loading the model into Keras, to compare"),
}


def stage_line(stage: StageName) -> str:
    return _(STAGES[stage])


def failure(failed: Failed) -> str:
    return sentence(failed.message, failed.values)
