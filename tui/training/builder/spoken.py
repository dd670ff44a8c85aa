"""The builder in sentences: the layer of the cursor and its option first, then the list, the cost and the program."""

from __future__ import annotations

from collections.abc import Sequence

from cnncore.training.architecture import Row
from tui.i18n import _, error_text
from tui.i18n.words import shape_text
from tui.training.builder.program_words import line_words
from tui.training.builder.state import BuilderState
from tui.training.builder.values import layer_text
from tui.training.builder.words import option_line, row_line


def builder_lines(state: BuilderState, cost: Sequence[str]) -> list[str]:
    """All that the screen shows; the first line has the cursor."""
    program = state.program
    lines = [f"{state.notice} {row_line(state)}".strip(), option_line(state)]
    if state.pane == "code" and program.current is not None and program.config is not None:
        words = line_words(program.current, program.config, program.library)
        lines = [f"{state.notice} {program.current.text.strip()}".strip(), words]
    lines.append(f"{state.network.name}: {shape_text(state.network.input_shape)}")
    lines += [layer_line(number, row) for number, row in enumerate(state.rows, 1)]
    if state.refusal is not None and all(row.trouble is None for row in state.rows):
        lines.append(error_text(state.refusal))
    return [*lines, *cost, *(line.text for line in program.lines if line.text)]


def layer_line(number: int, row: Row) -> str:
    """A layer, its output and its parameters; or why it is impossible."""
    name = f"{number}. {layer_text(row.spec)}"
    if row.trouble is not None:
        return f"{name}: {error_text(row.trouble)}"
    if row.output_shape is None or row.receptive_field is None:
        return _("{layer}: unknown, because a layer before it is impossible").format(layer=name)
    return _("{layer}: output {shape}, {count} parameters, receptive field {field}").format(
        layer=name,
        shape=shape_text(row.output_shape),
        count=f"{row.parameters:,}",
        field=shape_text(row.receptive_field),
    )
