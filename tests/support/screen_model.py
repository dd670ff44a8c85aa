"""A model of a terminal's screen, with the codes that Textual writes."""

from __future__ import annotations

import re

from rich.cells import cell_len

TOKEN = re.compile(
    r"\x1b\[(?P<parameters>[0-9;]*)(?P<letter>[HJ])|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b.|(?s:.)"
)


def screen_after(output: bytes, columns: int, rows: int) -> list[str]:
    """The lines of the screen after `output`, without spaces at their ends."""
    lines = [[" "] * columns for _ in range(rows)]
    row = column = 0
    for match in TOKEN.finditer(output.decode("utf-8", "replace")):
        token = match[0]
        if match["letter"] == "H":
            row, column = (int(part or 1) - 1 for part in (match["parameters"] + ";").split(";")[:2])
        elif match["letter"] == "J":
            lines = [[" "] * columns for _ in range(rows)]
        elif token == "\r":
            column = 0
        elif token == "\n":
            row += 1
        elif token >= " ":
            width = cell_len(token)
            if row < rows and column + width <= columns:
                lines[row][column : column + width] = [token, *[""] * (width - 1)]
            column += width
    return ["".join(line).rstrip() for line in lines]
