"""The validation place in words: its state, the verdict, then a sentence for each layer."""

from __future__ import annotations

from cnncore.keras.validate_child import Checked
from tui.i18n import _
from tui.validation.state import ValidationState
from tui.validation.words import choice_line, inputs_line, request_line, row_verdict, status_line, verdict


def validation_lines(state: ValidationState, now: float) -> list[str]:
    status, _wrong = status_line(state, now)
    lines = [state.notice, status, request_line(state), "" if state.running else choice_line(state)]
    return [*filter(None, lines), *(result_lines(state.checked) if state.checked is not None else ())]


def result_lines(checked: Checked) -> list[str]:
    """The verdict, and a sentence for each layer."""
    return [
        *verdict(checked.validation).splitlines(),
        *inputs_line(checked).splitlines(),
        *(
            _("{name}: largest difference {absolute}, relative {relative}, {verdict}").format(
                name=row.name,
                absolute=f"{row.max_absolute:.2e}",
                relative=f"{row.max_relative:.2e}",
                verdict=row_verdict(row),
            )
            for row in checked.validation.checks
        ),
    ]
