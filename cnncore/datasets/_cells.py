"""Cells of a row of text, and the number format of quoted cells.

A quoted cell is one cell, whatever it contains: "1,234","5,678" are two numbers. In it a comma, a point, a space or an
apostrophe may group thousands, or a comma may be the decimal mark. The first cell that can be read in only one way
("0,5" or "1,234.5") decides the meaning of the comma for the whole text. Without such a cell, "1,234" is 1234.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from typing import Literal

from cnncore.errors import CnnError

Split = Callable[[str], list[str]]

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_QUOTED = re.compile(r'"([^"\n]*)"')
_WORDS = re.compile(r'"[^"]*"|\S+')
_SPACES = re.compile(r"(?<=\d)[ '\u00a0\u2009\u202f\u2019](?=\d{3}(?!\d))")
_GROUPS = {mark: re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:{re.escape(mark)}\d{{3}})+") for mark in ",."}


def splitter(rows: Sequence[str], source: str) -> Split:
    """Return a function that splits a row into cells: at the separator used throughout, else at white space."""
    quoted = any('"' in line for line in rows)
    bare = [_QUOTED.sub("", line) for line in rows] if quoted else rows
    used = [mark for mark in ",;" if any(mark in line for line in bare)]
    if len(used) > 1:
        raise CnnError("{source}the numbers are separated by both , and ;: use only one of them", source=source)
    if not used and any("\t" in line for line in bare):
        used = ["\t"]
    if not used:
        return (lambda line: [word.strip('"').strip() for word in _WORDS.findall(line)]) if quoted else str.split
    mark = used[0]

    def split(line: str) -> list[str]:
        cells = [cell.strip() for cell in (_of_csv(line, mark) if '"' in line else line.split(mark))]
        return cells[:-1] if len(cells) > 1 and not cells[-1] else cells

    return split


def _of_csv(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark, skipinitialspace=True))
    except csv.Error:  # a cell of a hundred thousand characters is no number; the caller reports it
        return line.split(mark)


def number_reader(text: str) -> Callable[[str], str]:
    """Return a function that turns a cell of `text` into plain digits, such as 1234.5; other cells are unchanged."""
    cells = _QUOTED.findall(text) if '"' in text else []
    if not cells:
        return str
    decimal = _decimal(cells)
    grouping = "." if decimal == "," else ","

    def plain(cell: str) -> str:
        whole, point, part = _SPACES.sub("", cell).partition(decimal)
        if grouping in whole:
            if not _GROUPS[grouping].fullmatch(whole):
                return cell
            whole = whole.replace(grouping, "")
        number = f"{whole}.{part}" if point else whole
        return number if NUMBER.fullmatch(number) else cell

    return plain


def _decimal(cells: Sequence[str]) -> Literal[",", "."]:
    """Return the decimal mark, as the first unambiguous cell has it."""
    for cell in cells:
        comma, point = cell.rfind(","), cell.rfind(".")
        if comma < 0:
            continue
        if point >= 0:
            return "," if comma > point else "."
        if cell.count(",") == 1 and not _GROUPS[","].fullmatch(_SPACES.sub("", cell.strip())):
            return ","
    return "."
