"""The options for the start of the convolution and pooling screens, and the view they describe."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any

from tui.app.places import SCREENS
from tui.cli.number_types import number, position, size
from tui.cli.parser import PADDING_HELP, checked, typed_padding
from tui.i18n import N_, _

if TYPE_CHECKING:
    from tui.walk.view import View

TEXTS = (
    ("--kernel", "KERNEL", N_("kernel: a name, or rows of numbers")),
    ("--scale", "NUMBER", N_("factor for the sums, such as 1/16 (default: the kernel's own)")),
    ("--custom", "ROWS", N_("your own kernel, in addition to the current one")),
    ("--custom-scale", "NUMBER", N_("scale of your own kernel (default: 1)")),
    (
        "--keep",
        "NAME,..",
        N_("kernels whose maps are shown side by side: names, custom, all, or the network's filters, such as 0,2,8-63"),
    ),
    ("--padding", "PADDING", PADDING_HELP),
    (
        "--pool-padding",
        "PADDING",
        N_("how far pooling windows extend past the edge, written as for --padding; no zeros are added"),
    ),
)
NUMBERS: tuple[tuple[str, str, Any, str], ...] = (
    ("--picture", "N", number(), N_("number of the picture, from 0")),
    ("--filter", "N", number(), N_("number of the network's filter, from 0")),
    ("--stride", "N[,N]", size, N_("distance between windows")),
    ("--dilation", "N[,N]", size, N_("distance between the kernel's weights")),
    ("--pool", "N[,N]", size, N_("size of the pooling window")),
    ("--pool-stride", "N[,N]", size, N_("distance between pooling windows")),
    ("--at", "ROW,COLUMN", position, N_("output cell to start at, counted from 0")),
    (
        "--term",
        "N",
        number(),
        N_("number of products computed so far; on the network screen, the selected line, from 0"),
    ),
    ("--pixel", "ROW,COLUMN", position, N_("input pixel under the cursor, counted from 0")),
    ("--speed", "N", number(1), N_("cells per second during playback")),
)


def add_view_options(options: argparse._ArgumentGroup) -> None:
    add = options.add_argument
    places = [entry.id for entry in SCREENS]
    add(
        "--screen",
        choices=places,
        default=places[0],
        help=_("first screen: {names} (default: convolution)").format(names=", ".join(places)),
    )
    for name, metavar, text in TEXTS:
        add(name, metavar=metavar, default="", help=_(text))
    for name, metavar, kind, text in NUMBERS:
        add(name, metavar=metavar, type=kind, help=_(text))
    add(
        "--channel",
        choices=["grey", "red", "green", "blue"],
        default="",
        help=_("channel of a colour picture (default: grey)"),
    )


def view_of(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> View:
    """The view to start with, checked as far as is possible without a picture."""
    if asked.kernel:
        from cnncore.lesson.kernels import parse_kernel

        checked(parser, partial(parse_kernel, asked.kernel, asked.scale))
    from tui.walk.view import View, own_kernel, typed_maps

    if asked.custom:
        checked(parser, partial(own_kernel, asked.custom, asked.custom_scale))
    return View(
        picture=asked.picture,
        channel=asked.channel,
        kernel=asked.kernel,
        scale=asked.scale,
        custom=asked.custom,
        custom_scale=asked.custom_scale,
        filter=asked.filter,
        maps=checked(parser, lambda: typed_maps(asked.keep)) if asked.keep else (),
        padding=typed_padding(parser, asked.padding) if asked.padding else "",
        stride=asked.stride,
        dilation=asked.dilation,
        pool=asked.pool,
        pool_stride=asked.pool_stride,
        pool_padding=typed_padding(parser, asked.pool_padding) if asked.pool_padding else "",
        at=asked.at,
        term=asked.term,
        pixel=asked.pixel,
        speed=asked.speed or 0,
    )
