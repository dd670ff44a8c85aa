"""The sentences about a validation, in the reader's language; for the screen and the plain mode alike."""

from __future__ import annotations

from cnncore.child.messages import Failed
from cnncore.keras.validate import LayerCheck, Validation
from cnncore.keras.validate_child import Checked
from tui.app.current_network import model_name
from tui.i18n import N_, _, sentence
from tui.i18n.words import duration, source_text
from tui.validation.state import ValidationState

STAGES = {
    "import": N_("Loading TensorFlow and the model, which takes some seconds"),
    "data": N_("Reading the images"),
    "compare": N_("Running Keras and the C core on the same images"),
}


def stage_line(stage: str) -> str:
    return _(STAGES[stage])


def choice_line(state: ValidationState) -> str:
    """The checks that the keys would start."""
    return _("t: {model}   f: {network}, seed {seed}   on {images} images").format(
        model=model_name(state.trained) if state.trained else _("nothing trained yet"),
        network=state.network,
        seed=state.seed,
        images=f"{state.images:,}",
    )


def request_line(state: ValidationState) -> str:
    """The network and the images of the latest check; "" before the first."""
    request = state.request
    if request is None:
        return ""
    images = f"{request.images:,}"
    if request.model:
        return _("Trained network {name}, {images} images").format(name=model_name(request.model), images=images)
    return _("Network {network} with random weights, seed {seed}, {images} images").format(
        network=request.network, seed=request.seed, images=images
    )


def status_line(state: ValidationState, now: float) -> tuple[str, bool]:
    """The state of the check in one sentence; and True if that is bad news."""
    if state.trouble:
        return state.trouble, True
    if state.running:
        stage = stage_line(state.stage) if state.stage else _("Starting the process")
        return f"{stage}: {duration(now - state.stage_began)}", False
    if isinstance(state.result, Failed):
        return failure(state.result), True
    if state.checked is None:
        return _("Ready. t checks the network trained last, f one with random weights."), False
    if state.checked.validation.ok:
        return _("All layers agree"), False
    return _("Keras and the C core disagree"), True


def inputs_line(checked: Checked) -> str:
    """The number of images and their source."""
    line = _("{count} images run: {source}").format(
        count=f"{checked.validation.inputs:,}", source=source_text(checked.source)
    )
    if checked.reason:
        line += f" ({sentence(checked.reason, checked.values)})"
    return line


def verdict(validation: Validation) -> str:
    """The meaning of the table, and of a NaN in it."""
    first_nan = validation.first_nan
    return _verdict(validation) + ("" if first_nan is None else " " + nan_line(first_nan, validation.inputs))


def nan_line(row: LayerCheck, inputs: int) -> str:
    return _(
        "NaN first appears in {layer}, for {count} of {total} images: for those the network predicts no class."
    ).format(layer=row.name, count=f"{row.nan:,}", total=f"{inputs:,}")


def row_verdict(row: LayerCheck) -> str:
    """The verdict on a layer, and a mention of NaN."""
    return (_("ok") if row.ok else _("differs")) + (", NaN" if row.nan else "")


def _verdict(validation: Validation) -> str:
    first, rtol = validation.first_disagreement, f"{validation.rtol:g}"
    if first is not None and first is validation.predict:
        return _(
            "The layers agree one by one, but predict, which runs them fused, does not: the difference is {difference},"
            " and {rtol} of the largest value is allowed."
        ).format(difference=f"{first.max_relative:.2e}", rtol=rtol)
    if first is not None:
        return _(
            "Keras and the C core disagree, first in {layer}: the difference is {difference}, and {rtol} of the "
            "layer's largest value is allowed. Later layers inherit the error."
        ).format(layer=first.name, difference=f"{first.max_relative:.2e}", rtol=rtol)
    worst = max((row.max_relative for row in validation.checks), default=0.0)
    return _(
        "The C core and Keras give the same numbers: the largest difference is {worst} of a layer's largest value,"
        " and {rtol} is allowed. float32 rounds at about 6e-08."
    ).format(worst=f"{worst:.1e}", rtol=rtol)


def failure(failed: Failed) -> str:
    return sentence(failed.message, failed.values)
