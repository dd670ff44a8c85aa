"""A small window that asks for one line of text.

An error appears below the field and the typed text stays, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from cnncore.errors import CnnError
from tui.app.numbers import whole_number, whole_numbers
from tui.app.path_input import PathInput
from tui.app.workers import start_worker
from tui.i18n import N_, _, error_text

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """The frame of a dialog: a box with a title and a line for errors; Esc leaves it."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical {
        width: 64; max-width: 100%; height: auto; max-height: 100%; background: $surface;
        border: round $primary; border-title-color: $primary; border-subtitle-color: $foreground; padding: 0 1;
    }
    Dialog Input, Dialog Input:focus { border: none; height: 1; padding: 0 1; background: $panel; }
    Dialog Input:focus { background: $primary 25%; }
    Dialog #wrong { color: $error; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", N_("Close"))]
    heading = ""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self.heading
            box.border_subtitle = _("Enter accepts, Esc closes")
            yield from self.compose_fields()
            yield Static(id="wrong", markup=False)

    def compose_fields(self) -> ComposeResult:
        yield from ()

    def on_input_changed(self) -> None:
        """Clear the error, which was about the text before."""
        self.query_one("#wrong", Static).update("")

    def refuse(self, error: BaseException) -> None:
        """Show the error in the typed text."""
        self.show_wrong(error_text(error))

    def show_wrong(self, sentence: str) -> None:
        for line in self.query("#wrong").results(Static):  # a dialog that is closing has none any more
            line.update(sentence)

    def on_path_input_ambiguous(self, event: PathInput.Ambiguous) -> None:
        names = "  ".join(event.names)
        if event.more:
            names += "  " + _("and {count} more").format(count=event.more)
        self.query_one("#wrong", Static).update(names)

    def action_leave(self) -> None:
        self.dismiss(None)


class AskLine(Dialog[Answer | None]):
    """Asks for one line; `check` turns it into the answer in a thread, or raises an error that is then shown."""

    def __init__(self, heading: str, prompt: str, check: Callable[[str], Answer], value: str = "") -> None:
        super().__init__()
        self.heading = heading
        self._prompt, self._check, self._value = prompt, check, value
        self._busy = False

    def compose_fields(self) -> ComposeResult:
        yield Label(self._prompt, markup=False)
        yield self.field()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if self._busy:
            return
        self._busy = True
        self.query_one("#wrong", Static).update(_("One moment..."))  # a large picture takes a second
        start_worker(self, self._answer, event.value, thread=True, failed=self._failed, answers=True)

    def field(self) -> Input:
        return Input(self._value)

    def _answer(self, text: str) -> None:
        self.app.call_from_thread(self._succeeded, self._check(text))

    def _failed(self, sentence: str) -> None:
        self._busy = False
        if self.is_attached:
            self.show_wrong(sentence)

    def _succeeded(self, answer: Answer) -> None:
        self._busy = False
        self.dismiss(answer)  # no effect if it was closed meanwhile: see `tui.terminal.closing`


class AskPath(AskLine[Answer]):
    """Asks for a file; Tab completes names with one of `suffixes`."""

    def __init__(
        self, heading: str, prompt: str, check: Callable[[str], Answer], suffixes: Sequence[str], value: str = ""
    ) -> None:
        super().__init__(heading, prompt, check, value)
        self._suffixes = suffixes

    def field(self) -> Input:
        return PathInput(self._value, suffixes=self._suffixes)


def ask_position(rows: int, columns: int) -> AskLine[tuple[int, int]]:
    """Ask for a position in a map of that size."""
    return AskLine(
        _("Jump to row, column"),
        _("Rows 0 to {row}, columns 0 to {column}, for example: 3, 5").format(row=rows - 1, column=columns - 1),
        lambda text: typed_position(text, rows, columns),
    )


def typed_position(text: str, rows: int, columns: int) -> tuple[int, int]:
    """Parse a typed (row, column): two whole numbers, separated by comma or space. Raises `CnnError`."""
    position = whole_numbers(text, (2,))
    if position is None:
        raise CnnError("{value} is not a position; write row, column, for example: 3, 5", value=repr(text))
    for name, value, limit in (("row", position[0], rows), ("column", position[1], columns)):
        if value >= limit:
            raise CnnError("{name} is {value}; it must be from 0 to {last}", name=name, value=value, last=limit - 1)
    return position[0], position[1]


def typed_number(text: str, limit: int) -> int:
    """Parse a typed whole number below `limit`. Raises `CnnError`."""
    number = whole_number(text, most=limit - 1)
    if number is None:
        raise CnnError("{value} is not a number from 0 to {last}", value=repr(text), last=limit - 1)
    return number


def typed_pair(text: str) -> tuple[int, int]:
    """Parse rows and columns from 1 to 99: one whole number, or two separated by comma, space or x. Raises
    `CnnError`."""
    pair = whole_numbers(text, (1, 2), separators=",x", least=1, most=99)
    if pair is None:
        raise CnnError("{value} is not one or two whole numbers from 1 to 99, for example: 2 or 2, 1", value=repr(text))
    return pair[0], pair[-1]
