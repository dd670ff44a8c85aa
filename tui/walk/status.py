"""The line above a walk: its picture, playing or paused, and the speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tui.drawing.fitting import first_fit
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.walk.view import CHANNEL_WORDS

if TYPE_CHECKING:
    from tui.walk.walks import Sample

SHORTEST_NAME = 8
"""The least width, in cells, to which a file's name is cut."""


def status_text(sample: Sample, place: str, state: tuple[str, Style], speed: int, width: int, colours: Palette) -> Text:
    """The picture with its `place` among all to the left, the `state` and the speed to the right, `width` cells."""
    right = Text(no_wrap=True).append(*state)
    right.append("  " + _("{speed} cells/s").format(speed=speed), colours.text)
    width = max(0, width)
    room = max(0, width - right.cell_len - 2)
    about = Text(f"  {place}", colours.faint)
    left = Text(_(sample.title), colours.strong, no_wrap=True, overflow="ellipsis")
    if sample.channels:
        words = [_(CHANNEL_WORDS[sample.channel])]
        if not sample.channel:
            words.append(_("grey (c)"))  # the full formula only if it leaves the name some room
        fitting = first_fit(room - about.cell_len - 2 - min(SHORTEST_NAME, left.cell_len), *words)
        about.append(f"  {fitting}", colours.notice)
    elif sample.source and left.cell_len + about.cell_len + cell_len(f"  {_(sample.source)}") <= room:
        about.append(f"  {_(sample.source)}", colours.faint)
    # The channel matters more than the whole of a file's name.
    left.truncate(max(SHORTEST_NAME, room - about.cell_len) if sample.channels else room, overflow="ellipsis")
    (left := left + about).truncate(room, overflow="ellipsis")
    left.append(" " * (width - left.cell_len - right.cell_len))
    return left + right
