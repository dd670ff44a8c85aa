"""`cnn-tui train`: trains in the app, or with `--plain` as lines of text."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cnncore.errors import CnnError
from tui.cli import opening
from tui.cli.parser import DATA_HELP, Parser, add_common_options, existing_folder, exit_statuses, full_path
from tui.i18n import N_, _, error_text

if TYPE_CHECKING:
    from cnncore.training.config import TrainConfig

NUMBERS = (
    ("--epochs", int, "N", 6, N_("passes over the training images")),
    ("--batch-size", int, "N", 100, N_("images per step")),
    ("--validation-split", float, "PART", 0.25, N_("fraction of the images held out, taken from the end")),
    ("--limit", int, "N", 0, N_("use only the first N images; 0 uses all")),
    ("--dropout", float, "RATE", 0.0, N_("rate of the Dropout layers; 0 for none")),
    ("--seed", int, "N", 0, N_("random seed; the same seed repeats the run")),
    (
        "--stop-at-accuracy",
        float,
        "PART",
        0.0,
        N_("stop after an epoch that reaches this training accuracy; 0 for never"),
    ),
)


def add_parser(commands: Any) -> None:
    text = _("train a network, in the app or as lines of text")
    parser = commands.add_parser(
        "train",
        help=text,
        description=text,
        epilog=_("Without --plain, on a terminal, the app opens on its training screen and starts training.")
        + "\n"
        + exit_statuses(),
    )
    add = add_common_options(parser, run).add_argument
    add("--plain", action="store_true", help=_("print lines of text and a final chart; open no screen"))
    add(
        "--network",
        choices=["fashion", "binary"],
        default="fashion",
        help=_("fashion: 28 x 28, ten classes; binary: 150 x 105, two classes (default: fashion)"),
    )
    add(
        "--engine",
        choices=["auto", "core", "keras"],
        default="auto",
        help=_("core: the C core; keras: Keras, which needs TensorFlow; auto: the C core (default: auto)"),
    )
    add("--data", metavar="DIR", default=argparse.SUPPRESS, help=_(DATA_HELP))
    for name, kind, metavar, default, about in NUMBERS:
        shown = _("{text} (default: {value})").format(text=_(about), value=f"{default:g}")
        add(name, type=kind, metavar=metavar, default=default, help=shown)
    add(
        "--output",
        metavar="FILE.keras",
        default="",
        help=_("file for the trained model (default: in the folder of the run)"),
    )
    add(
        "--history",
        metavar="FILE.csv",
        default="",
        help=_("file for the loss and accuracy of each epoch"),
    )
    add("--force", action="store_true", help=_("overwrite existing files"))


def run(parser: Parser, asked: argparse.Namespace) -> int:
    config = _checked_config(parser, asked)
    if asked.plain or opening.no_terminal():
        from tui.cli.console import guarded
        from tui.cli.train import run as train

        return guarded(lambda: train(config))
    return opening.open_app(parser, asked, start="training", train=config)


def _checked_config(parser: Parser, asked: argparse.Namespace) -> TrainConfig:
    from tui.cli.console import check_output

    asked.data = existing_folder(parser, asked.data)
    try:
        asked.output, asked.history = full_path(parser, asked.output), full_path(parser, asked.history)
        config = _config(asked)
        check_output(asked.output, ".keras", force=asked.force, name="--output")
        check_output(asked.history, ".csv", force=asked.force, name="--history")
    except CnnError as error:
        options = {name: f"--{name.replace('_', '-')}" for name in vars(asked)}
        parser.error(error_text(error, options))
    return config


def _config(asked: argparse.Namespace) -> TrainConfig:
    from cnncore.training.config import TrainConfig

    return TrainConfig(
        network=asked.network,
        data=asked.data,
        epochs=asked.epochs,
        batch_size=asked.batch_size,
        validation_split=asked.validation_split,
        limit=asked.limit,
        seed=asked.seed,
        dropout=asked.dropout,
        stop_at_accuracy=asked.stop_at_accuracy,
        output=asked.output,
        history=asked.history,
        engine=asked.engine,
    )
