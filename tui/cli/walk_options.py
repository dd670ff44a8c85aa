"""The options that say where to begin on the walking screens, and the view that they make."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from tui.app.places import SCREENS
from tui.i18n import N_, _

if TYPE_CHECKING:
    from tui.walk.view import View

KEEP_HELP = N_("kernels whose maps stand side by side: names, custom, all, or the network's numbers, as 0,2,8-63")
PADDING_HELP = N_("zeros around: valid (none), same, or all sides; rows,columns; top,bottom,left,right (valid)")


def view_options(options: argparse._ArgumentGroup) -> None:
    add = options.add_argument
    add(
        "--screen", choices=[entry.id for entry in SCREENS], default=SCREENS[0].id,
        help=_("which screen: {names} (convolution)").format(names=", ".join(entry.id for entry in SCREENS)),
    )  # fmt: skip
    for name, metavar, text in (
        ("--picture", "N", N_("which of the pictures that are there, counted from 0")),
        ("--filter", "N", N_("which kernel of the network, counted from 0")),
        ("--kernel", "KERNEL", N_("a kernel by its name, or rows of numbers")),
        ("--scale", "NUMBER", N_("the sums are multiplied with it, such as 1/16 (the kernel's own)")),
        ("--custom", "ROWS", N_("your own kernel, beside the one that is walked")),
        ("--custom-scale", "NUMBER", N_("the scale of your own kernel (1)")),
        ("--keep", "NAME,..", KEEP_HELP),
        ("--padding", "PADDING", PADDING_HELP),
        ("--stride", "N[,N]", N_("how far the window moves")),
        ("--dilation", "N[,N]", N_("how far apart the weights lie")),
        ("--pool", "N[,N]", N_("the pooling window's size")),
        ("--pool-stride", "N[,N]", N_("how far the pooling window moves")),
        ("--pool-padding", "PADDING", N_("how far pooling windows reach outside: as --padding, but nothing is zero")),
        ("--at", "ROW,COLUMN", N_("the output cell to begin at, counted from 0")),
        ("--term", "N", N_("how many of its products are written; on network the chosen line, counted from 0")),
        ("--pixel", "ROW,COLUMN", N_("the input value that the hand is on")),
        ("--speed", "N", N_("cells per second while it plays")),
    ):
        add(name, metavar=metavar, default="", help=_(text))
    add(
        "--channel", choices=["grey", "red", "green", "blue"], default="",
        help=_("which numbers of a picture in colours (grey)"),
    )  # fmt: skip


def view_of(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> View:
    """Where to begin, checked as far as can be without a picture."""

    size = _("{value} is not a size: write one whole number from 1, or two by a comma (rows, columns)")
    place = _("{value} is not a place: write row,column, counted from 0")
    number = _("{value} is not a number of a picture or a kernel: write a whole number from 0")
    count = _("{value} is not a whole number")

    def numbers(name: str, least: int, counts: tuple[int, ...], sentence: str) -> tuple[int, ...]:
        text: str = getattr(asked, name)
        parts = text.split(",") if text else []
        whole = [part.strip() for part in parts]
        if text and not (
            len(whole) in counts and all(p.isascii() and p.isdigit() and len(p) < 10 and int(p) >= least for p in whole)
        ):
            parser.error(f"--{name.replace('_', '-')} " + sentence.format(value=repr(text)))
        return tuple(int(part) for part in whole)

    def pair(name: str, least: int = 1, counts: tuple[int, ...] = (1, 2), sentence: str = size) -> Any:
        found = numbers(name, least, counts, sentence)
        return (found[0], found[-1]) if found else None

    if asked.kernel:
        from cnncore.lesson.kernels import parse_kernel

        checked(parser, partial(parse_kernel, asked.kernel, asked.scale))
    from tui.walk.view import View, own_kernel, typed_kept

    if asked.custom:
        checked(parser, partial(own_kernel, asked.custom, asked.custom_scale))
    kept: tuple[str, ...] = checked(parser, lambda: typed_kept(asked.keep)) if asked.keep else ()
    return View(
        picture=(numbers("picture", 0, (1,), number) or (None,))[0],
        channel=asked.channel,
        kernel=asked.kernel,
        scale=asked.scale,
        custom=asked.custom,
        custom_scale=asked.custom_scale,
        filter=(numbers("filter", 0, (1,), number) or (None,))[0],
        kept=kept,
        padding=padding_of(parser, asked.padding) if asked.padding else "",
        stride=pair("stride"),
        dilation=pair("dilation"),
        pool=pair("pool"),
        pool_stride=pair("pool_stride"),
        pool_padding=padding_of(parser, asked.pool_padding) if asked.pool_padding else "",
        at=pair("at", 0, (2,), place),
        term=(numbers("term", 0, (1,), count) or (None,))[0],
        pixel=pair("pixel", 0, (2,), place),
        speed=(numbers("speed", 1, (1,), count) or (0,))[0],
    )


def checked(parser: argparse.ArgumentParser, make: Callable[[], Any]) -> Any:
    """What `make` gives; its `CnnError` is a wrong option."""
    from cnncore.errors import CnnError
    from tui.i18n import error_text

    try:
        return make()
    except CnnError as error:
        parser.error(error_text(error))


def padding_of(parser: argparse.ArgumentParser, text: str) -> Any:
    from tui.walk.padding import typed_padding

    return checked(parser, lambda: typed_padding(text))
