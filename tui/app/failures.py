"""Unexpected failures: each is logged with its traceback and shown in one sentence that names the log.

The log is a rotating file in the system's folder for an app's state, or the file of `--log`, which also receives
information without a failure. Without a failure no rotating file is made.
"""

from __future__ import annotations

import logging
import platform
import sys
from pathlib import Path
from typing import Final

from platformdirs import user_state_path

from cnncore.errors import CnnError
from tui.i18n import _, error_text

LOGGER: Final = logging.getLogger("cnn_tui")
LARGEST: Final = 256 * 1024
"""Bytes of a log file before the next one begins."""
OLDER_FILES: Final = 2
"""The number of earlier log files to keep."""
FORMAT: Final = "%(asctime)s %(levelname)s %(message)s"


class LogFile(logging.Handler):
    """Appends records to a file that is opened for each of them: failures are rare, and the first paint does not wait.

    With a `path` every record goes there; otherwise warnings and failures go to a rotating file in the state folder.
    """

    def __init__(self, path: str = "") -> None:
        super().__init__(logging.DEBUG if path else logging.WARNING)
        self.setFormatter(logging.Formatter(FORMAT))
        self._named = path
        self.trouble = ""
        """The reason why the last record could not be written."""

    @property
    def path(self) -> Path:
        if self._named:
            return Path(self._named)
        return user_state_path("cnn-tui", appauthor=False) / "cnn-tui.log"

    def emit(self, record: logging.LogRecord) -> None:
        from logging.handlers import RotatingFileHandler  # brings sockets and pickles

        size, older = (0, 0) if self._named else (LARGEST, OLDER_FILES)
        try:
            if not self._named:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            file = RotatingFileHandler(self.path, maxBytes=size, backupCount=older, encoding="utf-8")
        except OSError as error:
            self.trouble = error.strerror or str(error)
            return
        self.trouble = ""
        file.handleError = self.handleError  # type: ignore[method-assign]
        file.setFormatter(self.formatter)
        file.handle(record)
        file.close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's name
        """Keep the reason why a record is lost. `logging` itself would write over the screen."""
        self.trouble = str(sys.exc_info()[1])


_log = LogFile()


def log_to(path: str = "") -> LogFile:
    """Log to the file `path` from now on, or with "" to the rotating file in the state folder."""
    global _log  # noqa: PLW0603 - one log for the process
    LOGGER.removeHandler(_log)
    _log = LogFile(path)
    LOGGER.addHandler(_log)
    LOGGER.setLevel(logging.DEBUG)
    LOGGER.propagate = False
    return _log


log_to()


def log_path() -> Path:
    """The file that failures are logged to."""
    return _log.path


def log_failure(error: BaseException, doing: str) -> None:
    """Log an error with its traceback. `doing` names, for developers, the work that failed."""
    LOGGER.error("%s: %s failed", _versions(), doing, exc_info=error)


def explain(error: BaseException, doing: str = "the work") -> str:
    """Return the sentence about `error` for the learner, and log it, unless it is a `CnnError`, which explains
    itself."""
    if isinstance(error, CnnError):
        return error_text(error)
    log_failure(error, doing)
    reason = _("memory ran out") if isinstance(error, MemoryError) else _reason(error)
    if _log.trouble:
        return _("Something went wrong: {reason}. It could not be logged: {trouble}").format(
            reason=reason, trouble=_log.trouble
        )
    return _("Something went wrong: {reason}. Details: {path}").format(reason=reason, path=short_path(log_path()))


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:80]}" if text else type(error).__name__


def short_path(path: Path) -> str:
    """Shorten a path for a reader: the home folder is ~."""
    home = Path.home()
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)


def _versions() -> str:
    from importlib.metadata import version

    return f"cnn-tui {version('cnn-tui')}, Python {platform.python_version()}, Textual {version('textual')}"
