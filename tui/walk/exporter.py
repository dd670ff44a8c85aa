"""The export menu of a walking screen: it copies the command line, or asks for a file and writes one item to it."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import SystemCommand

from cnncore.errors import CnnError
from tui.app.screen import FrameScreen
from tui.export.menu import ExportDialog, ask_file
from tui.i18n import _, error_text
from tui.walk.export import command_of, items_of
from tui.walk.state import WalkState


class Exporter:
    """Exports what `state` shows, with dialogs over `screen`."""

    def __init__(self, screen: FrameScreen, state: WalkState) -> None:
        self._screen = screen
        self._state = state

    def open_menu(self) -> None:
        command = self._command()
        if command:
            dialog = ExportDialog(command, items_of(self._state))
            self._screen.app.push_screen(dialog, lambda name: self._export(name) if name else None)

    def palette_commands(self) -> Iterable[SystemCommand]:
        for item in items_of(self._state):
            yield SystemCommand(_(item.title), _("Export"), lambda name=item.id: self._export(name))

    def _command(self) -> str:
        app = self._screen.cnn_app
        return command_of(self._state, data=app.options.data, model=app.workbench_loader.model_path)

    def _export(self, name: str) -> None:
        """Copy the command line, or ask for a file and write one item to it."""
        if not self._state.ready:
            return
        say = self._screen.workbench_changed
        if name == "command":
            command = self._command()
            self._screen.app.copy_to_clipboard(command)
            say(_("Copied: {command}").format(command=command))
            return
        # Late: it loads numpy, which the first paint must not wait for.
        from tui.walk.export_files import file_export

        try:
            item, save, note = file_export(self._state, name)
        except CnnError as error:
            say(error_text(error))
        else:
            ask_file(self._screen.app, item, save, say, note)
