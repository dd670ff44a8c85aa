"""The command `cnn-tui`: reads the command line and hands over; what takes time to import is imported after that.

Exit statuses: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl+C. Errors are one line on stderr.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from tui.cli.network_options import start_of, start_options
from tui.cli.streams import close_output, open_streams
from tui.cli.walk_options import PADDING_HELP, checked, padding_of, view_of, view_options
from tui.i18n import LANGUAGES, N_, Language, _, set_language, system_language
from tui.overlay import ASKED, VARIABLE, Protocol, choose, own_cell_size

if TYPE_CHECKING:
    from cnncore.training.config import TrainConfig

EXAMPLES = N_("""\
  cnn-tui                                        open the app
  cnn-tui --lang ko --image photo.jpg            in Korean, with a picture of yours
  cnn-tui train                                  train in the app, with charts
  cnn-tui train --plain --epochs 3 --dropout 0.3 --output net.keras --history net.csv
  cnn-tui train --network binary --limit 600 --plain
  cnn-tui validate net.keras                     compare Keras and the C core, layer by layer
  cnn-tui filter photo.jpg --kernel sharpen -o sharp.png
  cnn-tui filter photo.jpg --kernel "0 -1 0; -1 5 -1; 0 -1 0" --padding same -o sharp.png""")
STATUSES = N_("0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl+C")
VALIDATE_STATUSES = N_("0 all layers agree, 1 one does not or it failed, 2 wrong usage, 130 stopped by Ctrl+C")
DATA_HELP = N_("folder with the Fashion-MNIST files (else CNN_TUI_DATA, then Keras's cache, then a download)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit status."""
    open_streams()
    try:
        status = _command(arguments)
    except SystemExit as end:
        if close_output():
            raise
        raise SystemExit(end.code or 1) from None
    except BrokenPipeError:  # nobody reads any more, of what is said before a command begins
        status = 1
    return status if close_output() else status or 1


def _command(arguments: Sequence[str] | None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Korean gets question marks, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    set_language(_language(given))
    # argparse asks `_` for its own sentences: this is how they come in Korean too.
    vars(argparse)["_"] = _
    parser = _parser()
    asked = parser.parse_args(given)
    match asked.command:
        case "train":
            return _train(asked.parser, asked)
        case "validate":
            return _validate(asked.parser, asked)
        case "filter":
            return _filter(asked.parser, asked)
        case _:
            return _app(parser, asked)


def _language(arguments: Sequence[str]) -> Language:
    """The language of `--lang`, before anything is parsed: the help is to be in it. Else the locale's."""
    for at, argument in enumerate(arguments):
        value = (
            argument.removeprefix("--lang=")
            if argument.startswith("--lang=")
            else (arguments[at + 1] if argument == "--lang" and at + 1 < len(arguments) else "")
        )
        for name in LANGUAGES:
            if value == name:
                return name
    return system_language()


def _no_terminal() -> str:
    """Why no screen can be drawn, which takes three streams on a terminal that moves its cursor; "" where it can."""
    for stream, name in (
        (sys.stdin, N_("standard input")),
        (sys.stdout, N_("standard output")),
        (sys.stderr, N_("standard error")),
    ):
        if stream is None or not stream.isatty():
            return _("{stream} is not one").format(stream=_(name))
    term = os.environ.get("TERM", "")
    return _("TERM is {value}").format(value=repr(term)) if term in ("", "dumb", "unknown") else ""


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Breaks lines by the cells they take: argparse counts characters, and a Korean one takes two cells."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        from rich.cells import cell_len

        lines = [""]
        for word in text.split():
            if lines[-1] and cell_len(lines[-1]) + 1 + cell_len(word) > width:
                lines.append(word)
            else:
                lines[-1] = f"{lines[-1]} {word}".strip()
        return lines


class _Parser(argparse.ArgumentParser):
    """Errors in one line; wide characters and examples as they are."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Formatter, add_help=False, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        see = _("see: {command}").format(command=f"{self.prog} --help")
        self.exit(2, f"cnn-tui: {message} ({see})\n")


class _Version(argparse.Action):
    """Prints the version; it is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_unused: object) -> None:
        from importlib.metadata import version

        print(f"cnn-tui {version('cnn-tui')}")
        parser.exit()


def _parser() -> _Parser:
    parser = _Parser(
        prog="cnn-tui",
        description=_("See a convolutional network work, number by number, in the terminal."),
        epilog="{}:\n{}\n\n{}".format(_("examples"), _(EXAMPLES), _exit_statuses()),
    )
    options = parser.add_argument_group(_("options"))
    _common(options)
    parser.set_defaults(parser=parser)
    options.add_argument("--data", metavar="DIR", default="", help=_(DATA_HELP))
    options.add_argument(
        "--image", metavar="FILE", default="", help=_("picture to begin with: PNG, JPEG, BMP, GIF, CSV")
    )
    options.add_argument("--model", metavar="FILE.keras", default="", help=_("trained network to begin with"))
    options.add_argument(
        "--screen-reader",
        action="store_true",
        default=bool(os.environ.get("CNN_TUI_SCREEN_READER")),
        help=_("everything in words, the cursor at the place at hand (also CNN_TUI_SCREEN_READER=1)"),
    )
    options.add_argument(
        "--theme",
        choices=["dark", "light"],
        default=None,
        help=_("colours (those of the last time, else as COLORFGBG says)"),
    )
    options.add_argument(
        "--graphics",
        choices=ASKED,
        default="",
        help=_(
            "pictures in pixels, by one of two protocols, or in half blocks; auto knows some terminals"
            " (CNN_TUI_GRAPHICS, else auto)"
        ),
    )
    view_options(
        parser.add_argument_group(
            _("where to begin on convolution and pooling; --picture, --at and --term on network, too")
        )
    )
    start_options(parser.add_argument_group(_("where to begin on the network screen, after --screen network")))
    options.add_argument("--version", action=_Version, nargs=0, help=_("print the version and exit"))
    commands = parser.add_subparsers(dest="command", metavar=_("COMMAND"), title=_("commands"), parser_class=_Parser)
    _train_parser(commands)
    _validate_parser(commands)
    _filter_parser(commands)
    return parser


def _exit_statuses(statuses: str = STATUSES) -> str:
    return "{}: {}".format(_("exit status"), _(statuses))


def _common(options: argparse._ArgumentGroup) -> None:
    options.add_argument("-h", "--help", action="help", help=_("print this help and exit"))
    options.add_argument(
        "--lang",
        choices=list(LANGUAGES),
        default=argparse.SUPPRESS,
        help=_("language, English or Korean (else as the locale says)"),
    )


def _train_parser(commands: Any) -> None:
    text = _("train a network: in the app, or as lines of text")
    parser = commands.add_parser(
        "train",
        help=text,
        description=text,
        epilog=_("Without --plain, on a terminal, the app opens on its training screen and starts.")
        + "\n"
        + _exit_statuses(),
    )
    options = parser.add_argument_group(_("options"))
    _common(options)
    parser.set_defaults(parser=parser)
    options.add_argument("--plain", action="store_true", help=_("lines of text and a chart at the end; no screen"))
    options.add_argument(
        "--network",
        choices=["fashion", "binary"],
        default="fashion",
        help=_("fashion: 28 x 28, ten classes; binary: 150 x 105, two classes (fashion)"),
    )
    options.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help=_(DATA_HELP))
    for name, kind, metavar, default, text in (
        ("--epochs", int, "N", 6, N_("how often every image is seen")),
        ("--batch-size", int, "N", 100, N_("images per step")),
        ("--validation-split", float, "PART", 0.25, N_("part of the images held out, the last ones")),
        ("--limit", int, "N", 0, N_("use only the first N images, 0 for all")),
        ("--dropout", float, "RATE", 0.0, N_("rate of the Dropout layers, 0 for none")),
        ("--seed", int, "N", 0, N_("the same seed, the same run")),
        ("--stop-at-accuracy", float, "PART", 0.0, N_("stop once an epoch's training accuracy is this, 0 for never")),
    ):
        options.add_argument(name, type=kind, metavar=metavar, default=default, help=f"{_(text)} ({default:g})")
    options.add_argument(
        "--output",
        metavar="FILE.keras",
        default="",
        help=_("where the trained model goes (else a folder of the run's own)"),
    )
    options.add_argument(
        "--history",
        metavar="FILE.csv",
        default="",
        help=_("where the figures of the epochs go, as Keras names them"),
    )
    options.add_argument("--force", action="store_true", help=_("write over files that are there"))


def _validate_parser(commands: Any) -> None:
    text = _("compare Keras and the C core on a trained model, layer by layer")
    parser = commands.add_parser("validate", help=text, description=text, epilog=_exit_statuses(VALIDATE_STATUSES))
    parser.add_argument_group(_("arguments")).add_argument(
        "model", metavar="MODEL", help=_("a .keras file; in safe mode, nothing in it is run")
    )
    options = parser.add_argument_group(_("options"))
    _common(options)
    parser.set_defaults(parser=parser)
    options.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help=_(DATA_HELP))
    options.add_argument("--images", type=int, metavar="N", default=100, help=_("how many images to run") + " (100)")


def _filter_parser(commands: Any) -> None:
    text = _("put a picture through a kernel")
    parser = commands.add_parser("filter", help=text, description=text, epilog=_exit_statuses())
    parser.add_argument_group(_("arguments")).add_argument(
        "image", metavar="IMAGE", help=_("a picture: PNG, JPEG, BMP, GIF")
    )
    options = parser.add_argument_group(_("options"))
    _common(options)
    parser.set_defaults(parser=parser)
    options.add_argument(
        "--kernel",
        metavar="KERNEL",
        required=True,
        help=_('rows of numbers, "0 -1 0; -1 5 -1; 0 -1 0", or one of: {names}').format(
            names="identity, sharpen, blur, outline, emboss, bottom-sobel, left-sobel, right-sobel, top-sobel, "
            "box-blur, gaussian, unsharp, laplacian, log, motion, prewitt, scharr, roberts, negative"
        ),
    )
    options.add_argument("-o", "--output", metavar="OUT.png", required=True, help=_("where the result goes"))
    options.add_argument(
        "--scale",
        metavar="NUMBER",
        default="",
        help=_("the sums are multiplied with it, such as 1/16 (the kernel's own)"),
    )
    options.add_argument(
        "--padding",
        metavar="PADDING",
        default="valid",
        help=_(PADDING_HELP),
    )
    colours = options.add_mutually_exclusive_group()
    colours.add_argument(
        "--rgb", dest="mode", action="store_const", const="rgb", default="", help=_("as three colours")
    )
    colours.add_argument("--grey", dest="mode", action="store_const", const="grey", help=_("as one grey channel"))
    options.add_argument("--force", action="store_true", help=_("write over a file that is there"))


def _app(parser: _Parser, asked: argparse.Namespace) -> int:
    if reason := _no_terminal():
        see = _("see: {command}").format(command=f"{parser.prog} --help")
        sentence = _("the app needs a terminal: {reason}").format(reason=reason)
        # Who sent one of the two elsewhere reads the other.
        seen = next((each for each in (sys.stderr, sys.stdout) if each is not None and each.isatty()), sys.stderr)
        print(f"cnn-tui: {sentence} ({see})", file=seen)
        return 1
    asked.image, asked.model = _file(parser, asked.image), _file(parser, asked.model)
    asked.data = _folder(parser, asked.data)
    view = view_of(parser, asked)
    network = start_of(parser, asked)
    if asked.screen == "network":  # what both have, it has
        view = replace(view, picture=None, at=None, term=None)
    graphics = _graphics(parser, asked.graphics)
    from tui.cnn_app import run
    from tui.i18n import language

    return run(
        language=language(),
        data=asked.data,
        image=asked.image,
        model=asked.model,
        start=asked.screen,
        view=view,
        network=network,
        theme=asked.theme,
        screen_reader=asked.screen_reader,
        graphics=graphics,
    )


def _graphics(parser: _Parser, option: str) -> Protocol:
    """How pictures are drawn: as the option says, or the environment, or as the terminal is known."""
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
                "sixel needs to know how many pixels a cell of the terminal has, and this one does not say;"
                " blocks works everywhere"
            )
        )
    return chosen


def _train(parser: _Parser, asked: argparse.Namespace) -> int:
    from cnncore.errors import CnnError
    from tui.cli.console import check_output, guarded
    from tui.i18n import error_text, language

    asked.data = _folder(parser, asked.data)
    try:
        asked.output, asked.history = _full(parser, asked.output), _full(parser, asked.history)
        config = _config(asked)
        check_output(asked.output, ".keras", force=asked.force, name="--output")
        check_output(asked.history, ".csv", force=asked.force, name="--history")
    except CnnError as error:
        options = {name: f"--{name.replace('_', '-')}" for name in vars(asked)}
        parser.error(error_text(error, options))
    if asked.plain or _no_terminal():
        from tui.cli.train import run as train

        return guarded(lambda: train(config))
    graphics = _graphics(parser, asked.graphics)
    from tui.cnn_app import run

    return run(
        language=language(),
        data=asked.data,
        start="training",
        train=config,
        theme=asked.theme,
        screen_reader=asked.screen_reader,
        graphics=graphics,
    )


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
    )


def _validate(parser: _Parser, asked: argparse.Namespace) -> int:
    asked.model, asked.data = _file(parser, asked.model, needed=True), _folder(parser, asked.data)
    if asked.images < 1:
        parser.error(_("--images must be at least 1, got {value}").format(value=asked.images))
    from cnncore.keras.validate_child import Request
    from tui.cli.console import guarded
    from tui.cli.validate import run

    return guarded(lambda: run(Request(model=asked.model, data=asked.data, images=asked.images)))


def _filter(parser: _Parser, asked: argparse.Namespace) -> int:
    from cnncore.lesson.kernels import parse_kernel
    from tui.cli.console import guarded
    from tui.cli.filter import run

    image, output = _file(parser, asked.image, needed=True), _full(parser, asked.output)
    kernel = checked(parser, lambda: parse_kernel(asked.kernel, asked.scale))
    padding = padding_of(parser, asked.padding)
    return guarded(lambda: run(image, output, kernel=kernel, padding=padding, mode=asked.mode, force=asked.force))


def _file(parser: _Parser, path: str, *, needed: bool = False) -> str:
    """The full path of a file that can be read; wrong usage where it is none."""
    if not path and not needed:
        return ""
    from cnncore._files import check_file

    found = _full(parser, path)
    checked(parser, lambda: check_file(found))
    return found


def _folder(parser: _Parser, path: str) -> str:
    """The full path of a folder that is there; wrong usage where it is not."""
    if not path:
        return ""
    from cnncore._files import check_folder

    found = _full(parser, path)
    checked(parser, lambda: check_folder(found))
    return found


def _full(parser: _Parser, path: str) -> str:
    """The full path of what may not be there yet; "" where nothing was named."""
    if not path:
        return ""
    from tui.app.paths import given

    return str(checked(parser, lambda: given(path)))
