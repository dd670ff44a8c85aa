"""`cnn-tui validate MODEL`: Keras and the C core compared layer by layer and as a whole, as a table."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence

from cnncore.keras.validate import Validation
from cnncore.keras.validate_child import Checked, Failed, Message, Request, Stage
from tui.app.child_client import ChildClient
from tui.cli.console import DONE, FAILED, complain, say, table
from tui.i18n import _
from tui.i18n.words import shape_text
from tui.validation.client import validation_client
from tui.validation.words import failure, inputs_line, row_verdict, stage_line, verdict


def run(request: Request, *, command: Sequence[str] | None = None) -> int:
    """Print the table and return 0 if all layers agree, 1 if one does not or the check failed."""
    return asyncio.run(_run(validation_client(request, command=command)))


async def _run(client: ChildClient[Message]) -> int:
    got: list[int] = []

    def on_signal(number: int) -> None:
        got.append(number)
        client.stop()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, on_signal, number)
    status = FAILED
    try:
        async for message in client.messages():
            match message:
                case Stage():
                    say(stage_line(message.stage))
                case Checked():
                    say()
                    for line in validation_table(message.validation):
                        say(line)
                    say()
                    say(inputs_line(message))
                    say(verdict(message.validation))
                    status = DONE if message.validation.ok else FAILED
                case Failed() if not got:
                    complain(failure(message))
    finally:
        await client.close()
    return 128 + got[0] if got else status


def validation_table(validation: Validation) -> list[str]:
    """Return a line for each layer, and one for the whole network."""
    return table(
        [_("Layer"), _("Kind"), _("Output shape"), _("Largest difference"), _("Relative"), ""],
        [
            [
                row.name,
                row.kind,
                shape_text(row.shape),
                f"{row.max_absolute:.2e}",
                f"{row.max_relative:.2e}",
                row_verdict(row),
            ]
            for row in validation.checks
        ],
        right=(2, 3, 4),
    )
