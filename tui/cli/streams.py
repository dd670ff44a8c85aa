"""Standard input, output and error, whatever was made of them before we began: closed, a pipe without a reader, a full
disk. Imports nothing that takes time."""

from __future__ import annotations

import contextlib
import errno
import os
import sys


def open_streams() -> None:
    """Makes streams that lead nowhere of those that are closed (`>&-`). To be called first of all: the next file that
    is opened would get a closed one's number, and what anybody prints would be written into it."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free, which is this one
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            stream = open(number, mode, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def close_output() -> bool:
    """Writes what stdout still holds, which Python would do at its end, with a traceback. Returns whether it could: a
    full disk is said; that nobody reads any more (`| head`) is not."""
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
