"""An option list, whoever made it, moves by a page once it has one.

Textual's `OptionList` knows its lines once it was laid out with a row and a column. Page Up and Page Down before that
(within a frame of the first line, or in a terminal of a few cells) raise `KeyError`, which ends the app.
"""

from __future__ import annotations

from typing import Any, Final

from textual.widgets import OptionList


def page_once_laid_out() -> None:
    """From here on, a page up or down of a list without lines in sight moves nothing."""
    OptionList._move_page = _move_page  # type: ignore[method-assign, assignment]


_textual_move_page: Final = OptionList._move_page


def _move_page(options: OptionList, direction: Any) -> None:
    if options.scrollable_content_region:
        _textual_move_page(options, direction)
