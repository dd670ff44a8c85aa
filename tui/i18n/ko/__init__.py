"""Korean. One module per room; together they are `MESSAGES`, English sentence -> Korean sentence."""

from __future__ import annotations

from tui.i18n.ko import app, cli, core, explore, predict, take_along, train

MESSAGES: dict[str, str] = {
    **core.MESSAGES,
    **app.MESSAGES,
    **explore.MESSAGES,
    **predict.MESSAGES,
    **take_along.MESSAGES,
    **train.MESSAGES,
    **cli.MESSAGES,
}
