"""The state of the builder: a network, the cursor on its layers and their options, and what can be undone.

A method that answers a key returns a sentence, "" where the change itself is seen. No widget and no file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, TypeAlias

from cnncore.errors import CnnError
from cnncore.training.architecture import OPTIONS, PRESETS, Architecture, LayerSpec, Option, Row, check, outline
from cnncore.training.config import NETWORKS, TrainConfig
from tui.i18n import _, error_text
from tui.training.builder.program import Program
from tui.training.builder.values import next_value, parsed, value_text

Pane: TypeAlias = Literal["layers", "code"]
MOST_UNDOS = 200
WITH_RELU = ("Conv2D", "DepthwiseConv2D", "Dense")
"""The kinds of which a new layer has ReLU, as most hidden layers do."""


class BuilderState:
    """`config` holds the other options of the run. `at` is the layer of the cursor, `option` that of its options,
    `pane` the part of the screen whose lines Up and Down go through."""

    def __init__(self, config: TrainConfig) -> None:
        self.config = config
        self.at = self.option = 0
        self.pane: Pane = "layers"
        self.all_options = False
        self.notice = ""
        self.program = Program()
        self._undo: list[tuple[Architecture, int]] = []
        self._redo: list[tuple[Architecture, int]] = []
        self._show(config.design)
        self.program.light(self.at)

    def _show(self, network: Architecture) -> None:
        """Make `network` the one on the screen, and compute all that follows from it."""
        self.network = network
        self.rows: tuple[Row, ...] = outline(network)
        self.at = max(0, min(self.at, len(network.layers) - 1))
        self.refusal: CnnError | None = None
        """The reason why the network cannot be trained."""
        config = None
        try:
            check(network)
            config = self._with_network()
        except CnnError as error:
            self.refusal = error
        self._fit_option()
        self.program.show(config)

    def open(self, config: TrainConfig) -> None:
        """Go on with `config`: if it has another network than the draft began with, that one is shown, and undo goes
        back to the draft."""
        if config.design != self.config.design:
            self._put(config.design)
        self.config = config
        self._show(self.network)

    @property
    def edited(self) -> bool:
        """True if the network on the screen is not the one that would be trained."""
        return self.network != self.config.design

    def accepted(self) -> TrainConfig:
        """The options of a run with this network. Raises `CnnError` for one that cannot be trained."""
        if self.refusal is not None:
            raise self.refusal
        assert self.program.config is not None
        return self.program.config

    def _with_network(self) -> TrainConfig:
        """The options with this network: as they were, with a preset's name, or with the list itself."""
        if not self.edited:
            return self.config
        preset = next((name for name in NETWORKS if PRESETS[name] == self.network), None)
        if preset is not None:
            return replace(self.config, network=preset, architecture=None, dropout=0.0)
        return replace(self.config, architecture=self.network, dropout=0.0)

    # The cursor.

    @property
    def layer(self) -> LayerSpec | None:
        """The layer under the cursor; None in an empty network."""
        return self.network.layers[self.at] if self.network.layers else None

    @property
    def options(self) -> list[Option]:
        """The options of the layer under the cursor that are shown."""
        layer = self.layer
        if layer is None:
            return []
        return [one for one in OPTIONS[layer.kind] if one.usual or self.all_options or one.name in layer.options]

    @property
    def chosen(self) -> Option | None:
        """The option under the cursor; None for a layer without any."""
        options = self.options
        return options[self.option] if options else None

    def _fit_option(self) -> None:
        self.option = max(0, min(self.option, len(self.options) - 1))

    def go(self, by: int) -> str:
        """Up and Down: to another layer, or to another line of the program."""
        if self.pane == "code":
            return self._go_line(self.program.line + by)
        if not self.network.layers:
            return self._no_layer()
        return self.go_to(self.at + by)

    def go_to(self, at: int) -> str:
        last = len(self.network.layers) - 1
        before, self.at = self.at, max(0, min(at, last))
        if self.at == before:
            return _("This is the first layer.") if at < before or last < 0 else _("This is the last layer.")
        self.option = 0
        self.program.light(self.at)
        return ""

    def go_end(self, which: int) -> str:
        """Home and End."""
        if self.pane == "code":
            return self._go_line(0 if which < 0 else len(self.program.lines) - 1)
        if not self.network.layers:
            return self._no_layer()
        ends = 0 if which < 0 else len(self.network.layers) - 1
        at_end = _("This is the first layer.") if which < 0 else _("This is the last layer.")
        return at_end if ends == self.at else self.go_to(ends)

    def _go_line(self, line: int) -> str:
        if not self.program.go(line):
            return _("The program ends here.")
        layer = self.program.layer
        if layer is not None and layer != self.at:
            self.at, self.option = layer, 0
        return ""

    def pick_line(self, line: int) -> None:
        """Put the cursor on a line of the program."""
        self.pane = "code"
        self._go_line(line)

    def turn_pane(self) -> str:
        """Between the layers and the program."""
        if self.pane == "code":
            self.pane = "layers"
            self.program.light(self.at)
            return ""
        self.pane = "code"
        return _("Up and Down go through the program; k goes back to the layers.")

    def turn_option(self, by: int) -> str:
        """To the next option of the layer."""
        count = len(self.options)
        if count < 2:
            return self._no_layer() if self.layer is None else self._few_options(count)
        self.option = (self.option + by) % count
        return self._said_beside_the_program()

    def choose_option(self, number: int) -> None:
        self.option = number
        self._fit_option()

    def turn_all_options(self) -> str:
        chosen = self.chosen
        self.all_options = not self.all_options
        names = [one.name for one in self.options]
        self.option = names.index(chosen.name) if chosen is not None and chosen.name in names else 0
        self._fit_option()
        return _("All options are shown.") if self.all_options else _("The usual options are shown.")

    # Edits of the list.

    def insert(self, kind: str, *, before: bool) -> str:
        """A new layer after the one under the cursor, or before it."""
        at = self.at if before or not self.network.layers else self.at + 1
        layer = LayerSpec(kind, {"activation": "relu"} if kind in WITH_RELU else {})
        self._put(self.network.inserted(at, layer), at)
        return _("Layer {number} is a new {kind}.").format(number=at + 1, kind=kind)

    def remove(self) -> str:
        layer = self.layer
        if layer is None:
            return self._no_layer()
        self._put(self.network.removed(self.at))
        return _("{kind} was removed; u undoes.").format(kind=layer.kind)

    def move(self, by: int) -> str:
        """Move the layer under the cursor up or down, and the cursor with it."""
        if self.layer is None:
            return self._no_layer()
        to = self.at + by
        if not 0 <= to < len(self.network.layers):
            return _("This is the first layer.") if by < 0 else _("This is the last layer.")
        moved, option = self.network.moved(self.at, to), self.option
        if moved == self.network:
            self.go_to(to)
            return _("The two layers are the same.")
        self._put(moved, to)
        self.option = option
        return self._said_beside_the_program()

    def copy(self) -> str:
        if self.layer is None:
            return self._no_layer()
        self._put(self.network.copied(self.at), self.at + 1)
        return _("Layer {number} is a copy.").format(number=self.at + 1)

    # Edits of the options.

    def step(self, by: int) -> str:
        """Left and Right: the next choice, or the next step of a number."""
        layer, option = self.layer, self.chosen
        if layer is None or option is None:
            return self._no_layer() if layer is None else self._few_options(0)
        if not option.choices and not option.steps:
            return _("{name} has no steps: Enter types a value.").format(name=option.name)
        found = next_value(option, layer.value(option.name), by)
        if found is None:
            last = value_text(option, layer.value(option.name))
            return _("{name}: {value} is the last step; Enter types another value.").format(
                name=option.name, value=last
            )
        return self._change(option, found[0])

    def with_typed(self, text: str) -> Architecture:
        """The network with the typed value of the option under the cursor. Raises `CnnError`."""
        option = self.chosen
        return self.network if option is None else self.network.changed(self.at, option.name, parsed(option, text))

    def edit(self, network: Architecture) -> None:
        """Show the edited `network`, the cursor where it is."""
        self._put(network, self.at)

    def _change(self, option: Option, value: Any) -> str:
        try:
            self._put(self.network.changed(self.at, option.name, value), self.at)
        except CnnError as error:
            return error_text(error)
        return self._said_beside_the_program()

    def _said_beside_the_program(self) -> str:
        """The option under the cursor, which the program alone does not show."""
        layer, option = self.layer, self.chosen
        if self.pane == "layers" or layer is None or option is None:
            return ""
        where = _("Layer {number}: {kind}").format(number=self.at + 1, kind=layer.kind)
        return f"{where}, {option.name} {value_text(option, layer.value(option.name))}"

    # Whole networks.

    def take(self, network: Architecture) -> str:
        """Show another network: a preset, or one from a file."""
        if network == self.network:
            return _("This is already the network {name}.").format(name=network.name)
        self._put(network, 0, named=True)
        return _("The network {name} is open; u goes back to the one before.").format(name=network.name)

    def rename(self, name: str) -> None:
        """Give the network another name. Raises `CnnError`."""
        if name != self.network.name:
            self._put(self.network.renamed(name), self.at, named=True)

    def _put(self, network: Architecture, at: int | None = None, *, named: bool = False) -> None:
        """Show `network`, and keep the one before for undo. An edited preset loses its name."""
        if network == self.network:
            return
        if not named and network.name in PRESETS and network != PRESETS[network.name]:
            network = network.renamed(_("my network"))
        self._undo = [*self._undo[-MOST_UNDOS:], (self.network, self.at)]
        self._redo = []
        self._go_back((network, self.at if at is None else at))

    def _go_back(self, to: tuple[Architecture, int]) -> None:
        if to[1] != self.at:
            self.option = 0
        self.at = to[1]
        self._show(to[0])
        if self.pane == "layers" or self.program.layer is not None:
            self.program.light(self.at)

    def undo(self) -> str:
        if not self._undo:
            return _("There is nothing to undo.")
        self._redo.append((self.network, self.at))
        self._go_back(self._undo.pop())
        return self._said_beside_the_program()

    def redo(self) -> str:
        if not self._redo:
            return _("There is nothing to redo.")
        self._undo.append((self.network, self.at))
        self._go_back(self._redo.pop())
        return self._said_beside_the_program()

    # The reasons why a key does nothing.

    def _no_layer(self) -> str:
        return _("The network has no layers: i adds one, p opens a ready one.")

    def _few_options(self, count: int) -> str:
        kind = "" if self.layer is None else self.layer.kind
        if count:
            return _("{kind} shows one option only; m shows all.").format(kind=kind)
        return _("{kind} has no options to choose.").format(kind=kind)
