"""The convolution and the pooling screen in a test: their state and their visible parts."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from screens_of import screen_lines

from tui.cli import main as cli
from tui.cnn_app import CnnApp, Options
from tui.walk.export import command_of
from tui.walk.screen import WalkScreen
from tui.walk.state import WalkState
from tui.widgets.matrix import MatrixView


def front(app: CnnApp) -> WalkState:
    assert isinstance(app.screen, WalkScreen)
    return app.screen.state


def redraw(app: CnnApp) -> None:
    assert isinstance(app.screen, WalkScreen)
    app.screen.show()


def strip(app: CnnApp) -> str:
    """The line with the stages, or with the cells that a chosen input value feeds."""
    return screen_lines(app)[app.screen.query_one("#strip").region.y]


def brackets(app: CnnApp, name: str) -> set[tuple[int, int]]:
    """The cells of a matrix that are in brackets on the screen."""
    view = app.screen.query_one(name, MatrixView)
    matrix = view.matrix
    assert matrix is not None
    label, ruler = view._label_width(), view._ruler_lines()
    bracketed = set()
    for row, line in enumerate(screen_lines(app)[view.region.y + ruler : view.region.bottom], view.first_row):
        text = line.ljust(view.region.right)[view.region.x + label : view.region.right]
        inside = False
        for place in range(matrix.visible_columns(len(text))):
            mark = text[place * matrix.pitch]
            inside = mark == "[" or (inside and mark != "]")
            if inside:
                bracketed.add((row, view.first_column + place))
    return bracketed


def options_of(command: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Options, str]:
    """Parse a command line to the app's options and its screen."""
    asked: dict[str, Any] = {}
    monkeypatch.setattr("tui.cli.opening.no_terminal", lambda: "")
    monkeypatch.setattr("tui.cnn_app.run", lambda **given: asked.update(given) or 0)
    words = shlex.split(command)
    assert words[0] == "cnn-tui"
    assert cli.main(words[1:]) == 0
    return Options(asked["data"], asked["image"], asked["model"], None, asked["view"]), asked["start"]


def shown_command(app: CnnApp) -> str:
    """The command line that the export menu shows."""
    return command_of(front(app), data=app.options.data, model=app.workbench_loader.model_path)


def state_of(app: CnnApp) -> list[Any]:
    workbench, cursor = app.open_workbench(), front(app).cursor
    return [
        app.current_mode, workbench.sample.title, workbench.sample.path, workbench.kernel.weights,
        workbench.kernel.scale, workbench.padding, workbench.strides, workbench.dilation, workbench.pool_size,
        workbench.pool_strides, workbench.pool_padding,
        workbench.network, workbench.filter, workbench.sample.channel, workbench.maps,
        [(kernel.weights, kernel.scale) for kernel in workbench.kernels],
        (cursor.row, cursor.column, cursor.term), cursor.speed,
        (front(app).pixel.row, front(app).pixel.column) if front(app).pixel.on else None,
        front(app).walk().output.tolist(),
    ]  # fmt: skip
