"""`cnn-tui train`: trains in the app, or with `--plain` as lines of text."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from cnncore._files import user_path
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
    ("--learning-rate", float, "RATE", 0.0, N_("learning rate of the optimizer; 0 for its default")),
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
    options = add_common_options(parser, run)
    add = options.add_argument
    text_only = options.add_mutually_exclusive_group()
    text_only.add_argument(
        "--plain", action="store_true", help=_("print lines of text and a final chart; open no screen")
    )
    text_only.add_argument("--json", action="store_true", help=_("print each event as a line of JSON; open no screen"))
    add(
        "--name",
        metavar="NAME",
        default="",
        help=_("name of the run in the list of cnn-tui runs (default: none, only its id)"),
    )
    add(
        "--network",
        metavar="NAME|FILE",
        default=argparse.SUPPRESS,
        help=_(
            "fashion, binary, lenet5, tiny or softmax; or the layers in a FILE.json or FILE.keras, without its weights "
            "(default: fashion)"
        ),
    )
    add(
        "--engine",
        choices=["auto", "core", "keras"],
        default=argparse.SUPPRESS,
        help=_("core: the C core; keras: Keras, which needs TensorFlow; auto: the C core (default: auto)"),
    )
    add(
        "--optimizer",
        choices=["adam", "adamw", "rmsprop", "sgd"],
        default=argparse.SUPPRESS,
        help=_("optimizer, with Keras's defaults (default: adam)"),
    )
    add("--data", metavar="DIR", default=argparse.SUPPRESS, help=_(DATA_HELP))
    add(
        "--no-normalize",
        dest="normalize",
        action="store_false",
        default=argparse.SUPPRESS,
        help=_("leave the pixels as they are, from 0 to 255, instead of dividing them by 255"),
    )
    for name, kind, metavar, default, about in NUMBERS:
        shown = _("{text} (default: {value})").format(text=_(about), value=f"{default:g}")
        add(name, type=kind, metavar=metavar, default=argparse.SUPPRESS, help=shown)
    add(
        "--output",
        metavar="FILE.keras",
        default=argparse.SUPPRESS,
        help=_("file for the trained model (default: in the folder of the run)"),
    )
    add(
        "--history",
        metavar="FILE.csv",
        default=argparse.SUPPRESS,
        help=_("file for the loss and accuracy of each epoch"),
    )
    add(
        "--print-code",
        choices=["keras", "cnncore"],
        help=_("print the program of this run for that library, and train nothing"),
    )
    add("--force", action="store_true", help=_("overwrite existing files"))
    add(
        "--resume",
        metavar="RUN",
        help=_(
            "resume a stopped or killed run with its own options: its folder, the folder's name, its .keras file, or "
            "latest; the interrupted epoch starts again, and --epochs may set a larger total"
        ),
    )


def run(parser: Parser, asked: argparse.Namespace) -> int:
    config = _resumed_config(parser, asked) if asked.resume is not None else _checked_config(parser, asked)
    if asked.print_code is not None:
        from cnncore.training.architecture.script import script_text
        from tui.cli.console import say

        say(script_text(config, library=asked.print_code, say=_).rstrip("\n"))
        return 0
    if asked.name:
        _check_name(parser, asked, config)
    if asked.plain or asked.json or opening.no_terminal():
        from tui.cli.console import guarded
        from tui.cli.train import run as train

        return guarded(lambda: train(config, as_json=asked.json, name=asked.name))
    if asked.name:
        parser.error(_("--name is for a run without a screen: give --plain or --json too"))
    return opening.open_app(parser, asked, start="training", train=config)


def _check_name(parser: Parser, asked: argparse.Namespace, config: TrainConfig) -> None:
    from cnncore.training.runs.record import checked_name

    if asked.resume is None and (config.output or config.history):
        parser.error(_("--name is for a run in the folder of runs; with --output or --history it has no folder"))
    try:
        checked_name(asked.name)
    except CnnError as error:
        parser.error(error_text(error, {"name": "--name"}))


def _checked_config(parser: Parser, asked: argparse.Namespace) -> TrainConfig:
    from cnncore.training.config import TrainConfig
    from tui.cli.console import check_output

    given = _given(asked)
    given["data"] = existing_folder(parser, asked.data)
    for name in ("output", "history"):
        given[name] = full_path(parser, given.get(name, ""))
    try:
        _name_network(given)
        config = TrainConfig(**given)
        check_output(config.output, ".keras", force=asked.force, name="--output")
        check_output(config.history, ".csv", force=asked.force, name="--history")
    except CnnError as error:
        parser.error(error_text(error, {name: _option(name) for name in given}))
    return config


def _resumed_config(parser: Parser, asked: argparse.Namespace) -> TrainConfig:
    from cnncore.training.resume import resume_config

    given = _given(asked)
    epochs = given.pop("epochs", None)
    others = [_option(name) for name in given] + ["--force"] * asked.force
    if others:
        parser.error(
            _("--resume takes the options of the run: {options} cannot be given with it").format(
                options=", ".join(others)
            )
        )
    try:
        return resume_config(asked.resume, epochs=epochs)
    except CnnError as error:
        parser.error(error_text(error, {"epochs": "--epochs"}))


def _name_network(given: dict[str, Any]) -> None:
    """Replace the name of a file by the network in it. Raises `CnnError`."""
    from cnncore.training.architecture import architecture_of_file, read_architecture

    name = str(given.get("network", ""))
    for suffix, read in ((".json", read_architecture), (".keras", architecture_of_file)):
        if name.lower().endswith(suffix):
            del given["network"]
            given["architecture"] = read(user_path(name))


def _given(asked: argparse.Namespace) -> dict[str, Any]:
    """The options of a run that the command line gives, by the names of `TrainConfig`."""
    from cnncore.training.config import TrainConfig

    names = (field.name for field in fields(TrainConfig) if field.name != "resume")
    return {name: value for name in names if (value := getattr(asked, name, "")) != ""}


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
