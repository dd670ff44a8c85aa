"""Korean. One module per room; together they are `MESSAGES`, English sentence -> Korean sentence."""

from __future__ import annotations

from tui.i18n.ko import app, cli, core, explore, predict, train

MESSAGES: dict[str, str] = {
    **core.MESSAGES,
    **app.MESSAGES,
    **explore.MESSAGES,
    **predict.MESSAGES,
    **train.MESSAGES,
    **cli.MESSAGES,
}
