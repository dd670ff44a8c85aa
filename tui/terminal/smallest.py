"""The smallest size that anything is laid out for.

Where a list or a field has no column or no row, Textual's own widgets raise (an OptionList that pages does). Nothing is
to be read in so small a terminal; what does not fit stays beyond its edges.
"""

from __future__ import annotations

from typing import Final

from textual import events
from textual.events import Event
from textual.geometry import Size
from textual.widgets import OptionList

SMALLEST: Final = Size(20, 8)


def at_least_smallest(size: Size) -> Size:
    return Size(max(size.width, SMALLEST.width), max(size.height, SMALLEST.height))


def with_smallest_size(event: Event) -> Event:
    """`event` itself, or for a smaller size the one that is laid out."""
    if not isinstance(event, events.Resize) or event.size == at_least_smallest(event.size):
        return event
    size = at_least_smallest(event.size)
    return events.Resize(size, size)


def page_only_what_is_laid_out() -> None:
    """Let an OptionList, whoever made it, page only once its lines have their places: two keys within a frame may come
    before that."""
    move_page = OptionList._move_page

    def when_laid_out(options: OptionList, direction: int) -> None:
        if options.scrollable_content_region.width:
            move_page(options, direction)  # type: ignore[arg-type] # Textual's own name for -1 and 1

    OptionList._move_page = when_laid_out  # type: ignore[method-assign, assignment]
