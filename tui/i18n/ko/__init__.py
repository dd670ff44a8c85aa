from __future__ import annotations

from tui.i18n.ko import app, cli, core, explore, gallery, neuron, train

MESSAGES: dict[str, str] = {
    **core.MESSAGES,
    **app.MESSAGES,
    **explore.MESSAGES,
    **neuron.MESSAGES,
    **train.MESSAGES,
    **cli.MESSAGES,
    **gallery.MESSAGES,
}
