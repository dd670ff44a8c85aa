"""`cnn-tui` without a command: opens the app."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace

from tui.cli.network_options import add_start_options, start_of
from tui.cli.opening import open_app, refuse_without_terminal
from tui.cli.parser import (
    DATA_HELP,
    Parser,
    add_common_options,
    existing_folder,
    exit_statuses,
    readable_file,
)
from tui.cli.version import PrintVersion
from tui.cli.walk_options import add_view_options, view_of
from tui.i18n import N_, _
from tui.overlay import ASKED

EXAMPLES = N_("""\
  cnn-tui                                        open the app
  cnn-tui --lang ko --image photo.jpg            in Korean, with a picture of yours
  cnn-tui train                                  train in the app, with charts
  cnn-tui train --plain --epochs 3 --dropout 0.3 --output net.keras --history net.csv
  cnn-tui train --network binary --limit 600 --plain
  cnn-tui validate net.keras                     compare Keras and the C core, layer by layer
  cnn-tui filter photo.jpg --kernel sharpen -o sharp.png
  cnn-tui filter photo.jpg --kernel "0 -1 0; -1 5 -1; 0 -1 0" --padding same -o sharp.png""")


def make_parser() -> Parser:
    """The parser of the whole command line, to which the commands are added."""
    parser = Parser(
        prog="cnn-tui",
        description=_("See a convolutional network work, number by number, in the terminal."),
        epilog="{}:\n{}\n\n{}".format(_("examples"), _(EXAMPLES), exit_statuses()),
    )
    options = add_common_options(parser, run)
    parser.set_defaults(log="")
    add = options.add_argument
    add("--data", metavar="DIR", default="", help=_(DATA_HELP))
    add("--image", metavar="FILE", default="", help=_("picture to start with: PNG, JPEG, BMP, GIF or CSV"))
    add("--model", metavar="FILE.keras", default="", help=_("trained network to start with"))
    add(
        "--screen-reader",
        action="store_true",
        default=bool(os.environ.get("CNN_TUI_SCREEN_READER")),
        help=_(
            "describe the whole screen in words, with the terminal's cursor on the first line (also "
            "CNN_TUI_SCREEN_READER=1)"
        ),
    )
    add(
        "--theme",
        choices=["dark", "light"],
        default=None,
        help=_("colour theme (default: the last one used, else from COLORFGBG)"),
    )
    add(
        "--graphics",
        choices=ASKED,
        default="",
        help=_(
            "how to draw pictures: in pixels by the Kitty or Sixel protocol, or in half blocks; auto draws pixels in"
            " terminals known to support them (default: $CNN_TUI_GRAPHICS, else auto)"
        ),
    )
    add_view_options(
        parser.add_argument_group(
            _("start of the convolution and pooling screens (--picture, --at and --term also apply to network)")
        )
    )
    add_start_options(parser.add_argument_group(_("start of the network screen (with --screen network)")))
    add("--version", action=PrintVersion, nargs=0, help=_("print the version and exit"))
    return parser


def run(parser: Parser, asked: argparse.Namespace) -> int:
    if refuse_without_terminal(parser):
        return 1
    image, model = readable_file(parser, asked.image), readable_file(parser, asked.model)
    asked.data = existing_folder(parser, asked.data)
    view = view_of(parser, asked)
    network = start_of(parser, asked)
    if asked.screen == "network":  # it has these options itself
        view = replace(view, picture=None, at=None, term=None)
    return open_app(parser, asked, image=image, model=model, start=asked.screen, view=view, network=network)
