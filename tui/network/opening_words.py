"""What opening a network says, as sentences in the reader's language."""

from __future__ import annotations

from cnncore.child.messages import Failed, Stage
from tui.i18n import N_, _, error_text, sentence

STAGES: dict[str, str] = {
    "cache": N_("Looking whether this network was opened before"),
    "import": N_("Loading TensorFlow, which takes some seconds"),
    "convert": N_("Taking over the layers and their weights"),
    "load": N_("Loading the model into Keras, to compare"),
}


def stage_line(stage: str) -> str:
    return _(STAGES[stage])


def keras_line(found: Stage | Failed | BaseException, *, again: bool) -> str:
    """Why Keras's value is not there, or not yet; `again`: whether R has it asked once more."""
    if isinstance(found, Stage):
        return _("Keras's value follows. {stage}").format(stage=stage_line(found.stage))
    reason = failure(found) if isinstance(found, Failed) else error_text(found)
    if again:
        return _("Keras's value cannot be shown (R tries again): {reason}").format(reason=reason)
    return _("Keras's value cannot be shown: {reason}").format(reason=reason)


def failure(failed: Failed) -> str:
    return sentence(failed.message, failed.values)
