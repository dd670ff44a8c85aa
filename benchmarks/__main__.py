"""python -m benchmarks run | table | compare | instructions | sweep | keys | play | memory"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

# `python -m benchmarks` puts the checkout first on the path, where `cnncore` may have no compiled part. The installed
# package is measured, so the checkout goes last.
_CHECKOUT = str(Path(__file__).parent.parent)
sys.path[:] = [entry for entry in sys.path if entry not in ("", _CHECKOUT)] + [_CHECKOUT]

EVERYDAY = ["scipy", "pillow", "scikit-image", "cv2"]
"""The peers that ours must beat even without the best instruction set."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="cnncore against other libraries")
    commands = parser.add_subparsers(dest="command", required=True, metavar="run | table | ...")

    run = commands.add_parser("run", help="check that all answers agree, then time the calls in turns")
    run.add_argument(
        "--case",
        action="append",
        default=[],
        metavar="SUBSTRING",
        help="only cases whose name contains this; may be repeated",
    )
    run.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="GROUP",
        help="only cases whose name begins with this word, such as train, backward or prepared; may be repeated",
    )
    run.add_argument(
        "--threads", action="append", type=_counts, metavar="N", help="number of threads, default 1,2; may be repeated"
    )
    run.add_argument(
        "--peer",
        action="append",
        default=[],
        help="only peers whose name starts with this; may be repeated",
    )
    run.add_argument(
        "--isa", default="", help=f"limit ours to this instruction set; peers are then {', '.join(EVERYDAY)}"
    )
    run.add_argument("--quick", action="store_true", help="fewer and shorter turns, for rough figures")
    run.add_argument("--json", type=Path, metavar="FILE", help="write the results to this file after each case")
    run.add_argument("--list", action="store_true", help="list the cases and exit")

    table = commands.add_parser("table", help="print a Markdown table of a JSON file")
    table.add_argument("file", type=Path)
    table.add_argument("--short", action="store_true", help="one row per case, with the closest libraries only")

    compare = commands.add_parser("compare", help="compare ours in two JSON files; status 1 if any case became slower")
    compare.add_argument("old", type=Path)
    compare.add_argument("new", type=Path)

    instructions = commands.add_parser(
        "instructions", help="count the instructions per call of the small cases with valgrind"
    )
    instructions.add_argument("--case", action="append", default=[], metavar="SUBSTRING")

    sweep = commands.add_parser(
        "sweep", help="time every instruction set against the reference loops; status 1 if one is slower"
    )
    sweep.add_argument("--seconds", type=float, default=60)
    sweep.add_argument("--seed", type=int, default=1)
    sweep.add_argument("--isa", help="only this instruction set")
    sweep.add_argument(
        "--line", action="append", default=[], help="only this case, as the sweep prints it; may be repeated"
    )

    keys = commands.add_parser("keys", help="measure milliseconds from a key to its painted frame in the app")
    keys.add_argument("keys", nargs="*", default=["right"], help="keys to press in turn, default right")
    keys.add_argument("--before", nargs="*", default=[], help="keys to press once at the start")
    keys.add_argument("--count", type=int, default=300)
    _add_app(keys)

    play = commands.add_parser(
        "play", help="measure the cells per second while the walk plays, and the response to keys"
    )
    play.add_argument("--speed", type=int, default=60, help="cells per second, one of the app's speeds")
    play.add_argument("--seconds", type=float, default=10)
    _add_app(play)

    memory = commands.add_parser("memory", help="measure the app's memory while the walk plays and keys are pressed")
    memory.add_argument("--minutes", type=float, default=60)
    memory.add_argument("--speed", type=int, default=60, help="cells per second, one of the app's speeds")
    memory.add_argument("--before", nargs="*", default=[], help="keys to press once at the start")
    memory.add_argument("--keys", nargs="*", default=[], help="press only these, one a second, without playing")
    memory.add_argument("--every", type=float, default=5, metavar="SECONDS", help="seconds between two samples")
    _add_app(memory)

    # Commands that those above start as child processes; without help, so they are not listed.
    one = commands.add_parser("_case")
    one.add_argument("case")
    one.add_argument("threads", type=int)
    one.add_argument("destination", type=Path)
    one.add_argument("--quick", action="store_true")
    one.add_argument("--peer", action="append", default=[])
    one.add_argument("--without", action="append", default=[])
    repeat = commands.add_parser("_repeat")
    repeat.add_argument("case")
    repeat.add_argument("entry")
    repeat.add_argument("count", type=int)

    return _do(parser.parse_args())


def _add_app(command: argparse.ArgumentParser) -> None:
    """Add the options for starting the app."""
    command.add_argument("--size", default="120x40", metavar="COLUMNSxROWS")
    command.add_argument("--pixels", type=int, default=0, metavar="N", help="use a generated picture of N x N")
    command.add_argument("--app", default="", metavar="OPTIONS", help="options for the app, in one string")


def _counts(text: str) -> list[int]:
    counts = [int(part) for part in text.split(",")]
    if min(counts) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return counts


def _do(arguments: argparse.Namespace) -> int:
    match arguments.command:
        case "run":
            return _run(arguments)
        case "table":
            from benchmarks import report, run

            write = report.short_table if arguments.short else report.table
            print(write(run.read(arguments.file)))
        case "compare":
            from benchmarks import report, run

            text, slower = report.compare(run.read(arguments.old), run.read(arguments.new))
            print(text)
            return int(slower)
        case "instructions":
            from benchmarks import instructions, run

            cases = [case for case in run.selected(arguments.case) if case.name.startswith("small")]
            instructions.count(cases)
        case "sweep":
            from benchmarks import sweep

            return sweep.run(arguments.seconds, arguments.seed, arguments.isa, arguments.line)
        case "keys" | "play" | "memory":
            from benchmarks import keys

            with keys.pixels(arguments.pixels) as picture:
                _app(arguments, [*picture, *shlex.split(arguments.app)])
        case "_case":
            from benchmarks import child

            where = arguments.destination
            child.run(arguments.case, arguments.threads, arguments.quick, where, arguments.peer, arguments.without)
        case "_repeat":
            from benchmarks import instructions

            instructions.repeat(arguments.case, arguments.entry, arguments.count)
    return 0


def _app(arguments: argparse.Namespace, options: list[str]) -> None:
    from benchmarks import keys, playing

    columns, rows = (int(part) for part in arguments.size.split("x"))
    size = columns, rows
    if arguments.command == "keys":
        print(keys.measure(options, arguments.before, arguments.keys, arguments.count, size))
    elif arguments.command == "play":
        print(playing.play(options, size, arguments.speed, arguments.seconds))
    else:
        lines = playing.memory(
            options,
            size,
            arguments.speed,
            arguments.minutes,
            arguments.every,
            before=arguments.before,
            only=arguments.keys,
        )
        for line in lines:
            print(line, flush=True)


def _run(arguments: argparse.Namespace) -> int:
    from benchmarks import report, run

    groups = {case.group for case in run.selected([])}
    if unknown := [group for group in arguments.only if group not in groups]:
        raise SystemExit(f"--only {unknown[0]}: there is no such group; these are: {', '.join(sorted(groups))}")
    cases = run.selected(arguments.case, arguments.only)
    if not cases:
        raise SystemExit(f"no case's name contains {' or '.join(arguments.case)}; see --list")
    if arguments.list:
        print("\n".join(case.name for case in cases))
        return 0
    threads = [count for counts in arguments.threads or [[1, 2]] for count in counts]
    peers = arguments.peer or (EVERYDAY if arguments.isa else [])
    options = run.Options(arguments.quick, tuple(peers), arguments.isa)
    wrong = written = False
    goals: list[str] = []
    try:
        for document in run.run(cases, threads, options):
            if arguments.json:
                run.write(document, arguments.json)
                written = True
            result = document["results"][-1]
            if len(document["results"]) == 1 and document["peak_problem"]:
                print(document["peak_problem"])
            print(report.text(result), flush=True)
            goals += report.goal_lines(result)
            wrong |= bool(result.get("failed")) or not all(row["agrees"] for row in result["entries"])
    except KeyboardInterrupt:
        print("\nStopped;", f"the results so far are in {arguments.json}" if written else "no results were written")
        return 130
    if len(goals) > 1:
        print("Goals:", *goals, sep="\n")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
