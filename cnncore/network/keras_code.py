"""A network, or a part of it, as an equivalent Python program for Keras.

    code = layers_code(network, 0, 2, inputs_file="net_inputs.npy", weights_file="net_weights.npz", shown=(9, 10, 0))
    save_weights(network, 0, 2, "net_weights.npz")

Only the program needs Keras. It reads its inputs and weights from files next to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from cnncore._files import PathLike, write_atomically
from cnncore.errors import CnnError
from cnncore.network.layer import Layer
from cnncore.network.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    InputLayer,
)
from cnncore.network.network import Network
from cnncore.network.storage import write_arrays

ABOUT = "Layers from cnn-tui, in Keras: `output` is what the app shows. Needs keras and numpy."
AS_TAKEN = "as the layers take it"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def layers_code(
    network: Network,
    first: int,
    last: int,
    *,
    inputs_file: str,
    weights_file: str,
    shown: tuple[int, ...] = (),
    say: Callable[[str], str] = str,
) -> str:
    """Return a program for the layers `first` to `last`, inclusive: `output` is the last layer's for the inputs in
    `inputs_file`. The program prints its value at `shown`, or all of it. `say` translates its comments.

    Raises `CnnError` for a layer without an equivalent in Keras.
    """
    layers = _computing(network, first, last)
    shape = network.layers[first].input_shape
    loads = [line for number, layer in enumerate(layers) for line in _load_lines(number, layer)]
    return "\n".join(
        [
            f'"""{say(ABOUT)}"""',
            "",
            "from pathlib import Path",
            "",
            "import keras",
            "import numpy as np",
            "",
            "here = Path(__file__).parent",
            f"inputs = np.load(here / {inputs_file!r})  # {shape}, {say(AS_TAKEN)}",
            *([f"weights = np.load(here / {weights_file!r})"] if loads else []),
            "",
            "layers = [",
            *(f"    {_call(layer)}," for layer in layers),
            "]",
            f"model = keras.Sequential([keras.Input({shape}), *layers])",
            *loads,
            "",
            "output = model.predict(inputs[None], verbose=0)[0]",
            "",
            'if __name__ == "__main__":',
            f"    print(output[{', '.join(map(str, shown))}])" if shown else "    print(output)",
            "",
        ]
    )


def has_weights(network: Network, first: int, last: int) -> bool:
    """Return True if any of these layers has weights."""
    return any(layer.weights for layer in _computing(network, first, last))


def save_weights(network: Network, first: int, last: int, path: PathLike) -> None:
    """Write the weights for the program, exactly, as one `.npz`. The file is written atomically. Raises `CnnError`."""
    arrays = {
        _key(number, name): array
        for number, layer in enumerate(_computing(network, first, last))
        for name, array in layer.weights.items()
    }
    write_atomically(path, lambda file: write_arrays(file, arrays))


def _computing(network: Network, first: int, last: int) -> list[Layer]:
    """Return the layers without input layers, which a Sequential model does not list."""
    return [layer for layer in network.layers[first : last + 1] if not isinstance(layer, InputLayer)]


def _key(number: int, name: str) -> str:
    return f"{number}_{name}"


def _load_lines(number: int, layer: Layer) -> list[str]:
    if not layer.weights:
        return []
    arrays = ", ".join(f"weights[{_key(number, name)!r}]" for name in layer.weights)
    return [f"layers[{number}].set_weights([{arrays}])"]


def _call(layer: Layer) -> str:
    arguments = [*_sizes(layer), *(f"{key}={value!r}" for key, value in layer.config.items())]
    padding = layer.config.get("padding", "valid")
    if not isinstance(padding, str) and layer.kind != "ZeroPadding2D":
        raise CnnError(
            "layer {layer} has padding {padding}; Keras supports only valid and same here",
            layer=repr(layer.name),
            padding=padding,
        )
    if NAME.fullmatch(layer.name):
        arguments.append(f"name={layer.name!r}")
    return f"keras.layers.{layer.kind}({', '.join(arguments)})"


def _sizes(layer: Layer) -> list[str]:
    """Return the Keras arguments that follow from the shapes of the weights."""
    match layer:
        case Conv2D():
            rows, columns, _channels, filters = layer.kernel.shape
            return [f"{filters}", f"({rows}, {columns})", f"use_bias={layer.bias is not None}"]
        case DepthwiseConv2D():
            rows, columns = layer.kernel.shape[:2]
            multiplier = f"depth_multiplier={layer.depth_multiplier}"
            return [f"({rows}, {columns})", multiplier, f"use_bias={layer.bias is not None}"]
        case Dense():
            return [f"{layer.units}", f"use_bias={layer.bias is not None}"]
        case BatchNormalization():
            return [f"center={layer.beta is not None}", f"scale={layer.gamma is not None}"]
    return []
