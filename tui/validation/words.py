"""What a validation says, as sentences in the reader's language; for the screen and the plain mode alike."""

from __future__ import annotations

from cnncore.keras.validate import LayerCheck, Validation
from cnncore.keras.validate_child import Checked, Failed, StageName
from tui.i18n import N_, _, sentence
from tui.i18n.words import source_text

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
    """What the table means, and what a NaN in it means."""
    first_nan = validation.first_nan
    return _verdict(validation) + ("" if first_nan is None else " " + nan_line(first_nan, validation.inputs))


def nan_line(row: LayerCheck, inputs: int) -> str:
    return _(
        "NaN first comes out of {layer}, for {count} of {total} images: for those the network names no class."
    ).format(layer=row.name, count=f"{row.nan:,}", total=f"{inputs:,}")


def state(row: LayerCheck) -> str:
    """Whether a row agrees, and that there is NaN in it."""
    return (_("ok") if row.ok else _("differs")) + (", NaN" if row.nan else "")


def _verdict(validation: Validation) -> str:
    first = validation.first_disagreement
    if first is not None and first is validation.predict:
        return _(
            "The layers agree one by one, but predict, which runs them fused, does not: {difference}, where {rtol} of"
            " the largest value is allowed."
        ).format(difference=f"{first.max_relative:.2e}", rtol=f"{validation.rtol:g}")
    if first is not None:
        return _(
            "They disagree, first in {layer}: {difference}, where {rtol} of the layer's largest value is allowed."
            " What follows was fed with that error."
        ).format(layer=first.name, difference=f"{first.max_relative:.2e}", rtol=f"{validation.rtol:g}")
    worst = max((row.max_relative for row in validation.checks), default=0.0)
    return _(
        "The C core and Keras give the same numbers: the largest difference is {worst} of a layer's largest value,"
        " and {rtol} is allowed. float32 rounds at about 6e-08."
    ).format(worst=f"{worst:.1e}", rtol=f"{validation.rtol:g}")


def failure(failed: Failed) -> str:
    return sentence(failed.message, failed.values)
