"""`cnn-tui debug-info`: prints what a bug report needs."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.parser import Parser, add_common_options, exit_statuses
from tui.i18n import _


def add_parser(commands: Any) -> None:
    text = _("print what a bug report needs: versions, terminal, folders")
    parser = commands.add_parser("debug-info", help=text, description=text, epilog=exit_statuses())
    add_common_options(parser, run)


def run(_parser: Parser, _asked: argparse.Namespace) -> int:
    from tui.cli.console import guarded
    from tui.cli.debug_info import run as debug_info

    return guarded(debug_info)
