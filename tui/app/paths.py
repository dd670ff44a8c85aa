"""Paths as people give them: on the command line, typed into a field, dropped onto the terminal, or copied from it.

    ~/net.keras    file:///pictures/my%20photo.png    '/pictures/my photo.png'    /pictures/my\\ photo.png

All of them become full paths, so that nothing depends on the working folder afterwards. If a file with the typed name
exists, it is meant, whatever its name looks like.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from cnncore._files import full_path, is_there, kind_of, list_folder, shown, user_path
from cnncore.errors import CnnError

_ESCAPE = re.compile(r"\\([^A-Za-z0-9])")
_ANSI = re.compile(rb"\\(?:([0-7]{3})|(.))", re.DOTALL)


def given(text: str) -> str:
    """Return the full path of a path on the command line. Raises `CnnError`."""
    if text.startswith("file:") and not _is_something(text):
        text = _from_uri(text)
    return str(full_path(user_path(text)))


def typed(text: str) -> str:
    """Return the full path of a typed, pasted or dropped path. Raises `CnnError`."""
    text = text.strip()
    if not text:
        raise CnnError("the path is empty; name a file or a folder")
    return given(text if _is_something(text) else _unquoted(text))


def _is_something(text: str) -> bool:
    """Return true if the text names something that exists, or a new file in an existing folder."""
    try:
        return bool(kind_of(user_path(text)))
    except CnnError:  # it cannot be checked, but may be meant
        return True


def _unquoted(text: str) -> str:
    """Remove the quotes and backslashes that a terminal adds to the name of a dropped file."""
    if text[0] in "'\"":
        try:
            words = shlex.split(text)
        except ValueError:  # an unpaired quote is part of the name
            return text
        if len(words) > 1:
            raise CnnError("{path}: this is more than one file; name one", path=text)
        return words[0] if words and words[0] else text
    if text.startswith("$'") and text.endswith("'"):
        return _from_ansi(text[2:-1])
    return _ESCAPE.sub(r"\1", text)


def _from_uri(text: str) -> str:
    rest = text.removeprefix("file:")
    if rest.startswith("//"):
        host, slash, rest = rest[2:].partition("/")
        rest = slash + rest
        if host not in ("", "localhost", socket.gethostname()):
            raise CnnError("{path} is on another machine, {host}", path=text, host=host)
    return os.fsdecode(unquote_to_bytes(rest))


# Writing: a command line that a shell reads back to the same bytes.


def command_text(words: Iterable[str]) -> str:
    """Join words to one line for a shell; special characters are written in $'...'."""
    return " ".join(map(_word, words))


def _word(word: str) -> str:
    return shlex.quote(word) if shown(word) == word else "$'" + "".join(map(_ansi, word)) + "'"


def _ansi(character: str) -> str:
    if character in "\\'":
        return "\\" + character
    if shown(character) == character:
        return character
    return "".join(f"\\{byte:03o}" for byte in os.fsencode(character))


def _from_ansi(text: str) -> str:
    """Decode the inside of $'...' like a shell, as far as `command_text` writes it."""
    return os.fsdecode(_ANSI.sub(lambda m: bytes([int(m[1], 8) & 255]) if m[1] else m[2], os.fsencode(text)))


# Completing.


class Completion(NamedTuple):
    """`text` is the typed text with its unambiguous completion; `names` are the choices after that."""

    text: str
    names: tuple[str, ...]


def complete(text: str, suffixes: Sequence[str] = (), *, folders: bool = False) -> Completion:
    """Complete a path: with `folders` only folders, otherwise also files, with one of `suffixes` if there are any.

    Names that begin with a dot are offered only after a typed dot. If nothing fits or the folder cannot be read,
    `text` is returned unchanged.
    """
    begun = text.lstrip()
    if begun and not _is_something(begun) and (begun[0] in "'\"$" or "\\" in begun or begun.startswith("file:")):
        try:
            plain = _unquoted(begun + begun[0] if begun[0] in "'\"" and begun.count(begun[0]) == 1 else begun)
            begun = _from_uri(plain) if plain.startswith("file:") else plain
        except CnnError:
            return Completion(text, ())
    above, slash, name = begun.rpartition("/")
    try:
        inside = list_folder(user_path(above + slash) if slash else full_path("."))
    except CnnError:
        return Completion(text, ())
    fitting = [path for path in inside if path.name.startswith(name) and _wanted(path, name, suffixes, folders)]
    names = [path.name + ("/" if is_there(path, "folder") else "") for path in fitting]
    if len(names) == 1:
        completed = above + slash + names[0]
        return Completion(completed if shown(completed) == completed else command_text([completed]), ())
    same = os.path.commonprefix(names)  # noqa: RUF071 - by characters is what is wanted
    if not names or shown(same) != same:  # invisible characters cannot be shown in a field
        return Completion(text, tuple(map(shown, names)))
    return Completion(above + slash + same, tuple(map(shown, names)))


def _wanted(path: Path, name: str, suffixes: Sequence[str], folders: bool) -> bool:
    if path.name.startswith(".") and not name.startswith("."):
        return False
    if is_there(path, "folder"):
        return True
    return not folders and (not suffixes or path.suffix.lower() in suffixes)


PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".csv", ".txt", ".tsv", ".npy")
"""The endings of files that Tab offers for a picture; other names can be typed."""


def not_a_network(path: str) -> Path:
    """Return the full path of a picture. Raises `CnnError` for a network, which has its own key."""
    file = Path(typed(path))
    if file.suffix.lower() == ".keras":
        raise CnnError("{path} is a network, not a picture: on the network screen, O opens it", path=str(file))
    return file
