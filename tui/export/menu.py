"""The export menu that all places share: the dialog, the question for a file's name, the sentence afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from cnncore._files import check_writable, kind_of, shown
from cnncore.errors import CnnError
from tui.app.dialogs import AskPath, Dialog
from tui.i18n import N_, _

if TYPE_CHECKING:
    from tui.app.screen import FrameScreen


Write = Callable[[Path], Sequence[Path]]
"""Writes what belongs to a path and says which files that were."""


Files = Callable[[Path], Sequence[Path]]
"""Which files a path stands for."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to take. `name` is the file proposed, `suffixes` what it may end in; a command has neither."""

    id: str
    key: str
    title: str
    name: str = ""
    suffixes: tuple[str, ...] = ()


KEYS = "abcdefghijklmnopqrstuvwyz"
"""What an item's key may be; x closes."""


class TakeAlongDialog(Dialog[str | None]):
    """Shows the command line, and what else can be taken; answers with the item's id."""

    DEFAULT_CSS = """
    TakeAlongDialog > Vertical { width: 76; }
    TakeAlongDialog #command { margin: 0 0 1 0; color: $primary; height: auto; }
    TakeAlongDialog OptionList, TakeAlongDialog OptionList:focus {
        border: none; height: auto; padding: 0; background: $surface;
        background-tint: $foreground 0%;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"take('{key}')", N_("Take along"), show=False) for key in KEYS),
        Binding("x", "leave", N_("Close"), show=False),
    ]

    def __init__(self, command: str, items: Sequence[Item]) -> None:
        super().__init__()
        self.heading = _("Take along")
        self._command, self._items = command, items

    def compose_fields(self) -> ComposeResult:
        yield Label(_("This command opens what is on the screen again:"), markup=False)
        yield Static(self._command, id="command", markup=False)
        yield OptionList(*(Option(f"{item.key}  {_(item.title)}", id=item.id) for item in self._items), markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def action_take(self, key: str) -> None:
        for item in self._items:
            if item.key == key:
                self.dismiss(item.id)


def ask_file(screen: FrameScreen, item: Item, save: Saver, say: Callable[[str], None], note: str = "") -> None:
    """Asks for the file's name, writes, and has said what was written; with a `note` where that is one file."""

    def done(written: list[str] | None) -> None:
        if written:
            text = _("Written: {paths}").format(paths=", ".join(written))
            say(f"{text}; {note}" if note and len(written) == 1 else text)

    screen.app.push_screen(
        AskPath(
            _(item.title), _("File to write, ending in {suffixes}").format(suffixes=", ".join(item.suffixes)),
            save, item.suffixes, item.name,
        ),
        done,
    )  # fmt: skip


class Saver:
    """Called with what was typed: writes there, and answers with the full paths. A file that is there already is
    written over only when Enter is pressed a second time on its name."""

    def __init__(self, item: Item, write: Write, files: Files | None = None) -> None:
        self._item, self._write = item, write
        self._files = files or self._usual_files
        self._warned = ""

    def __call__(self, text: str) -> list[str]:
        from tui.app.paths import typed

        if not text.strip():
            raise CnnError("Name a file, such as {name}", name=self._item.name)
        path = Path(typed(text))
        if path.suffix.lower() not in self._item.suffixes:
            raise CnnError(
                "{path}: the file name must end in {suffixes}", path=text, suffixes=", ".join(self._item.suffixes)
            )
        for file in self._files(path):
            check_writable(file)
        there = [file for file in self._files(path) if kind_of(file)]
        if there and str(path) != self._warned:
            self._warned = str(path)
            raise CnnError("{path} is there already; Enter once more writes over it", path=str(there[0]))
        return [shown(file) for file in self._write(path)]

    def _usual_files(self, path: Path) -> list[Path]:
        return [path, pixels_beside(path)] if self._item.id == "keras" else [path]


def pixels_beside(path: Path) -> Path:
    """Where the pixels lie that a program at `path` reads."""
    return path.with_name(path.stem + "_pixels.npy")
