"""Names and files that make a careless program fail or wait, for the tests of everything that takes a path."""

from __future__ import annotations

import os
import signal
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _locked(folder: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file in another user's folder of mode 700. The system calls are patched to refuse it, in case root runs the
    tests."""
    inside = folder / "locked" / f"x{suffix}"
    for name in ("stat", "open", "scandir", "listdir"):
        real = getattr(os, name)

        def refuse(path: object = ".", *rest: object, real: Callable[..., object] = real, **named: object) -> object:
            if isinstance(path, (str, os.PathLike)) and "/locked" in os.fspath(path):
                raise PermissionError(13, "Permission denied", os.fspath(path))
            return real(path, *rest, **named)

        monkeypatch.setattr(os, name, refuse)
    return str(inside)


def _pipe(folder: Path, suffix: str) -> str:
    path = folder / f"pipe{suffix}"
    if not path.exists():
        os.mkfifo(path)
    return str(path)


def _loop(folder: Path, suffix: str) -> str:
    path = folder / f"loop{suffix}"
    if not path.is_symlink():
        path.symlink_to(path)
    return str(path)


def _folder(folder: Path, suffix: str) -> str:
    path = folder / f"folder{suffix}"
    path.mkdir(exist_ok=True)
    return str(path)


def _device(folder: Path, suffix: str) -> str:
    path = folder / f"device{suffix}"
    if not path.is_symlink():
        path.symlink_to("/dev/zero")
    return str(path)


READ: dict[str, Callable[[Path, str], str]] = {
    "missing": lambda folder, suffix: str(folder / f"missing{suffix}"),
    "missing folder": lambda folder, suffix: str(folder / "missing" / f"x{suffix}"),
    "inside a file": lambda _folder, suffix: f"{__file__}/x{suffix}",
    "long": lambda folder, suffix: str(folder / ("x" * 300 + suffix)),
    "long path": lambda folder, suffix: str(folder / ("x/" * 3000 + "x" + suffix)),
    "nul": lambda folder, suffix: str(folder / f"a\0b{suffix}"),
    "not UTF-8": lambda folder, suffix: os.fsdecode(os.fsencode(folder) + b"/\273\347" + suffix.encode()),
    "no text": lambda folder, suffix: f"{folder}/\ud800{suffix}",
    "escape": lambda folder, suffix: f"{folder}/\x1b[2J\x07{suffix}",
    "nobody": lambda _folder, suffix: f"~nouser/x{suffix}",
    "pipe": _pipe,
    "device": _device,
    "folder": _folder,
    "loop": _loop,
}
"""Makers of paths that cannot be read as files: they take a folder and an ending."""

WRITE = {
    kind: READ[kind]
    for kind in ("missing folder", "inside a file", "long", "long path", "nul", "no text", "nobody", "pipe", "device",
                 "folder")
}  # fmt: skip
"""Paths that cannot be written."""

KINDS = [*READ, "locked"]


def path_of(kind: str, folder: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> str:
    return _locked(folder, suffix, monkeypatch) if kind == "locked" else READ[kind](folder, suffix)


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """End a longer wait with an error: opening a pipe waits for ever."""

    def late(_number: int, _frame: object) -> None:
        raise TimeoutError(f"it still waits after {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def is_clean(text: str) -> bool:
    """Return true if text can be sent to a terminal: no control characters but line ends, and no half characters."""
    return not any(unicodedata.category(character) in ("Cc", "Cs") and character != "\n" for character in text)
