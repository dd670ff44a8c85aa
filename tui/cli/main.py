"""The command `cnn-tui`: reads the command line and hands over to a command.

Exit statuses: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl+C. Errors are one line on stderr.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from cnncore._files import check_writable
from tui.cli.commands import app, compare, debug_info, filter, runs, train, validate
from tui.cli.parser import Parser, checked, full_path
from tui.cli.streams import close_output, open_streams
from tui.i18n import LANGUAGES, Language, _, set_language, system_language


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    open_streams()
    try:
        status = _command(arguments)
    except SystemExit as end:
        if close_output():
            raise
        raise SystemExit(end.code or 1) from None
    except BrokenPipeError:  # nobody reads what is printed before a command begins
        status = 1
    return status if close_output() else status or 1


def _command(arguments: Sequence[str] | None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Korean gets question marks, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    set_language(_language(given))
    # argparse translates its own sentences with a function `_`: this one also knows Korean.
    vars(argparse)["_"] = _
    asked = _parser().parse_args(given)
    _open_log(asked.parser, asked.log)
    status: int = asked.run(asked.parser, asked)
    return status


def _parser() -> Parser:
    parser = app.make_parser()
    commands = parser.add_subparsers(dest="command", metavar=_("COMMAND"), title=_("commands"), parser_class=Parser)
    for command in (train, runs, compare, validate, filter, debug_info):
        command.add_parser(commands)
    return parser


def _language(arguments: Sequence[str]) -> Language:
    """The language of `--lang`, read before anything is parsed because the help is in it; else the locale's."""
    for at, argument in enumerate(arguments):
        value = (
            argument.removeprefix("--lang=")
            if argument.startswith("--lang=")
            else (arguments[at + 1] if argument == "--lang" and at + 1 < len(arguments) else "")
        )
        for name in LANGUAGES:
            if value == name:
                return name
    return system_language()


def _open_log(parser: Parser, path: str) -> None:
    """Log everything to the file of `--log`; a file that cannot be written is a usage error."""
    if not path:
        return
    from tui.app.failures import LOGGER, log_to
    from tui.cli.debug_info import debug_info as facts

    full = full_path(parser, path)
    checked(parser, lambda: check_writable(full))
    log_to(full)
    for name, value in facts():
        LOGGER.info("%s: %s", name, value)
