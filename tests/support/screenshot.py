"""Draw the README's picture of the convolution screen, by the app itself: python tests/support/screenshot.py"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

PICTURE = Path(__file__).parent.parent.parent / "tui" / "screen.svg"


async def draw() -> str:
    from svg_pictures import picture

    from tui.cnn_app import CnnApp, Options

    app = CnnApp(Options())
    async with app.run_test(size=(110, 32)) as pilot:
        await pilot.pause(2)  # pictures are loaded after the first paint
        # The app starts with the sharpening kernel.
        await pilot.press(*["down"] * 6, *["right"] * 3)
        await pilot.pause(0.5)
        return picture(app, "cnn-tui")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:  # without this machine's data
        os.environ.update(KERAS_HOME=empty, XDG_DATA_HOME=empty, XDG_CONFIG_HOME=empty, CNN_TUI_DATA="")
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        PICTURE.write_text(asyncio.run(draw()), "utf-8")
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")
