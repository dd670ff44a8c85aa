"""The options for the start of the network screen, and the start they describe."""

from __future__ import annotations

import argparse

from tui.cli.number_types import number
from tui.i18n import N_, _
from tui.network.start import DEPTH_NAMES, Start

SCALES = ("map", "layer", "network")
FLAGS = (
    ("--fresh", N_("use random initial weights even if there is a trained network")),
    ("--invert", N_("invert the brightness of the picture")),
    ("--only-wrong", N_("only misclassified pictures")),
    ("--in-order", N_("list the terms of a value in order, not the largest first")),
    ("--weights", N_("show weights instead of maps if there is no room for both")),
    ("--why", N_("show which pixels influenced the answer")),
    ("--backward", N_("look backwards: show the gradient of the loss")),
    ("--batch", N_("with --backward: the loss of a batch of pictures, not of one")),
)
NUMBERS = (
    ("--only-class", N_("only pictures of this class, counted from 0")),
    ("--map", N_("map or unit, counted from 0")),
    ("--input-map", N_("input map whose kernel, or input whose weight, is shown")),
    ("--unfold", N_("map whose products are listed")),
)
OWN = ("--depth", "--layer", "--scale-of", *(name for name, _text in (*FLAGS, *NUMBERS)))
"""The options that no other screen accepts."""


def add_start_options(options: argparse._ArgumentGroup) -> None:
    add = options.add_argument
    add("--depth", choices=DEPTH_NAMES, default="", help=_("depth: network, layer or value (default: network)"))
    add("--layer", metavar="NAME", default="", help=_("name of the layer, or input for the picture"))
    for name, text in NUMBERS:
        add(name, metavar="N", type=number(), help=_(text))
    add(
        "--scale-of",
        choices=SCALES,
        default="",
        help=_("brightest value: the largest of the map, the layer or the network (default: map)"),
    )
    for name, text in FLAGS:
        add(name, action="store_true", help=_(text))


def start_of(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> Start:
    """The start, checked as far as is possible without a network. Other screens refuse what only this one accepts."""
    if asked.screen != "network":
        for option in OWN:
            if _is_given(asked, option):
                parser.error(_("{option} needs --screen network").format(option=option))
        return Start()
    if asked.fresh and asked.model:
        parser.error(_("--fresh and --model cannot be used together"))
    return Start(
        fresh=asked.fresh,
        picture=asked.picture,
        invert=asked.invert,
        wrong=asked.only_wrong,
        label=asked.only_class,
        depth=asked.depth or "network",
        layer=asked.layer,
        map=asked.map,
        at=asked.at,
        input_map=asked.input_map,
        term=asked.term,
        unfold=asked.unfold,
        in_order=asked.in_order,
        scale=asked.scale_of,
        weights=asked.weights,
        why=asked.why,
        backward=asked.backward,
        batch=asked.batch,
    )


def _is_given(asked: argparse.Namespace, option: str) -> bool:
    value = getattr(asked, option.removeprefix("--").replace("-", "_"))
    return value is not None and value is not False and value != ""
