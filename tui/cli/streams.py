"""Standard input, output and error in any condition: closed, a pipe without a reader, a full disk. It imports nothing
slow."""

from __future__ import annotations

import contextlib
import errno
import os
import sys


def open_streams() -> None:
    """Replace closed streams (`>&-`) by streams that lead nowhere. Call it first: otherwise the next opened file gets
    a closed stream's number, and printed text is written into it."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            stream = open(number, mode, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def close_output() -> bool:
    """Flush stdout, which Python would do at its end, with a traceback on failure. Return true on success. A full disk
    is reported, a reader that has gone (`| head`) is not."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno != errno.EPIPE:
            with contextlib.suppress(OSError, ValueError):
                print(f"cnn-tui: {error.strerror}", file=sys.stderr, flush=True)
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True
