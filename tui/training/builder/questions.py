"""The dialogs of the builder: a value, a kind of layer, a preset, a file, and what to export."""

from __future__ import annotations

from pathlib import Path

from cnncore._files import shown
from cnncore.errors import CnnError
from cnncore.training.architecture import KINDS, PRESETS, Architecture
from cnncore.training.architecture.saved import saved_networks
from tui.app.choose import ChooseLine
from tui.app.dialogs import AskLine, AskPath
from tui.app.screen import FrameScreen
from tui.export.menu import ExportDialog, ask_file
from tui.i18n import N_, _, error_text
from tui.training.builder.files import NETWORK_FILES, NameSaver, items_of, read_network, read_typed, saver_of
from tui.training.builder.state import BuilderState
from tui.training.builder.values import value_text
from tui.training.builder.words import option_line

KIND_WORDS = {
    "Conv2D": N_("kernels walk over the maps"),
    "DepthwiseConv2D": N_("one kernel for each map"),
    "MaxPooling2D": N_("largest value of a window"),
    "AveragePooling2D": N_("mean of a window"),
    "GlobalAveragePooling2D": N_("mean of each map"),
    "Flatten": N_("maps laid out in one row"),
    "Dense": N_("units that see all values"),
    "Dropout": N_("some values 0 in training"),
    "BatchNormalization": N_("mean 0, variance 1 per map"),
    "Activation": N_("a function of each value"),
    "ReLU": N_("negatives become 0"),
    "LeakyReLU": N_("negatives become small"),
    "Softmax": N_("probabilities, sum 1"),
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

    def line(at: int) -> str:
        return f"{names[at]:<9}{_(PRESET_WORDS[names[at]])}"

    screen.app.push_screen(ChooseLine(_("Presets"), len(names), line), chosen)


def ask_name(screen: FrameScreen, state: BuilderState) -> None:
    """Ask for the name by which to save the network."""

    def saved(answer: tuple[Architecture, Path] | None) -> None:
        if answer is not None:
            state.rename(answer[0].name)
            screen.say(_("The network {name} is saved; o opens it.").format(name=answer[0].name))

    prompt = _("The name of the network; o opens it by this name")
    screen.app.push_screen(AskLine(_("Save the network"), prompt, NameSaver(state.network), state.network.name), saved)


def ask_network(screen: FrameScreen, state: BuilderState) -> None:
    """Ask for one of the saved networks, or for another file."""
    files = saved_networks()

    def chosen(number: int | None) -> None:
        if number is None:
            return
        if number == len(files):
            ask_file_to_open(screen, state)
            return
        try:
            screen.say(state.take(read_network(files[number])))
        except CnnError as error:
            screen.say(error_text(error))

    def line(at: int) -> str:
        return shown(files[at].stem) if at < len(files) else _("Another file: .json or .keras")

    if files:
        screen.app.push_screen(ChooseLine(_("Saved networks"), len(files) + 1, line), chosen)
    else:
        ask_file_to_open(screen, state)


def ask_file_to_open(screen: FrameScreen, state: BuilderState) -> None:
    """Ask for the file of a network."""

    def opened(network: Architecture | None) -> None:
        if network is not None:
            screen.say(state.take(network))

    prompt = _("A .json or .keras file; its weights are left out")
    screen.app.push_screen(AskPath(_("Open a network"), prompt, read_typed, NETWORK_FILES), opened)


def ask_export(screen: FrameScreen, state: BuilderState) -> None:
    """Ask what to export, and export it."""
    items = items_of(state)

    def chosen(name: str | None) -> None:
        for item in items:
            if item.id == name:
                ask_file(screen.app, item, saver_of(state, item), screen.say)

    screen.app.push_screen(ExportDialog("", items), chosen)
