"""What a validation says, as sentences in the reader's language; for the screen and the plain mode alike."""

from __future__ import annotations

from cnncore.keras.validate import Validation
from cnncore.keras.validate_child import Checked, Failed, StageName
from tui.i18n import N_, _, sentence
from tui.training_words import source_text

STAGES: dict[StageName, str] = {
    "import": N_("Loading TensorFlow and the model, which takes some seconds"),
    "data": N_("Reading the images"),
    "compare": N_("Running Keras and the C core on the same images"),
}


def stage_line(stage: StageName) -> str:
    return _(STAGES[stage])


def inputs_line(checked: Checked) -> str:
    """How many images were run, and which."""
    line = _("{count} images run: {source}").format(
        count=f"{checked.validation.inputs:,}", source=source_text(checked.source)
    )
    if checked.reason:
        reason = sentence(checked.reason, checked.values)
        line += f" ({reason})"
    return line


def verdict(validation: Validation) -> str:
    """What the table means."""
    first = validation.first_disagreement
    if first is not None:
        return _(
            "They disagree, first in {layer}: {difference}, where {rtol} of the layer's largest value is allowed."
            " What follows was fed with that error."
        ).format(layer=first.name, difference=f"{first.max_relative:.2e}", rtol=f"{validation.rtol:g}")
    worst = max((row.max_relative for row in validation), default=0.0)
    return _(
        "The C core and Keras give the same numbers: the largest difference is {worst} of a layer's largest value,"
        " and {rtol} is allowed. float32 rounds at about 6e-08."
    ).format(worst=f"{worst:.1e}", rtol=f"{validation.rtol:g}")


def failure(failed: Failed) -> str:
    return sentence(failed.message, failed.values)
