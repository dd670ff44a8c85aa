"""The table of a validation as rows of segments."""

from __future__ import annotations

import math

from cnncore.keras.validate import Validation
from tui.drawing.chart import Line
from tui.drawing.columns import box, fitted
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.i18n.words import shape_text
from tui.validation.words import row_verdict

BAR = 12
LEAST = 1e-9


def validation_panel(validation: Validation | None, width: int, height: int, colours: Palette) -> list[Line]:
    """A row for each layer and one for the whole network: the largest difference, absolute and relative, a bar of its
    magnitude towards the limit, and the verdict. Blank without a validation."""
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
            _("first to differ") if row is first else row_verdict(row),
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
    """A bar on a logarithmic scale, full where `relative` reaches `allowed`."""
    if relative <= LEAST or allowed <= LEAST:
        part = 0.0 if relative <= allowed else 1.0
    elif not math.isfinite(relative):
        part = 1.0
    else:
        part = math.log10(relative / LEAST) / math.log10(allowed / LEAST)
    full = min(BAR, max(0, round(part * BAR)))
    return "━" * full + "─" * (BAR - full)
