"""`cnn-tui validate MODEL`: compares Keras and the C core."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.parser import DATA_HELP, Parser, add_common_options, existing_folder, exit_statuses, readable_file
from tui.i18n import N_, _

STATUSES = N_("0 all layers agree, 1 one does not or it failed, 2 wrong usage, 130 stopped by Ctrl+C")


def add_parser(commands: Any) -> None:
    text = _("compare Keras and the C core on a trained model, layer by layer")
    parser = commands.add_parser("validate", help=text, description=text, epilog=exit_statuses(STATUSES))
    parser.add_argument_group(_("arguments")).add_argument(
        "model", metavar="MODEL", help=_("a .keras file; it is opened in safe mode, so no code in it runs")
    )
    add = add_common_options(parser, run).add_argument
    add("--data", metavar="DIR", default=argparse.SUPPRESS, help=_(DATA_HELP))
    add("--images", type=int, metavar="N", default=100, help=_("number of images to run (default: 100)"))


def run(parser: Parser, asked: argparse.Namespace) -> int:
    model, data = readable_file(parser, asked.model, needed=True), existing_folder(parser, asked.data)
    if asked.images < 1:
        parser.error(_("--images must be at least 1, got {value}").format(value=asked.images))
    from cnncore.keras.validate_child import Request
    from tui.cli.console import guarded
    from tui.cli.validate import run as validate

    return guarded(lambda: validate(Request(model=model, data=data, images=asked.images)))
