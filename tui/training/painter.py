"""The training place as rows of segments: one function for each box on the screen."""

from __future__ import annotations

from cnncore.training.plan import counted
from tui.drawing.chart import ASCII, BLOCKS, BRAILLE, Glyphs, Line
from tui.drawing.theme import Palette
from tui.i18n import N_, _
from tui.training.chart import ChartStyles, Metric, training_chart
from tui.training.panels import epochs_panel, network_panel, progress_panel, tabs_line, validation_style
from tui.training.run_state import RunState
from tui.training.state import VIEWS, TrainingState

VIEW_TITLES = {"accuracy": N_("accuracy"), "loss": N_("loss"), "epochs": N_("epochs"), "network": N_("network")}
GLYPHS: tuple[Glyphs, ...] = (BLOCKS, BRAILLE, ASCII)


def bars(state: TrainingState, width: int, height: int, colours: Palette) -> list[Line]:
    return progress_panel(state.run, width, height, colours)


def tabs(state: TrainingState, width: int, colours: Palette) -> list[Line]:
    return [tabs_line([_(VIEW_TITLES[name]) for name in VIEWS], VIEWS.index(state.view), width, colours)]


def network(state: TrainingState, width: int, height: int, colours: Palette) -> list[Line]:
    return network_panel(state.model, width, height, colours, counts=counted(state.model_config, state.model))


def epochs(state: TrainingState, width: int, height: int, colours: Palette) -> list[Line]:
    return epochs_panel(state.run.epochs if state.run is not None else [], width, height, colours)


def chart(state: TrainingState, metric: Metric, width: int, height: int, colours: Palette) -> list[Line]:
    return training_chart(
        state.run or RunState(state.config),
        metric,
        width,
        height,
        earlier=state.earlier,
        zoom=state.zoomed,
        glyphs=GLYPHS[state.glyphs],
        styles=ChartStyles(
            training=colours.window,
            validation=validation_style(colours),
            earlier=colours.faint,
            title=colours.title,
            axis=colours.faint,
            grid=colours.rule,
        ),
    )
