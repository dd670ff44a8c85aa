"""The two charts of a training run, accuracy and loss: their series, styles and scales."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from rich.style import Style

from tui.drawing.chart import ASCII, Glyphs, Line, Series, chart
from tui.i18n import N_, _
from tui.i18n.words import figure
from tui.training.run_state import Point, RunState

Metric: TypeAlias = Literal["accuracy", "loss"]
TITLES: dict[Metric, str] = {"accuracy": N_("accuracy"), "loss": N_("loss")}


@dataclass(frozen=True, slots=True)
class ChartStyles:
    """The styles of the chart; without colour by default."""

    training: Style = Style.null()  # noqa: RUF009 - immutable
    validation: Style = Style.null()  # noqa: RUF009
    earlier: Style = Style.null()  # noqa: RUF009
    title: Style = Style.null()  # noqa: RUF009
    axis: Style = Style.null()  # noqa: RUF009
    grid: Style = Style.null()  # noqa: RUF009


def training_chart(
    run: RunState,
    metric: Metric,
    width: int,
    height: int,
    *,
    earlier: RunState | None = None,
    zoom: bool = False,
    glyphs: Glyphs = ASCII,
    styles: ChartStyles = ChartStyles(),
) -> list[Line]:
    """`height` rows of `width` cells. `zoom` leaves out the steep beginning, so that later differences show."""
    training, validation = _curves(run, metric)
    series = []
    # Letters mark the points if there are no finer glyphs for lines.
    fine = glyphs is not ASCII
    if earlier is not None:
        old_training, old_validation = _curves(earlier, metric)
        old = old_validation or [point for point in old_training if point[0] == int(point[0])]
        name = _("earlier run")
        if earlier.config.dropout != run.config.dropout:
            name = _("earlier (dropout {rate})").format(rate=f"{earlier.config.dropout:g}")
        series.append(_series(name, old, styles.earlier, "+", (1, 3) if fine else (0, 1)))
    series.append(_series(_("training"), training, styles.training, "", (1, 0)))
    if validation or run.config.validation_split:
        series.append(_series(_("validation"), validation, styles.validation, "o", (2, 2) if fine else (0, 1)))
    epochs = max(run.total_epochs, len(earlier.epochs) if earlier else 0)
    return chart(
        series,
        width,
        height,
        x_range=(0, epochs),
        y_range=(_zoomed(series) if zoom else None) or ((0.0, 1.0) if metric == "accuracy" else _whole_loss(series)),
        title=_(TITLES[metric]),
        x_label=_("epoch"),
        glyphs=glyphs,
        title_style=styles.title,
        axis_style=styles.axis,
        grid_style=styles.grid,
    )


def _curves(run: RunState, metric: Metric) -> tuple[list[Point], list[Point]]:
    return (run.accuracy, run.val_accuracy) if metric == "accuracy" else (run.loss, run.val_loss)


def _series(name: str, points: list[Point], style: Style, marker: str, dashes: tuple[int, int]) -> Series:
    value = figure(points[-1][1]) if points else "-"
    return Series(f"{name} {value}", points, style, marker, dashes)


def _whole_loss(series: list[Series]) -> tuple[float, float]:
    """From 0 to a little above the highest loss, in coarse steps that do not change with every batch."""
    highest = max((y for one in series for _x, y in one.points if y < 1e6), default=0.0)
    if highest <= 0:
        return (0.0, 1.0)
    return (0.0, next((top for top in (0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0) if highest <= top), highest * 1.05))


def _zoomed(series: list[Series]) -> tuple[float, float] | None:
    """The range of the values after three quarters of the first epoch; None until that epoch is over."""
    if max((x for one in series for x, _y in one.points), default=0.0) < 1:
        return None
    late = [y for one in series for x, y in one.points if x >= 0.75 and abs(y) < 1e6]
    if not late:
        return None
    low, high = min(late), max(late)
    room = max((high - low) * 0.08, 0.002)
    return (low - room, high + room)
