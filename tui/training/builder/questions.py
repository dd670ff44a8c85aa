"""The dialogs of the builder: a value, a kind of layer, a preset, a file, and what to export."""

from __future__ import annotations

from cnncore.training.architecture import KINDS, PRESETS, Architecture
from tui.app.choose import ChooseLine
from tui.app.dialogs import AskLine
from tui.app.screen import FrameScreen
from tui.i18n import N_, _
from tui.training.builder.state import BuilderState
from tui.training.builder.values import value_text
from tui.training.builder.words import option_line

KIND_WORDS = {
    "Conv2D": N_("kernels walk over the maps"),
    "DepthwiseConv2D": N_("a kernel for each map alone"),
    "MaxPooling2D": N_("the largest value of each window"),
    "AveragePooling2D": N_("the mean of each window"),
    "GlobalAveragePooling2D": N_("the mean of each map"),
    "Flatten": N_("maps become one row of numbers"),
    "Dense": N_("each unit sees all values"),
    "Dropout": N_("random values become 0 in training"),
    "BatchNormalization": N_("each map with mean 0, variance 1"),
    "Activation": N_("a function of each value"),
    "ReLU": N_("negatives become 0"),
    "LeakyReLU": N_("negatives become small"),
    "Softmax": N_("probabilities that add up to 1"),
    "ZeroPadding2D": N_("zeros around the maps"),
    "Rescaling": N_("each value times a factor"),
}
"""Each kind of layer in a few words."""
PRESET_WORDS = {
    "fashion": N_("the course's network for garments"),
    "binary": N_("yes or no: one sigmoid unit"),
    "lenet5": N_("LeNet-5 of 1998"),
    "tiny": N_("small, trained in seconds"),
    "softmax": N_("no hidden layer"),
}


def ask_value(screen: FrameScreen, state: BuilderState) -> None:
    """Ask for the value of the option under the cursor."""
    layer, option = state.layer, state.chosen
    if layer is None or option is None:
        screen.say(option_line(state))
        return

    def done(network: Architecture | None) -> None:
        if network is not None:
            state.edit(network)
            screen.say("")

    heading = f"{layer.kind}: {option.name}"
    prompt = ", ".join(option.choices) or ", ".join(value_text(option, step) for step in option.steps)
    value = value_text(option, layer.value(option.name))
    screen.app.push_screen(AskLine(heading, prompt or option_line(state), state.with_typed, value), done)


def ask_kind(screen: FrameScreen, state: BuilderState, *, before: bool) -> None:
    """Ask which kind of layer to add."""

    def chosen(number: int | None) -> None:
        if number is not None:
            screen.say(state.insert(KINDS[number], before=before))

    heading = _("Add a layer before this one") if before else _("Add a layer after this one")
    screen.app.push_screen(
        ChooseLine(heading, len(KINDS), lambda at: f"{KINDS[at]:<23}{_(KIND_WORDS[KINDS[at]])}"), chosen
    )


def ask_preset(screen: FrameScreen, state: BuilderState) -> None:
    """Ask for one of the ready networks."""
    names = tuple(PRESETS)

    def chosen(number: int | None) -> None:
        if number is not None:
            screen.say(state.take(PRESETS[names[number]]))

    line = lambda at: f"{names[at]:<9}{_(PRESET_WORDS[names[at]])}"  # noqa: E731
    screen.app.push_screen(ChooseLine(_("Presets"), len(names), line), chosen)
