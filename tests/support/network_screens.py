"""The network screen in a test: small networks and pictures, its state and its cursor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from textual.pilot import Pilot

from cnncore.datasets.network_images import Pictures
from cnncore.network import Conv2D, Dense, GlobalAveragePooling2D, MaxPooling2D, Network, storage
from tui.cnn_app import CnnApp
from tui.network.cursor import Cursor
from tui.network.screen import NetworkScreen
from tui.network.state import NetworkState


def some_pictures(network: Network) -> Pictures:
    rng = np.random.default_rng(4)
    height, width, channels = network.input_shape
    shape = (30, height, width) if channels == 1 else (30, height, width, channels)
    classes = tuple(f"kind {i}" for i in range(network.output_shape[-1]))
    labels = rng.integers(0, len(classes), 30).astype(np.uint8)
    return Pictures(rng.integers(0, 256, shape, dtype=np.uint8), labels, classes, "here")


def front(app: CnnApp) -> NetworkScreen:
    assert isinstance(app.screen, NetworkScreen)
    return app.screen


def state_in(app: CnnApp) -> NetworkState:
    state = front(app).state
    assert state is not None
    return state


def cursor_of(app: CnnApp) -> Cursor:
    return state_in(app).cursor


async def shown(pilot: Pilot[None]) -> None:
    """Wait until a network and its pictures are there."""
    app = pilot.app
    assert isinstance(app, CnnApp)
    for _ in range(300):
        await pilot.pause(0.02)
        if isinstance(app.screen, NetworkScreen) and app.screen.state and app.screen.state.picture_set:
            break
    await pilot.pause()


def kept(network: Network, folder: Path, name: str = "net.keras") -> str:
    """A file that `ending_child` and `fake_network_child` open as `network`."""
    path = folder / name
    storage.save(network, path)
    return str(path)


def colour_network() -> Network:
    rng = np.random.default_rng(2)
    return Network(
        [
            Conv2D(
                name="first",
                input_shape=(12, 10, 3),
                kernel=rng.normal(size=(3, 3, 3, 5)).astype(np.float32),
                padding="same",
            ),
            MaxPooling2D(name="pool", input_shape=(12, 10, 5)),
            GlobalAveragePooling2D(name="mean", input_shape=(6, 5, 5)),
            Dense(
                name="last",
                input_shape=(5,),
                kernel=rng.normal(size=(5, 2)).astype(np.float32),
                activation="softmax",
            ),
        ],
        (12, 10, 3),
    )
