"""The progress of opening a network in words."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.i18n import set_language
from tui.network.opening import Opening


def test_the_file_the_stage_and_the_key_that_cancels() -> None:
    assert Opening("net.keras").words() == "Opening net.keras\nEsc cancels."
    assert Opening("net.keras", "convert").words() == "net.keras: Reading the layers and their weights\nEsc cancels."


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("stage", ["", "convert"])
def test_two_lines_that_fit_80_cells(language: str, stage: str) -> None:
    set_language("ko" if language == "ko" else "en")
    lines = Opening("fashion.keras", stage).words().splitlines()
    assert len(lines) == 2
    assert all(cell_len(line) <= 78 for line in lines)
