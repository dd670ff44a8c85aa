"""The dialogs in which the window's settings are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.app.dialogs import AskLine, typed_pair
from tui.i18n import _
from tui.walk.operation import Operation, Pair
from tui.walk.padding import Padding, padding_text

if TYPE_CHECKING:
    from tui.walk.workbench import Workbench


def ask_pair(heading: str, now: Pair) -> AskLine[Pair]:
    """Ask for one number or two, rows and columns."""
    prompt = _("One number, or two: rows, columns. For example: 2 or 2, 1")
    value = f"{now[0]}" if now[0] == now[1] else f"{now[0]}, {now[1]}"
    return AskLine(heading, prompt, typed_pair, value)


def ask_padding(operation: Operation, workbench: Workbench) -> AskLine[Padding]:
    """Ask for a padding."""

    def check(text: str) -> Padding:
        return operation.parse_padding(workbench, text)

    value = padding_text(operation.padding(workbench))
    return AskLine(_("Padding"), _(operation.padding_prompt), check, value)
