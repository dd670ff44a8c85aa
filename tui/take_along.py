"""Taking along what a screen shows: a command line that reopens it, pictures, exact values, Keras code. Here is what
all screens share, and what the walking screens have; `tui.take_network` has the network's.

The menu, the question for a file's name, and the sentence afterwards; `cnncore` writes the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from tui.cursor import USUAL_SPEED
from tui.i18n import N_, _
from tui.screens.dialogs import AskPath, Dialog
from tui.view import command_line

if TYPE_CHECKING:
    from tui.bench import Bench, PoolWalk, Walk
    from tui.frame import FrameScreen
    from tui.screens.walk import WalkScreen

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


ITEMS = (
    Item("command", "c", N_("Copy the command line that reopens this")),
    Item("input-picture", "i", N_("Input as a picture: .png"), "cnn-input.png", (".png",)),
    Item("output-picture", "o", N_("Output as a picture: .png"), "cnn-output.png", (".png",)),
    Item("input-values", "m", N_("Input as numbers: .npy or .csv"), "cnn-input.npy", (".npy", ".csv")),
    Item("output-values", "n", N_("Output as numbers: .npy or .csv"), "cnn-output.npy", (".npy", ".csv")),
    Item(
        "maps",
        "a",
        N_("All maps: .npy (one stack), .csv or .png (a file each)"),
        "cnn-maps.npy",
        (".npy", ".csv", ".png"),
    ),
    Item("keras", "k", N_("The layer as Keras code"), "cnn_layer.py", (".py",)),
)


KEYS = "abcdefghijklmnopqrstuvwyz"
"""What an item's key may be; x closes."""


def items_of(screen: WalkScreen) -> list[Item]:
    """What there is to take: all maps only where several stand side by side."""
    bench = screen.walked_bench
    return [item for item in ITEMS if item.id != "maps" or (bench is not None and bench.chosen)]


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


def command_of(screen: WalkScreen) -> str:
    """The command line that reopens the screen; "" where nothing is walked."""
    bench = screen.walked_bench
    if bench is None:
        return ""
    app = screen.cnn_app
    at = screen.cursor.row, screen.cursor.column
    cursor, pixel = screen.cursor, screen.pixel
    return command_line(
        bench,
        at,
        screen=app.current_mode,
        data=app.options.data,
        model=app.model_path,
        term=None if cursor.term == cursor.terms else cursor.term,
        pixel=(pixel.row, pixel.column) if pixel.on else None,
        speed=cursor.speed if cursor.speed != USUAL_SPEED else 0,
    )


def open_menu(screen: WalkScreen) -> None:
    """Asks what to take, and takes it."""
    command = command_of(screen)
    if command:
        screen.app.push_screen(
            TakeAlongDialog(command, items_of(screen)), lambda item: take(screen, item) if item else None
        )


def palette_commands(screen: WalkScreen) -> Iterable[SystemCommand]:
    """Each item for the command palette."""
    for item in items_of(screen):
        yield SystemCommand(_(item.title), _("Take along"), lambda name=item.id: take(screen, name))


def take(screen: WalkScreen, name: str) -> None:
    """One item: copied at once, or written once a file is named."""
    item = next(item for item in ITEMS if item.id == name)
    bench = screen.walked_bench
    if bench is None:
        return
    if item.id == "command":
        command = command_of(screen)
        screen.app.copy_to_clipboard(command)
        screen.bench_changed(_("Copied: {command}").format(command=command))
        return
    if item.id == "maps":
        take_maps(screen, bench, item)
        return
    write = writer(item.id, screen.walk_of(bench), bench.walk())
    ask_file(screen, item, Saver(item, write), screen.bench_changed)


def take_maps(screen: WalkScreen, bench: Bench, item: Item) -> None:
    """The maps of all kernels that stand side by side."""
    from cnncore.errors import CnnError
    from tui.i18n import error_text
    from tui.take_maps import files_of, kept_maps, one_stack, save_maps

    try:
        maps = kept_maps(bench)
    except CnnError as error:
        screen.bench_changed(error_text(error))
        return
    names = ", ".join(each.name for each in maps)
    # Of a stack the order has to be said; files bear the names.
    note = _("maps in this order: {names}").format(names=names) if one_stack(maps) else ""
    save = Saver(item, lambda path: save_maps(maps, path), lambda path: files_of(maps, path))
    ask_file(screen, item, save, screen.bench_changed, note)


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
        from cnncore._files import check_writable, kind_of, shown
        from cnncore.errors import CnnError
        from tui.paths import typed

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


def writer(item: str, shown: Walk | PoolWalk, walk: Walk) -> Write:
    """What writes an item of the walk that is shown; `walk` is the convolution, which pooling follows."""
    from cnncore.datasets.pictures import save_picture
    from cnncore.export import INLINE_PIXELS, keras_code, save_text, save_values
    from cnncore.stepping import PoolStep

    def write(path: Path) -> list[Path]:
        match item:
            case "input-picture":
                save_picture(shown.input_levels, path)
            case "output-picture":
                save_picture(shown.output_levels, path)
            case "input-values":
                save_values(shown.inputs, path)
            case "output-values":
                save_values(shown.output, path)
            case _:
                return code(path)
        return [path]

    def code(path: Path) -> list[Path]:
        pixels = walk.sample.pixels
        beside = pixels_beside(path) if pixels.size > INLINE_PIXELS else None
        step = shown.steps[0]
        pool = step if isinstance(step, PoolStep) else None
        text = keras_code(walk.steps[0], pixels, pool, pixels_file=beside.name if beside else "", say=_)
        if beside is not None:
            save_values(pixels, beside)
        save_text(text, path)
        return [path, beside] if beside else [path]

    return write
