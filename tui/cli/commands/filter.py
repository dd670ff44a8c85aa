"""`cnn-tui filter IMAGE`: applies a kernel to a picture."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.parser import (
    PADDING_HELP,
    Parser,
    add_common_options,
    checked,
    exit_statuses,
    full_path,
    readable_file,
    typed_padding,
)
from tui.i18n import _

PRESETS = (
    "identity, sharpen, blur, outline, emboss, bottom-sobel, left-sobel, right-sobel, top-sobel, "
    "box-blur, gaussian, unsharp, laplacian, log, motion, prewitt, scharr, roberts, negative"
)
"""Written down: the kernels themselves bring fractions, and the help is to come at once. A test compares."""


def add_parser(commands: Any) -> None:
    text = _("apply a kernel to a picture")
    parser = commands.add_parser("filter", help=text, description=text, epilog=exit_statuses())
    parser.add_argument_group(_("arguments")).add_argument(
        "image", metavar="IMAGE", help=_("a picture: PNG, JPEG, BMP or GIF, or a CSV of numbers")
    )
    options = add_common_options(parser, run)
    add = options.add_argument
    add(
        "--kernel",
        metavar="KERNEL",
        required=True,
        help=_('rows of numbers, such as "0 -1 0; -1 5 -1; 0 -1 0", or one of: {names}').format(names=PRESETS),
    )
    add("-o", "--output", metavar="OUT.png", required=True, help=_("file for the result"))
    add(
        "--scale",
        metavar="NUMBER",
        default="",
        help=_("factor for the sums, such as 1/16 (default: the kernel's own)"),
    )
    add("--padding", metavar="PADDING", default="valid", help=_(PADDING_HELP))
    colours = options.add_mutually_exclusive_group()
    colours.add_argument(
        "--rgb", dest="mode", action="store_const", const="rgb", default="", help=_("read as three colour channels")
    )
    colours.add_argument("--grey", dest="mode", action="store_const", const="grey", help=_("read as one grey channel"))
    add("--force", action="store_true", help=_("overwrite an existing file"))


def run(parser: Parser, asked: argparse.Namespace) -> int:
    from cnncore.lesson.kernels import parse_kernel
    from tui.cli.console import guarded
    from tui.cli.filter import run as apply

    image, output = readable_file(parser, asked.image, needed=True), full_path(parser, asked.output)
    kernel = checked(parser, lambda: parse_kernel(asked.kernel, asked.scale))
    padding = typed_padding(parser, asked.padding)
    return guarded(lambda: apply(image, output, kernel=kernel, padding=padding, mode=asked.mode, force=asked.force))
