"""A thread searches a large map for highlights: the screen stays usable, and another key ends the search."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from screens_of import ready, screen_text
from textual.pilot import Pilot
from walk_screens import front

from cnncore.lesson.highlights import Highlight, conv_highlights
from tui.cnn_app import CnnApp
from tui.walk import state, walks

LOOKING = "Searching every cell"


@pytest.fixture
def search_allowed(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Every map is large, and nothing is search_allowed before this is set."""
    go_on = threading.Event()
    monkeypatch.setattr("settled.PATIENCE", 0.2)  # do not wait for the blocked thread

    def slow(*arguments: Any, **options: Any) -> list[Highlight]:
        go_on.wait(30)
        return conv_highlights(*arguments, **options)

    monkeypatch.setattr(state, "SEARCHED_AT_ONCE", 0)
    monkeypatch.setattr(walks, "conv_highlights", slow)
    yield go_on
    go_on.set()


def cell(app: CnnApp) -> tuple[int, int]:
    cursor = front(app).cursor
    return cursor.row, cursor.column


async def over(pilot: Pilot[None]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.mark.parametrize("presses", [1, 2])
async def test_the_cursor_goes_to_the_highlight_after_the_search(search_allowed: threading.Event, presses: int) -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        before = cell(app)
        await pilot.press(*"j" * presses)
        await pilot.pause()
        assert LOOKING in screen_text(app)
        assert cell(app) == before
        search_allowed.set()
        await over(pilot)
        place = app.open_workbench().convolution().highlights[presses - 1]
        assert cell(app) == (place.row, place.column)
        assert LOOKING not in screen_text(app)
        assert f"{presses}/{len(app.open_workbench().convolution().highlights)}" in screen_text(app)


@pytest.mark.parametrize("key", ["right", "escape", "k", "question_mark", "2"])
async def test_another_key_ends_the_search(search_allowed: threading.Event, key: str) -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        cursor = front(app).cursor
        await pilot.press("j", key)
        after = cursor.row, cursor.column
        search_allowed.set()
        await over(pilot)
        assert (cursor.row, cursor.column) == after
        await pilot.press("escape", "1")
        await pilot.pause()
        assert LOOKING not in screen_text(app)
        await pilot.press("j")
        await over(pilot)
        place = app.open_workbench().convolution().highlights[0]
        assert cell(app) == (place.row, place.column)
