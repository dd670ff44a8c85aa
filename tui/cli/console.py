"""Plain text for people, pipes and dumb terminals: whole lines, no escape codes, no carriage returns."""

from __future__ import annotations

import contextlib
import json
import math
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from cnncore._files import check_writable, kind_of, shown
from cnncore.errors import CnnError
from tui.drawing.columns import align
from tui.i18n import _, error_text

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses; `--help` documents them."""


def say(line: str = "") -> None:
    """Write one line to stdout at once: a reader of the pipe gets it now."""
    print(line, flush=True)


def say_json(value: Any, *, indent: int | None = 2) -> None:
    """Write a value as JSON; NaN and infinity, which JSON does not have, become null."""
    say(json.dumps(_finite(value), indent=indent, ensure_ascii=False))


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def complain(sentence: str) -> None:
    """One line on stderr. If nobody can read that, nobody can be told."""
    with contextlib.suppress(OSError, ValueError):
        print("cnn-tui: " + " ".join(sentence.split()), file=sys.stderr, flush=True)


def guarded(command: Callable[[], int]) -> int:
    """The status of `command`. What goes wrong in it becomes one line on stderr and a status; the traceback of an
    unexpected error goes to the log."""
    from tui.app.failures import explain

    try:
        return command()
    except BrokenPipeError:
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except CnnError as error:
        complain(error_text(error))
    except MemoryError:
        complain(_("There is not enough memory for this."))
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error))
    except Exception as error:
        complain(explain(error, "a command"))
    return FAILED


def width() -> int:
    """The width of a line in cells: the terminal's, or 80 without one."""
    return max(40, min(shutil.get_terminal_size((80, 24)).columns, 100)) if sys.stdout.isatty() else 80


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> list[str]:
    """The lines of a table with a ruled head; columns in `right` are right-aligned."""
    widths = [max(cell_len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return [line.rstrip() for line in align([head, ["-" * cells for cells in widths], *rows], right)]


def check_output(path: str, suffix: str | tuple[str, ...], *, force: bool, name: str) -> None:
    """Refuse, before any work is done, a file that cannot or should not be written. Raises `CnnError`."""
    if not path:
        return
    values: dict[str, Any] = {"name": name, "path": shown(path)}
    suffixes = (suffix,) if isinstance(suffix, str) else suffix
    if Path(path).suffix.lower() not in suffixes:
        raise CnnError("{name} {path}: the file name must end in {suffixes}", suffixes=", ".join(suffixes), **values)
    check_writable(path)
    if kind_of(path) and not force:
        raise CnnError("{name} {path} already exists; --force overwrites it", **values)
