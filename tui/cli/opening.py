"""The requirements for opening the app: a terminal, and a way to draw pictures in it."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from tui.cli.parser import Parser
from tui.i18n import N_, _, language
from tui.overlay import ASKED, VARIABLE, Protocol, choose, own_cell_size


def no_terminal() -> str:
    """Return the reason why the app cannot draw; "" if it can. It needs all three streams on a terminal with a movable
    cursor."""
    for stream, name in (
        (sys.stdin, N_("standard input")),
        (sys.stdout, N_("standard output")),
        (sys.stderr, N_("standard error")),
    ):
        if stream is None or not stream.isatty():
            return _("{stream} is not one").format(stream=_(name))
    term = os.environ.get("TERM", "")
    return _("TERM is {value}").format(value=repr(term)) if term in ("", "dumb", "unknown") else ""


def refuse_without_terminal(parser: Parser) -> bool:
    """If the app cannot open, say why and return true."""
    reason = no_terminal()
    if reason:
        see = _("see: {command}").format(command=f"{parser.prog} --help")
        sentence = _("the app needs a terminal: {reason}").format(reason=reason)
        # If one of the two streams is redirected, people read the other.
        read = next((each for each in (sys.stderr, sys.stdout) if each is not None and each.isatty()), sys.stderr)
        print(f"cnn-tui: {sentence} ({see})", file=read)
    return bool(reason)


def open_app(parser: Parser, asked: argparse.Namespace, **options: Any) -> int:
    """Open the app with the options that every way to open it shares, and with `options`."""
    graphics = _graphics(parser, asked.graphics)
    from tui.cnn_app import run

    return run(
        language=language(),
        data=asked.data,
        theme=asked.theme,
        screen_reader=asked.screen_reader,
        graphics=graphics,
        **options,
    )


def _graphics(parser: Parser, option: str) -> Protocol:
    """Choose how pictures are drawn: by the option, otherwise by the environment, otherwise by the terminal's
    abilities."""
    wanted = option or os.environ.get(VARIABLE, "") or "auto"
    if wanted not in ASKED:
        parser.error(
            _("{name} must be one of {choices}, got {value}").format(
                name=VARIABLE, choices=", ".join(ASKED), value=repr(wanted)
            )
        )
    chosen = choose(wanted, os.environ, own_cell_size())
    if wanted == "sixel" and chosen != wanted:
        parser.error(
            _(
                "sixel needs the size of a terminal cell in pixels, which this terminal does not report;"
                " blocks works everywhere"
            )
        )
    return chosen
