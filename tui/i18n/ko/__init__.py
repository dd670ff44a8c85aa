from __future__ import annotations

from tui.i18n.ko import (
    aloud,
    app,
    cli,
    core,
    explore,
    files,
    gallery,
    network,
    neuron,
    predict,
    take_along,
    take_network,
    train,
)

MESSAGES: dict[str, str] = {
    **core.MESSAGES,
    **aloud.MESSAGES,
    **app.MESSAGES,
    **cli.MESSAGES,
    **explore.MESSAGES,
    **files.MESSAGES,
    **gallery.MESSAGES,
    **network.MESSAGES,
    **neuron.MESSAGES,
    **predict.MESSAGES,
    **take_along.MESSAGES,
    **take_network.MESSAGES,
    **train.MESSAGES,
}
