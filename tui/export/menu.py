"""The export menu of all places: the dialog, the question for the file name, and the sentence afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from cnncore._files import check_writable, kind_of, shown
from cnncore.errors import CnnError
from tui.app.dialogs import AskPath, Dialog
from tui.app.paths import typed
from tui.i18n import N_, _

Write = Callable[[Path], Sequence[Path]]
"""Writes the files that belong to a path, and returns their paths."""

Files = Callable[[Path], Sequence[Path]]
"""The files that belong to a path."""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the export menu. `name` is the proposed file name, `suffixes` its possible endings; a command has
    neither."""

    id: str
    key: str
    title: str
    name: str = ""
    suffixes: tuple[str, ...] = ()


KEYS = "abcdefghijklmnopqrstuvwyz"
"""The possible keys of items; x closes."""


class ExportDialog(Dialog[str | None]):
    """Shows the command line, unless it is "", and the other items to export; answers with the id of the chosen
    item."""

    DEFAULT_CSS = """
    ExportDialog > Vertical { width: 76; }
    ExportDialog #command { margin: 0 0 1 0; color: $primary; height: auto; }
    ExportDialog OptionList, ExportDialog OptionList:focus {
        border: none; height: auto; padding: 0; background: $surface;
        background-tint: $foreground 0%;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"choose('{key}')", N_("Export"), show=False) for key in KEYS),
        Binding("x", "leave", N_("Close"), show=False),
    ]

    def __init__(self, command: str, items: Sequence[Item]) -> None:
        super().__init__()
        self.heading = _("Export")
        self._command, self._items = command, items

    def compose_fields(self) -> ComposeResult:
        if self._command:
            yield Label(_("This command reopens the current view:"), markup=False)
            yield Static(self._command, id="command", markup=False)
        yield OptionList(*(Option(f"{item.key}  {_(item.title)}", id=item.id) for item in self._items), markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def action_choose(self, key: str) -> None:
        for item in self._items:
            if item.key == key:
                self.dismiss(item.id)


def ask_file(app: App[Any], item: Item, save: Saver, say: Callable[[str], None], note: str = "") -> None:
    """Ask for the name of the file, write it, and name the saved files; add the `note` to a single file."""

    def done(written: list[str] | None) -> None:
        if written:
            text = _("Saved: {paths}").format(paths=", ".join(written))
            say(f"{text}; {note}" if note and len(written) == 1 else text)

    app.push_screen(
        AskPath(
            _(item.title), _("File name, ending in {suffixes}").format(suffixes=", ".join(item.suffixes)),
            save, item.suffixes, item.name,
        ),
        done,
    )  # fmt: skip


class Saver:
    """Writes to the typed path when called, and returns the full paths. An existing file is overwritten only after a
    second Enter on its name."""

    def __init__(self, item: Item, write: Write, files: Files | None = None) -> None:
        self._item, self._write = item, write
        self._files = files or self._default_files
        self._warned = ""

    def __call__(self, text: str) -> list[str]:
        if not text.strip():
            raise CnnError("Enter a file name, such as {name}", name=self._item.name)
        path = Path(typed(text))
        if path.suffix.lower() not in self._item.suffixes:
            raise CnnError(
                "{path}: the file name must end in {suffixes}", path=text, suffixes=", ".join(self._item.suffixes)
            )
        for file in self._files(path):
            check_writable(file)
        existing = [file for file in self._files(path) if kind_of(file)]
        if existing and str(path) != self._warned:
            self._warned = str(path)
            raise CnnError("{path} already exists; press Enter again to overwrite it", path=str(existing[0]))
        return [shown(file) for file in self._write(path)]

    def _default_files(self, path: Path) -> list[Path]:
        return [path, pixels_beside(path)] if self._item.id == "keras" else [path]


def single_file(item: Item, write: Callable[[Path], None]) -> Saver:
    """A saver that writes the named file alone."""

    def save(path: Path) -> Sequence[Path]:
        write(path)
        return [path]

    return Saver(item, save)


def pixels_beside(path: Path) -> Path:
    """The file of the pixels that a program at `path` reads."""
    return path.with_name(path.stem + "_pixels.npy")
