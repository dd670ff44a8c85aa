"""Whether the terminal's background is light: it is asked (OSC 11), before the app takes the terminal over.

Every terminal answers the second question, what it is (DA1), so that one that does not know the first need not be
waited for; one that answers neither costs `PATIENCE`.
"""

from __future__ import annotations

import os
import re
import sys
import time

QUESTIONS = b"\x1b]11;?\x1b\\\x1b[c"
ANSWER = re.compile(rb"\x1b\]11;rgba?:([0-9a-fA-F]+)/([0-9a-fA-F]+)/([0-9a-fA-F]+)")
IDENTITY = re.compile(rb"\x1b\[\?[0-9;]*c")
PATIENCE = 0.2


def parsed(answer: bytes) -> bool | None:
    """Whether the background in a terminal's answer is light; None where it does not say."""
    found = ANSWER.search(answer)
    if found is None:
        return None
    red, green, blue = (int(part, 16) / float((1 << 4 * len(part)) - 1) for part in found.groups())
    return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5


def is_light() -> bool:
    """Asks the terminal that standard input and output are; without one, or without an answer: no."""
    try:
        import select
        import termios
        import tty
    except ImportError:  # Windows
        return False
    if not (sys.__stdin__ and sys.__stdout__ and sys.__stdin__.isatty() and sys.__stdout__.isatty()):
        return False
    source, sink = sys.__stdin__.fileno(), sys.__stdout__.fileno()
    try:
        before = termios.tcgetattr(source)
        tty.setcbreak(source, termios.TCSANOW)
    except termios.error:
        return False
    answer, end = b"", time.monotonic() + PATIENCE
    try:
        os.write(sink, QUESTIONS)
        while IDENTITY.search(answer) is None and (left := end - time.monotonic()) > 0:
            if select.select([source], [], [], left)[0]:
                part = os.read(source, 1024)
                if not part:
                    break
                answer += part
    except OSError:
        pass
    finally:
        termios.tcsetattr(source, termios.TCSANOW, before)
    return bool(parsed(answer))
