"""A validation in words: its verdict, then a sentence a layer."""

from __future__ import annotations

from cnncore.keras.validate_child import Checked
from tui.i18n import _
from tui.validation.words import inputs_line, state, verdict


def validation_lines(result: object) -> list[str]:
    """A sentence a layer, after the verdict; nothing before there is one."""
    if not isinstance(result, Checked):
        return []
    found = result.validation
    return [
        *verdict(found).splitlines(),
        *inputs_line(result).splitlines(),
        *(
            _("{name}: largest difference {absolute}, relative {relative}, {verdict}").format(
                name=row.name,
                absolute=f"{row.max_absolute:.2e}",
                relative=f"{row.max_relative:.2e}",
                verdict=state(row),
            )
            for row in found.checks
        ),
    ]
