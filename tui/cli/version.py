"""`--version`."""

from __future__ import annotations

import argparse


class PrintVersion(argparse.Action):
    """Print the version, which is looked up only on request."""

    def __call__(self, parser: argparse.ArgumentParser, *_unused: object) -> None:
        from importlib.metadata import version

        print(f"cnn-tui {version('cnn-tui')}")
        parser.exit()
