"""Pictures of the app as SVG files: drawn by Textual, and compared line by line, by text and by colours."""

from __future__ import annotations

import html
import os
import re
from collections import defaultdict
from pathlib import Path

from textual.app import App

SNAPSHOTS = Path(__file__).parent.parent / "tui" / "snapshots"
"""The folder of the expected pictures."""
DIFFERENT = Path(__file__).parent.parent.parent / "build" / "snapshots"
"""The folder of the pictures that differed."""
LINE_HEIGHT = 24.4
"""Pixels between two lines of the terminal, as Rich draws them."""

_STYLE = re.compile(r"\.[\w-]+-(r\d+) \{ (.*?) \}")
_TEXT = re.compile(r'<text class="[\w-]+-(r\d+)" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>')
_BACKGROUND = re.compile(r'<rect fill="(#\w+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"')

Line = list[tuple[float, str, str]]
"""(x, colours, text) of each piece; the text of a background is ""."""


def picture(app: App[None], title: str) -> str:
    """The screen as SVG in the viewer's own monospace font; it loads nothing from other hosts."""
    svg = app.export_screenshot(title=title)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\bterminal-\d+-", "terminal-", svg)  # an id that depends on the whole screen
    # Each piece is clipped to its line, which it never leaves. Dropping that saves a third of the file.
    svg = re.sub(r' clip-path="url\(#terminal-line-\d+\)"', "", svg)
    return re.sub(r'<clipPath id="terminal-line-\d+">.*?</clipPath>\s*', "", svg, flags=re.DOTALL)


def lines_of(svg: str) -> dict[int, Line]:
    """The picture's lines with their colours, which Rich numbers in order of appearance."""
    styles = dict(_STYLE.findall(svg))
    lines: dict[int, Line] = defaultdict(list)
    for fill, x, y, width in _BACKGROUND.findall(svg):
        lines[int(float(y) / LINE_HEIGHT)].append((float(x), f"{fill} for {width}", ""))
    for style, x, baseline, text in _TEXT.findall(svg):
        lines[int(float(baseline) / LINE_HEIGHT)].append(
            (float(x), styles[style], html.unescape(text).replace("\xa0", " "))
        )
    return lines


def text_of(line: Line) -> str:
    return "".join(text for _x, _colours, text in sorted(line, key=lambda piece: piece[0])).rstrip()


def first_difference(old: str, new: str) -> str:
    """The first line that differs, before and after; "" if both pictures show the same."""
    before, after = lines_of(old), lines_of(new)
    for number in sorted(before.keys() | after.keys()):
        was, now = before.get(number, []), after.get(number, [])
        if was == now:
            continue
        if text_of(was) == text_of(now):
            piece = next((b for a, b in zip(was, now, strict=False) if a != b), (was + now)[-1])
            return f"line {number + 1}, in its colours ({piece[1]}):\n  {text_of(now)}"
        return f"line {number + 1}:\n  was {text_of(was)}\n  now {text_of(now)}"
    return ""


def assert_looks_the_same(app: App[None], name: str) -> None:
    """Compare the screen with the committed picture; UPDATE_SNAPSHOTS=1 writes it instead."""
    path, new = SNAPSHOTS / f"{name}.svg", picture(app, name)
    old = path.read_text("utf-8") if path.exists() else ""
    difference = first_difference(old, new)
    if not difference:
        return
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(new, "utf-8")
        return
    DIFFERENT.mkdir(parents=True, exist_ok=True)
    shown = DIFFERENT / path.name
    shown.write_text(new, "utf-8")
    raise AssertionError(
        f"{name} differs in {difference}\nOpen {path} and {shown} side by side; "
        "if the change is intended: UPDATE_SNAPSHOTS=1 pytest tests/tui/test_snapshots.py"
    )
