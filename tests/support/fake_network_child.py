"""The child that owns Keras, without Keras: the real protocol, with our own layers in the place of Keras's.

`python fake_network_child.py MODE REQUEST_JSON`. The model "file" is one that `cnncore.network.storage` wrote.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from types import SimpleNamespace
from typing import Any

from cnncore.child.messages import Stage
from cnncore.errors import MissingExtraError
from cnncore.keras import network_child
from cnncore.keras.network_child import Request
from cnncore.network import InputLayer, Network, storage

KERAS = SimpleNamespace(
    layers=SimpleNamespace(InputLayer=InputLayer),
    ops=SimpleNamespace(convert_to_tensor=lambda x: x, convert_to_numpy=lambda x: x),
)
MODE = sys.argv[1]


class SlowLayer:
    def __init__(self, layer: Any) -> None:
        self._layer = layer

    def __call__(self, x: Any) -> Any:
        time.sleep(0.1)
        return self._layer.forward(x)


def converted(path: str) -> Network:
    if MODE == "endless":
        time.sleep(60)
    return storage.load(path)


def open_request(request: Request, say: Any) -> tuple[Any, list[Any], tuple[int, ...]]:
    say(Stage("import"))
    match MODE:
        case "missing":
            raise MissingExtraError(
                'this needs TensorFlow and Keras ({missing} is not installed): pip install "{extra}"',
                missing="keras", extra="cnn-tui[train]",
            )  # fmt: skip
        case "hangs":
            time.sleep(60)
        case "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            say(Stage("load"))
            time.sleep(60)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "silent":
            os._exit(3)
    network = storage.load(request.model or request.weights)
    say(Stage("load"))
    if MODE == "late":
        raise MemoryError
    layers: list[Any] = [
        layer if isinstance(layer, InputLayer) else SlowLayer(layer) if MODE == "slow" else layer.forward
        for layer in network.layers
    ]
    return KERAS, layers, network.input_shape


if __name__ == "__main__":
    if MODE == "garbage":
        sys.stdout.write('no json\n{}\n{"kind": "Other"}\n' + "x" * (2 << 20) + "\n")
        sys.stdout.flush()
    setattr(network_child, "network_from_file", converted)  # noqa: B010
    network_child.open_request = open_request
    os._exit(network_child.main(sys.argv[2:]))
