"""python -m benchmarks run | table | compare | instructions | sweep | keys | play | memory"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

# `python -m benchmarks` puts the checkout first on the path, where `cnncore` may lie without its compiled part: the
# installed one is measured, so the checkout goes last.
_CHECKOUT = str(Path(__file__).parent.parent)
sys.path[:] = [entry for entry in sys.path if entry not in ("", _CHECKOUT)] + [_CHECKOUT]

EVERYDAY = ["scipy", "pillow", "scikit-image", "cv2"]
"""The peers that ours must beat without the best instruction set."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="cnncore against other libraries")
    commands = parser.add_subparsers(dest="command", required=True, metavar="run | table | ...")

    run = commands.add_parser("run", help="check that all agree, then time them in turns")
    run.add_argument("--case", action="append", default=[], metavar="SUBSTRING", help="may be given again")
    run.add_argument("--threads", action="append", type=_counts, metavar="N", help="1,2 by default; may be given again")
    run.add_argument(
        "--peer",
        action="append",
        default=[],
        help="only this peer beside ours (its name's beginning); may be given again",
    )
    run.add_argument("--isa", default="", help=f"hold ours to this instruction set; peers then: {', '.join(EVERYDAY)}")
    run.add_argument("--quick", action="store_true", help="fewer and shorter turns: rough figures")
    run.add_argument("--json", type=Path, metavar="FILE", help="written anew after each case")
    run.add_argument("--list", action="store_true", help="only name the cases")

    table = commands.add_parser("table", help="a Markdown table from a JSON file")
    table.add_argument("file", type=Path)
    table.add_argument("--short", action="store_true", help="one row a case, the closest libraries only")

    compare = commands.add_parser("compare", help="ours in two JSON files; status 1 where something became slower")
    compare.add_argument("old", type=Path)
    compare.add_argument("new", type=Path)

    instructions = commands.add_parser("instructions", help="instructions a call, by valgrind, for the small cases")
    instructions.add_argument("--case", action="append", default=[], metavar="SUBSTRING")

    sweep = commands.add_parser(
        "sweep", help="every instruction set against the plain loops; status 1 where one is slower"
    )
    sweep.add_argument("--seconds", type=float, default=60)
    sweep.add_argument("--seed", type=int, default=1)
    sweep.add_argument("--isa", help="only this one")
    sweep.add_argument(
        "--line", action="append", default=[], help="only this case, as the sweep prints it; may be repeated"
    )

    keys = commands.add_parser("keys", help="milliseconds from a key to its painted frame, in the app itself")
    keys.add_argument("keys", nargs="*", default=["right"], help="pressed in turn; right by default")
    keys.add_argument("--before", nargs="*", default=[], help="pressed once at the start")
    keys.add_argument("--count", type=int, default=300)
    _add_app(keys)

    play = commands.add_parser("play", help="cells really walked a second, and what becomes of keys meanwhile")
    play.add_argument("--speed", type=int, default=60, help="cells a second; one that the app offers")
    play.add_argument("--seconds", type=float, default=10)
    _add_app(play)

    memory = commands.add_parser("memory", help="the app's memory while it plays on and on, with keys in between")
    memory.add_argument("--minutes", type=float, default=60)
    memory.add_argument("--speed", type=int, default=60, help="cells a second; one that the app offers")
    memory.add_argument("--before", nargs="*", default=[], help="pressed once at the start")
    memory.add_argument("--keys", nargs="*", default=[], help="only these, one a second, and nothing plays")
    memory.add_argument("--every", type=float, default=5, metavar="SECONDS", help="from one look to the next")
    _add_app(memory)

    # What the commands above start in processes of their own; without help, so not listed.
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
    """How the app is started."""
    command.add_argument("--size", default="120x40", metavar="COLUMNSxROWS")
    command.add_argument("--pixels", type=int, default=0, metavar="N", help="on a picture of N x N, made for this")
    command.add_argument("--app", default="", metavar="OPTIONS", help="the app's own options, in one string")


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

    cases = run.selected(arguments.case)
    if not cases:
        raise SystemExit(f"no case's name holds {' or '.join(arguments.case)}; see --list")
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
        print("\nStopped;", f"what was measured is in {arguments.json}" if written else "nothing was written")
        return 130
    if len(goals) > 1:
        print("Goals:", *goals, sep="\n")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
