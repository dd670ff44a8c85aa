"""The stages and failures of opening a network in words."""

from __future__ import annotations

from cnncore.child.messages import Failed, Stage
from tui.i18n import N_, _, sentence

STAGES: dict[str, str] = {
    "convert": N_("Reading the layers and their weights"),
    "import": N_("Loading TensorFlow, which takes some seconds"),
    "load": N_("Loading the model into Keras to compare values"),
}


def stage_line(stage: str) -> str:
    return _(STAGES[stage])


def keras_line(reason: Stage | Failed | str, *, again: bool) -> str:
    """The reason why Keras's value is missing. `again`: R asks once more."""
    if isinstance(reason, Stage):
        return _("Waiting for Keras's value. {stage}").format(stage=stage_line(reason.stage))
    if isinstance(reason, Failed) and lacks_tensorflow(reason):
        return _("Keras's value is not available: TensorFlow is not installed.")
    words = failure(reason) if isinstance(reason, Failed) else reason
    if again:
        return _("Keras's value is not available (R tries again): {reason}").format(reason=words)
    return _("Keras's value is not available: {reason}").format(reason=words)


def lacks_tensorflow(failed: Failed) -> bool:
    """True if TensorFlow is not installed, or does not exist for this system (`cnncore.keras._import`)."""
    return failed.message.startswith("this needs TensorFlow")


def failure(failed: Failed) -> str:
    return sentence(failed.message, failed.values)
