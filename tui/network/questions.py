"""The dialogs of the network screen: jump, the values that use a value, files to open, and what to export."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand

from cnncore._files import check_file
from tui.app.choose import ChooseLine
from tui.app.dialogs import AskLine, AskPath, ask_position, typed_number
from tui.app.paths import PICTURES, typed
from tui.app.screen import FrameScreen
from tui.export.menu import ExportDialog, ask_file
from tui.i18n import _

if TYPE_CHECKING:
    from tui.network.opener import Opener
    from tui.network.screen import NetworkScreen
    from tui.network.sources import Sources
    from tui.network.state import NetworkState


def ask_jump(screen: FrameScreen, state: NetworkState) -> None:
    """Ask for a map, or for a row and a column of the current map, and go there."""
    from tui.network.cursor import Depth

    cursor = state.cursor
    if state.backward.shows_weight(cursor):
        ask_weight(screen, state)
        return
    rows, columns, maps = cursor.size

    def to_map(number: int | None) -> None:
        if number is not None:
            cursor.to_map(number)
            screen.say("")

    def to_cell(cell: tuple[int, int] | None) -> None:
        if cell is not None:
            cursor.to_cell(*cell)
            screen.say("")

    if cursor.depth == Depth.NETWORK or cursor.one_value_per_map:
        prompt = _("From 0 to {last}").format(last=maps - 1)
        screen.app.push_screen(AskLine(_("Map"), prompt, lambda text: typed_number(text, maps)), to_map)
    else:
        screen.app.push_screen(ask_position(rows, columns), to_cell)


def ask_weight(screen: FrameScreen, state: NetworkState) -> None:
    """Ask for a weight of the current map or unit, the one with the largest gradient first, and go to it."""
    from tui.network.backward_moves import weight_line, weights_by_size

    numbers = weights_by_size(state)

    def chosen(at: int | None) -> None:
        if at is not None:
            state.backward.weight, state.cursor.term = numbers[at], 0
            screen.say("")

    title = _("Weights, largest gradient first")
    screen.app.push_screen(ChooseLine(title, len(numbers), lambda at: weight_line(state, numbers[at])), chosen)


def backward_commands(screen: NetworkScreen) -> Iterable[SystemCommand]:
    """The commands of the palette that look backwards and take steps by hand."""
    for title, action in (
        (_("Backwards: the gradient of the loss"), screen.action_backwards),
        (_("Loss of this picture, or of a batch"), screen.action_batch),
        (_("Step this weight"), lambda: screen.action_step(True)),
        (_("Step all weights"), lambda: screen.action_step(False)),
        (_("Undo steps"), screen.action_undo),
    ):
        yield SystemCommand(title, _("Backwards"), action)


def ask_use(screen: FrameScreen, state: NetworkState) -> None:
    """Go up to the value that uses the current one; of several, the learner chooses one from a list."""
    from tui.network.value_connections import use_line, uses, uses_title

    cursor = state.cursor
    values, why_not = uses(cursor)

    def chosen(number: int | None) -> None:
        if number is not None:
            cursor.follow(values.layer, values[number])
            screen.say("")

    if why_not:
        screen.say(why_not)
    elif len(values) == 1:
        chosen(0)
    else:
        title = uses_title(cursor, values)
        screen.app.push_screen(ChooseLine(title, len(values), lambda at: use_line(cursor, values, at)), chosen)


def ask_picture(screen: FrameScreen, sources: Sources) -> None:
    """Ask for a picture file and show it."""

    def opened(answer: tuple[str, Any] | None) -> None:
        if answer is not None:
            screen.say(sources.show_own(*answer))

    prompt = _("A PNG, JPEG, BMP or GIF picture, or a CSV of numbers")
    screen.app.push_screen(AskPath(_("Open a picture"), prompt, sources.read_picture, PICTURES), opened)


def ask_network(screen: FrameScreen, opener: Opener) -> None:
    """Ask for a `.keras` file and open it."""

    def opened(path: str | None) -> None:
        if path is not None:
            opener.open(path, chosen=True)

    screen.app.push_screen(AskPath(_("Open a network"), _("A .keras file"), _existing, (".keras",)), opened)


def _existing(text: str) -> str:
    """The full path of a file that exists and can be read. Raises `CnnError`."""
    path = typed(text)
    check_file(path)
    return path


def ask_export(screen: FrameScreen, state: NetworkState, command: str) -> None:
    """Ask what to export, and export it."""
    from tui.network.export import items_of

    def chosen(name: str | None) -> None:
        if name is not None:
            export(screen, state, command, name)

    screen.app.push_screen(ExportDialog(command, items_of(state)), chosen)


def export_commands(screen: FrameScreen, state: NetworkState, command: str) -> Iterable[SystemCommand]:
    """A command of the palette for each item."""
    from tui.network.export import items_of

    for item in items_of(state):
        yield SystemCommand(_(item.title), _("Export"), lambda name=item.id: export(screen, state, command, name))


def export(screen: FrameScreen, state: NetworkState, command: str, name: str) -> None:
    """Copy the command, or ask for a file and write the item to it, in its state at the time of asking."""
    from tui.network.export import COMMAND, items_of, note_of, saver_of

    item = next((item for item in items_of(state) if item.id == name), None)
    if item is COMMAND:
        screen.app.copy_to_clipboard(command)
        text = _("Copied: {command}").format(command=command)
        if state.by_hand.changed:
            text += "\n" + _("It opens the weights of the file, without the steps by hand.")
        screen.say(text)
    elif item is not None:
        saver = saver_of(state, item, screen.app.theme)
        ask_file(screen.app, item, saver, screen.say, note_of(state, item))
