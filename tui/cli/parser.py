"""The parser of the command line, and the options, files and checks that commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection
from typing import Any, NoReturn, TypeVar

from cnncore._files import check_file, check_folder
from cnncore.errors import CnnError
from tui.i18n import LANGUAGES, N_, _, error_text

STATUSES = N_("0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl+C")
DATA_HELP = N_("folder with the Fashion-MNIST files (default: $CNN_TUI_DATA, then Keras's cache, then a download)")
PADDING_HELP = N_(
    "zero padding: valid (none), same, one number, rows,columns or top,bottom,left,right (default: valid)"
)

Value = TypeVar("Value")


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Breaks lines by terminal cells: argparse counts characters, and a Korean one takes two cells."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        from rich.cells import cell_len  # only the help needs it

        lines = [""]
        for word in text.split():
            if lines[-1] and cell_len(lines[-1]) + 1 + cell_len(word) > width:
                lines.append(word)
            else:
                lines[-1] = f"{lines[-1]} {word}".strip()
        return lines


class Parser(argparse.ArgumentParser):
    """Errors take one line; descriptions and examples are printed as written. A line without one of its own commands
    means its `default_command`."""

    def __init__(self, *, default_command: str = "", **options: Any) -> None:
        super().__init__(formatter_class=_Formatter, add_help=False, allow_abbrev=False, **options)
        self._default_command = default_command
        self._own_commands: Collection[str] = ()

    def add_subparsers(self, **options: Any) -> Any:
        commands = super().add_subparsers(**options)
        self._own_commands = commands.choices
        return commands

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self._default_command and not {*self._own_commands, "-h", "--help"} & set(args):
            args = [self._default_command, *args]
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        see = _("see: {command}").format(command=f"{self.prog} --help")
        self.exit(2, f"cnn-tui: {message} ({see})\n")


def exit_statuses(statuses: str = STATUSES) -> str:
    return "{}: {}".format(_("exit status"), _(statuses))


def add_common_options(parser: Parser, run: Callable[[Parser, argparse.Namespace], int]) -> argparse._ArgumentGroup:
    """Add the options of every command and return their group. `run` executes the command."""
    options = parser.add_argument_group(_("options"))
    options.add_argument("-h", "--help", action="help", help=_("print this help and exit"))
    options.add_argument(
        "--lang",
        choices=list(LANGUAGES),
        default=argparse.SUPPRESS,
        help=_("language: English or Korean (default: from the locale)"),
    )
    options.add_argument(
        "--log",
        metavar="FILE",
        default=argparse.SUPPRESS,
        help=_("write a detailed log to FILE (default: failures only, in the state folder)"),
    )
    parser.set_defaults(parser=parser, run=run)
    return options


def checked(parser: argparse.ArgumentParser, make: Callable[[], Value]) -> Value:
    """The value that `make` returns; its `CnnError` is a usage error."""
    try:
        return make()
    except CnnError as error:
        parser.error(error_text(error))


def full_path(parser: Parser, path: str) -> str:
    """The full path of a file that need not exist; "" for ""."""
    if not path:
        return ""
    from tui.app.paths import given

    return checked(parser, lambda: given(path))


def readable_file(parser: Parser, path: str, *, needed: bool = False) -> str:
    """The full path of a readable file; anything else is a usage error. "" stays "" unless a file is `needed`."""
    if not path and not needed:
        return ""

    full = full_path(parser, path)
    checked(parser, lambda: check_file(full))
    return full


def existing_folder(parser: Parser, path: str) -> str:
    """The full path of an existing folder; anything else is a usage error. "" stays ""."""
    if not path:
        return ""

    full = full_path(parser, path)
    checked(parser, lambda: check_folder(full))
    return full


def typed_padding(parser: argparse.ArgumentParser, text: str) -> Any:
    from tui.walk import padding

    return checked(parser, lambda: padding.typed_padding(text))
