"""`cnn-tui compare A B`: two training runs side by side."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.commands.runs import RUN_HELP
from tui.cli.parser import Parser, add_common_options, checked, exit_statuses, full_path
from tui.i18n import _


def add_parser(commands: Any) -> None:
    text = _("compare two training runs: options, layers, figures, answers")
    parser = commands.add_parser("compare", help=text, description=text, epilog=exit_statuses())
    arguments = parser.add_argument_group(_("arguments"))
    for name in ("A", "B"):
        arguments.add_argument(name.lower(), metavar=name, help=_(RUN_HELP))
    options = add_common_options(parser, run)
    output = options.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help=_("print JSON"))
    output.add_argument("--svg", metavar="FILE.svg", default="", help=_("also draw both curves into a picture"))
    options.add_argument("--force", action="store_true", help=_("overwrite an existing file"))


def run(parser: Parser, asked: argparse.Namespace) -> int:
    from tui.cli.compare import run as compare
    from tui.cli.console import check_output, guarded

    svg = full_path(parser, asked.svg)
    checked(parser, lambda: check_output(svg, ".svg", force=asked.force, name="--svg"))
    return guarded(lambda: compare(asked.a, asked.b, as_json=asked.json, svg=svg))
