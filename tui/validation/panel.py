"""The table of a validation as a pure function of it."""

from __future__ import annotations

import math

from cnncore.keras.validate import Validation
from tui.drawing.chart import Line
from tui.drawing.columns import box, fitted
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.i18n.words import shape_text
from tui.validation.words import state

BAR = 12
LEAST = 1e-9


def validation_panel(validation: Validation | None, width: int, height: int, colours: Palette) -> list[Line]:
    """A row a layer, and one for the network as a whole: the largest difference, that as a part of the layer's largest
    value, a bar of its magnitude towards what is allowed, and whether it agrees. Nothing but blanks without a
    validation."""
    if validation is None:
        return box([], width, height)
    head = [_("Layer"), _("Output shape"), _("Difference"), _("Relative"), _("limit (log)"), ""]
    first = validation.first_disagreement
    rows = [head] + [
        [
            row.name,
            shape_text(row.shape),
            f"{row.max_absolute:.2e}",
            f"{row.max_relative:.2e}",
            magnitude_bar(row.max_relative, validation.rtol),
            _("first to differ") if row is first else state(row),
        ]
        for row in validation.checks
    ]
    lines = fitted(rows, (1, 2, 3), width)
    styles = [colours.faint] + [
        colours.text if row.ok else colours.negative + colours.strong if row is first else colours.negative
        for row in validation.checks
    ]
    return box(list(zip(lines, styles, strict=True)), width, height)


def magnitude_bar(relative: float, allowed: float) -> str:
    """How near `relative` comes to `allowed`, by orders of magnitude: a full bar is at the limit or beyond."""
    if relative <= LEAST or allowed <= LEAST:
        part = 0.0 if relative <= allowed else 1.0
    elif not math.isfinite(relative):
        part = 1.0
    else:
        part = math.log10(relative / LEAST) / math.log10(allowed / LEAST)
    full = min(BAR, max(0, round(part * BAR)))
    return "━" * full + "─" * (BAR - full)
