"""`cnn-tui runs`: lists, shows, names, removes, exports and imports training runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from tui.cli.parser import Parser, add_common_options, checked, exit_statuses, full_path, readable_file
from tui.i18n import N_, _

RUN_HELP = N_("a run: its id or a unique beginning of it, its name, its folder, or latest")
SORT_HELP = N_("order: a value such as val_accuracy, test_accuracy, gap, dropout or started (default: started)")
FILTER_HELP = N_('only runs that meet all conditions, such as "dropout>0 limit=1000 network=fashion"')
EXAMPLES = N_("""\
  cnn-tui runs --sort val_accuracy                        all runs, the best first
  cnn-tui runs list "dropout>0 limit=1000"                only some
  cnn-tui runs show latest
  cnn-tui runs rename 20250131-142501 "dropout 0.5"
  cnn-tui runs export latest run.zip""")


def add_parser(commands: Any) -> None:
    text = _("list, show, rename, remove, export and import training runs")
    parser = commands.add_parser(
        "runs",
        help=text,
        description=text,
        epilog="{}:\n{}\n\n{}".format(_("examples"), _(EXAMPLES), exit_statuses()),
        default_command="list",
    )
    add_common_options(parser, _list)
    actions = parser.add_subparsers(dest="action", metavar=_("COMMAND"), title=_("commands"), parser_class=Parser)
    _add_list(actions)
    _arguments, options = _add(actions, "show", _("print everything about a run"), _show)
    options.add_argument("--json", action="store_true", help=_("print JSON"))
    arguments, _options = _add(actions, "rename", _("give a run a name of your own"), _rename)
    arguments.add_argument("name", metavar="NAME", help=_('the name; "" for none'))
    _arguments, options = _add(actions, "remove", _("delete a run"), _remove)
    options.add_argument("--yes", action="store_true", help=_("do not ask first"))
    arguments, options = _add(actions, "export", _("write a run as one file"), _export)
    arguments.add_argument("file", metavar="FILE.zip", help=_("the file to write"))
    options.add_argument("--force", action="store_true", help=_("overwrite an existing file"))
    arguments, _options = _add(actions, "import", _("add a run from such a file"), _import, of_run=False)
    arguments.add_argument("file", metavar="FILE.zip", help=_("a file written by cnn-tui runs export"))


def _add(
    actions: Any, name: str, text: str, run: Callable[[Parser, argparse.Namespace], int], *, of_run: bool = True
) -> tuple[argparse._ArgumentGroup, argparse._ArgumentGroup]:
    """Add a command; returns the groups of its arguments and of its options."""
    parser: Parser = actions.add_parser(name, help=text, description=text, epilog=exit_statuses())
    arguments = parser.add_argument_group(_("arguments"))
    if of_run:
        arguments.add_argument("wanted", metavar="RUN", help=_(RUN_HELP))
    return arguments, add_common_options(parser, run)


def _add_list(actions: Any) -> None:
    arguments, options = _add(
        actions, "list", _("list the runs, the newest first; done where no command is given"), _list, of_run=False
    )
    arguments.add_argument("filter", metavar="FILTER", nargs="*", help=_(FILTER_HELP))
    options.add_argument("--sort", metavar="VALUE", default="started", help=_(SORT_HELP))
    options.add_argument("--json", action="store_true", help=_("print JSON"))


def _list(parser: Parser, asked: argparse.Namespace) -> int:
    from cnncore.training.runs.choice import checked_fact, conditions
    from tui.cli.console import guarded
    from tui.cli.runs import list_them

    wanted = checked(parser, lambda: conditions(" ".join(asked.filter)))
    order = checked(parser, lambda: checked_fact(asked.sort))
    return guarded(lambda: list_them(wanted, order, as_json=asked.json))


def _show(_parser: Parser, asked: argparse.Namespace) -> int:
    from tui.cli.console import guarded
    from tui.cli.runs import show

    return guarded(lambda: show(asked.wanted, as_json=asked.json))


def _rename(_parser: Parser, asked: argparse.Namespace) -> int:
    from tui.cli.console import guarded
    from tui.cli.runs import rename

    return guarded(lambda: rename(asked.wanted, asked.name))


def _remove(_parser: Parser, asked: argparse.Namespace) -> int:
    from tui.cli.console import guarded
    from tui.cli.runs import remove

    return guarded(lambda: remove(asked.wanted, yes=asked.yes))


def _export(parser: Parser, asked: argparse.Namespace) -> int:
    from tui.cli.console import check_output, guarded
    from tui.cli.runs import export

    path = full_path(parser, asked.file)
    checked(parser, lambda: check_output(path, ".zip", force=asked.force, name="FILE.zip"))
    return guarded(lambda: export(asked.wanted, path))


def _import(parser: Parser, asked: argparse.Namespace) -> int:
    from tui.cli.console import guarded
    from tui.cli.runs import bring

    path = readable_file(parser, asked.file, needed=True)
    return guarded(lambda: bring(path))
