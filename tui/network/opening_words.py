"""The stages and failures of opening a network in words."""

from __future__ import annotations

from cnncore.child.messages import Failed, Stage
from tui.i18n import N_, _, sentence

STAGES: dict[str, str] = {
    "cache": N_("Looking for this network in the cache"),
    "import": N_("Loading TensorFlow, which takes some seconds"),
    "convert": N_("Converting the layers and their weights"),
    "load": N_("Loading the model into Keras to compare values"),
}


def stage_line(stage: str) -> str:
    return _(STAGES[stage])


def keras_line(reason: Stage | Failed | str, *, again: bool) -> str:
    """The reason why Keras's value is missing. `again`: R asks once more."""
    if isinstance(reason, Stage):
        return _("Waiting for Keras's value. {stage}").format(stage=stage_line(reason.stage))
    words = failure(reason) if isinstance(reason, Failed) else reason
    if again:
        return _("Keras's value is not available (R tries again): {reason}").format(reason=words)
    return _("Keras's value is not available: {reason}").format(reason=words)


def failure(failed: Failed) -> str:
    return sentence(failed.message, failed.values)
