"""The options that say where to begin on the network screen, and the start that they make."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tui.i18n import N_, _
from tui.network.start import DEPTH_NAMES, Start

SCALES = ("map", "layer", "network")
FLAGS: Sequence[tuple[str, str]] = (
    ("--fresh", N_("fresh weights, even where a network was trained")),
    ("--invert", N_("light and dark of the picture exchanged")),
    ("--only-wrong", N_("of the pictures only the misclassified")),
    ("--in-order", N_("the terms of a value in their order, not the largest first")),
    ("--weights", N_("the weights in place of the maps, where there is no room for both")),
    ("--why", N_("which pixels moved the answer")),
)
NUMBERS: Sequence[tuple[str, str]] = (
    ("--only-class", N_("of the pictures only this class, counted from 0")),
    ("--map", N_("the map, or the unit, counted from 0")),
    ("--input-map", N_("of which input map the kernel, or of which input the weight is shown")),
    ("--unfold", N_("the map whose products are listed")),
)


def start_options(options: argparse._ArgumentGroup) -> None:
    add = options.add_argument
    add("--depth", choices=DEPTH_NAMES, default="", help=_("how far in: network, layer or value (network)"))
    add("--layer", metavar="NAME", default="", help=_("the layer by its name, or input for the picture"))
    for name, text in NUMBERS:
        add(name, metavar="N", default="", help=_(text))
    add(
        "--scale-of",
        choices=SCALES,
        default="",
        help=_("what is drawn brightest: the largest of the map, the layer or the network (map)"),
    )
    for name, text in FLAGS:
        add(name, action="store_true", help=_(text))


def start_of(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> Start:
    """Where to begin, checked as far as can be without a network. What is for its screen alone others refuse."""
    if asked.screen != "network":
        for option in ("--depth", "--layer", "--scale-of", *(name for name, _text in (*FLAGS, *NUMBERS))):
            if _given(asked, option):
                parser.error(_("{option} is for --screen network").format(option=option))
        return Start()

    def number(option: str) -> int | None:
        text = str(_given(asked, option))
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            parser.error(f"{option} " + _("{value} is not a whole number").format(value=repr(text)))
        return int(text)

    if asked.fresh and asked.model:
        parser.error(_("--fresh takes no --model"))
    place = asked.at.split(",") if asked.at else []
    return Start(
        fresh=asked.fresh,
        picture=int(asked.picture) if asked.picture else None,
        invert=asked.invert,
        wrong=asked.only_wrong,
        label=number("--only-class"),
        depth=asked.depth or "network",
        layer=asked.layer,
        map=number("--map"),
        at=(int(place[0]), int(place[1])) if place else None,
        input_map=number("--input-map"),
        term=int(asked.term) if asked.term else None,
        unfold=number("--unfold"),
        in_order=asked.in_order,
        scale=asked.scale_of,
        weights=asked.weights,
        why=asked.why,
    )


def _given(asked: argparse.Namespace, option: str) -> str | bool:
    found: str | bool = getattr(asked, option.removeprefix("--").replace("-", "_"))
    return found
