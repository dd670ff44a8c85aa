"""`--version`."""

from __future__ import annotations

import argparse


class PrintVersion(argparse.Action):
    """Prints the version, which is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_unused: object) -> None:
        from importlib.metadata import version

        print(f"cnn-tui {version('cnn-tui')}")
        parser.exit()
