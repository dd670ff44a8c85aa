from __future__ import annotations

from tui.i18n.ko import (
    aloud,
    app,
    arguments,
    cli,
    core,
    explore,
    files,
    gallery,
    keys,
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
    **arguments.MESSAGES,
    **cli.MESSAGES,
    **explore.MESSAGES,
    **files.MESSAGES,
    **gallery.MESSAGES,
    **keys.MESSAGES,
    **network.MESSAGES,
    **neuron.MESSAGES,
    **predict.MESSAGES,
    **take_along.MESSAGES,
    **take_network.MESSAGES,
    **train.MESSAGES,
}
