"""`cnn-tui debug-info`: the facts that a bug report needs, in English, whoever asks. TensorFlow is not loaded for them.

The home folder is written as ~, so that a report does not name its author.
"""

from __future__ import annotations

import locale
import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console

from cnncore.errors import CnnError
from tui.app.failures import log_path, short_path
from tui.cli.console import DONE, say
from tui.i18n import language
from tui.overlay import VARIABLE, choose, own_cell_size

PACKAGES = ("textual", "rich", "numpy", "pillow", "cffi", "platformdirs", "keras", "tensorflow")
TERMINAL_VARIABLES = ("TERM", "COLORTERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "COLORFGBG", "NO_COLOR")
BETWEEN = ("TMUX", "STY", "ZELLIJ", "SSH_CONNECTION")
"""Set by programs between the terminal and the app. That they are set matters, not their values."""
LANGUAGE_VARIABLES = ("LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANG")
OWN = ("CNN_TUI_", "CNNCORE_", "TEXTUAL_", "KERAS_BACKEND")


def run() -> int:
    """Print the facts, one a line."""
    for name, value in debug_info():
        say(f"{name}: {value}")
    return DONE


def debug_info() -> Iterator[tuple[str, str]]:
    """Each fact's name and value."""
    yield "cnn-tui", _version("cnn-tui")
    yield "Python", f"{platform.python_implementation()} {platform.python_version()}"
    yield "system", f"{platform.system()} {platform.release()} {platform.machine()}"
    for name in PACKAGES:
        yield name, _version(name)
    yield from _terminal()
    yield from _language()
    yield from _core()
    yield from _folders()
    for name in sorted(os.environ):
        if name.startswith(OWN):
            yield name, _tilde(os.environ[name])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _terminal() -> Iterator[tuple[str, str]]:
    streams = {"stdin": sys.stdin, "stdout": sys.stdout, "stderr": sys.stderr}
    terminals = [name for name, stream in streams.items() if stream is not None and stream.isatty()]
    yield "on a terminal", ", ".join(terminals) or "none"
    for name in TERMINAL_VARIABLES:
        yield name, os.environ.get(name, "not set")
    yield "in between", ", ".join(name for name in BETWEEN if os.environ.get(name)) or "nothing"
    yield "colours", Console(force_terminal=True).color_system or "none"
    yield "size", _size()
    cell = own_cell_size()
    yield "cell in pixels", "not reported" if cell is None else f"{cell.width} x {cell.height}"
    yield "pictures", choose(os.environ.get(VARIABLE) or "auto", os.environ, cell)


def _size() -> str:
    for descriptor in (1, 2, 0):
        try:
            size = os.get_terminal_size(descriptor)
        except OSError:
            continue
        return f"{size.columns} x {size.lines}"
    return "unknown"


def _language() -> Iterator[tuple[str, str]]:
    yield "language", language()
    for name in LANGUAGE_VARIABLES:
        yield name, os.environ.get(name, "not set")
    yield "encoding", f"{getattr(sys.stdout, 'encoding', None)}, preferred {locale.getpreferredencoding(False)}"


def _core() -> Iterator[tuple[str, str]]:
    try:
        from cnncore import available_isas, get_num_threads, isa

        yield "instruction set", f"{isa()} of {', '.join(available_isas())}"
        yield "threads", f"{get_num_threads()} of {os.cpu_count()} processors"
    except (CnnError, ImportError) as error:  # a report about just that needs the other facts
        yield "C core", f"does not load: {error}"


def _folders() -> Iterator[tuple[str, str]]:
    from platformdirs import user_cache_path, user_config_path, user_data_path

    yield "settings", short_path(user_config_path("cnn-tui", appauthor=False))
    yield "runs", short_path(user_data_path("cnn-tui", appauthor=False) / "runs")
    yield "cache", short_path(user_cache_path("cnn-tui", appauthor=False))
    yield "log", short_path(log_path())


def _tilde(text: str) -> str:
    return short_path(Path(text)) if text.startswith("/") else text
