"""The form for the options of a training run: a field for each, and a sentence below them about an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.widgets import Input, Label, Static

from cnncore._files import check_folder, shown
from cnncore.errors import CnnError
from cnncore.training.config import ENGINES, NETWORKS, OPTIMIZERS, OWN, TrainConfig
from tui.app.dialogs import Dialog
from tui.app.numbers import MOST_DIGITS, whole_number
from tui.app.path_input import PathInput
from tui.app.paths import typed
from tui.i18n import N_, _, error_text

FIELDS: tuple[tuple[str, str, str], ...] = (
    ("epochs", N_("Epochs"), N_("passes over the training images")),
    ("batch_size", N_("Batch size"), N_("images per step")),
    ("validation_split", N_("Validation split"), N_("fraction held out")),
    ("limit", N_("Images"), N_("only the first N, 0 for all")),
    ("dropout", N_("Dropout rate"), N_("0 for none")),
    ("learning_rate", N_("Learning rate"), N_("0 for the default")),
    ("seed", N_("Seed"), N_("the same seed repeats the run")),
    ("stop_at_accuracy", N_("Stop at training accuracy"), N_("0 for never")),
)
"""For each field its name in the configuration, its label, and a hint."""
WHOLE = {"epochs", "batch_size", "limit", "seed"}
CHOICES = ("network", "optimizer", "engine")
"""The fields that accept one of a few names."""


class ChoiceInput(Input):
    """A field that accepts few texts: arrows and Space go through them, and they can be typed."""

    def __init__(self, value: str, names: Sequence[str], *, id: str) -> None:
        super().__init__(value, id=id)
        self._names = names

    def on_key(self, event: events.Key) -> None:
        if event.key in ("left", "right", "space"):
            at = self._names.index(self.value) if self.value in self._names else -1
            back = event.key == "left"
            self.value = self._names[(max(at, 0) - 1 if back else at + 1) % len(self._names)]
            event.prevent_default()  # Space would be typed
            event.stop()


class TrainingOptions(Dialog[TrainConfig | None]):
    """Asks for the options of a run, starting from `config`. Up and Down move between the fields."""

    DEFAULT_CSS = """
    TrainingOptions > Vertical { width: 66; }
    TrainingOptions Grid { grid-size: 2; grid-columns: 1fr 22; grid-rows: 1; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", N_("Next field"), show=False),
        Binding("up", "app.focus_previous", N_("Previous field"), show=False),
    ]

    def __init__(self, config: TrainConfig) -> None:
        super().__init__()
        self.heading = _("Training options")
        self._config = config
        self._networks = NETWORKS if config.architecture is None else (OWN, *NETWORKS)

    def compose_fields(self) -> ComposeResult:
        with Grid():
            yield Label("{}: {}".format(_("Network"), _("Space for the next")), markup=False)
            yield ChoiceInput(self._config.network, self._networks, id="network")
            for name, label, about in FIELDS:
                yield Label(f"{_(label)}: {_(about)}", markup=False)
                yield Input(_typed(getattr(self._config, name)), id=name)
            yield Label("{}: {}".format(_("Optimizer"), _("Space for the next")), markup=False)
            yield ChoiceInput(self._config.optimizer, OPTIMIZERS, id="optimizer")
            yield Label(_("Engine: {names}").format(names=" / ".join(ENGINES)), markup=False)
            yield ChoiceInput(self._config.engine, ENGINES, id="engine")
            yield Label("{}: {}".format(_("Data folder"), _("empty for the default")), markup=False)
            yield PathInput(shown(self._config.data), folders=True, id="data")

    def on_input_submitted(self) -> None:
        try:
            self.dismiss(self._typed())
        except CnnError as error:
            self.refuse(error)

    def refuse(self, error: BaseException) -> None:
        """Show the error with the label of the field on the screen, and move to the field."""
        name = error.values.get("name") if isinstance(error, CnnError) else None
        for field in self.query(Input):
            if field.id == name:
                field.focus()
        labels = {
            "network": _("Network"),
            "optimizer": _("Optimizer"),
            "engine": _("Engine"),
            **{field: _(label) for field, label, _about in FIELDS},
        }
        self.query_one("#wrong", Static).update(error_text(error, labels))

    def _typed(self) -> TrainConfig:
        values = {name: self._number(name) for name, _label, _about in FIELDS}
        chosen = {name: self.query_one(f"#{name}", Input).value.strip().lower() for name in CHOICES}
        architecture = self._config.architecture if chosen["network"] == OWN else None
        return replace(self._config, data=self._folder(), architecture=architecture, **chosen, **values)  # type: ignore[arg-type]

    def _folder(self) -> str:
        """The data folder as a full path; "" for the default."""
        field = self.query_one("#data", PathInput)
        if field.value == shown(self._config.data):  # unchanged, although the text may differ from the path
            return self._config.data
        try:
            return str(check_folder(typed(field.value))) if field.value.strip() else ""
        except CnnError:
            field.focus()
            raise

    def _number(self, name: str) -> float | int:
        field = self.query_one(f"#{name}", Input)
        text = field.value.strip().replace(",", "")
        if name in WHOLE:
            # Numbers below 0 are read as well: the configuration says which are right.
            number = whole_number(text, least=-(10**MOST_DIGITS))
            if number is not None:
                return number
            empty = N_("{name} is empty; write a whole number")
            wrong = N_("{name} is {value}; it must be a whole number")
        else:
            try:
                return float(text)
            except ValueError:
                empty = N_("{name} is empty; write a number such as 0.25")
                wrong = N_("{name} is {value}; it must be a number such as 0.25")
        raise CnnError(wrong if text else empty, name=name, value=repr(field.value))


def _typed(value: float) -> str:
    """A number as a person would type it."""
    return str(value) if isinstance(value, int) else f"{value:.6g}"
