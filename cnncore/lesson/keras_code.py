"""One layer of the walk as a Python program for Keras: convolution or image filter, and the pooling after it.

    code = keras_code(walk.steps[0], pixels)

Keras is not needed to write the program, only to run it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnncore._arrays import as_array
from cnncore._dtypes import Array
from cnncore.errors import CnnError
from cnncore.geometry import Geometry, geometry
from cnncore.lesson.stepping import ConvStep, FilterStep, PoolStep

INLINE_PIXELS = 4096
"""The largest picture in the program itself, in pixels; larger ones are read from a file next to it."""

ABOUT = "A convolution from cnn-tui, in Keras: `output` is what the app shows. Needs keras and numpy."
AS_TRAINED = "as the network was trained on them"
NOT_KERAS = "An image filter scales, rounds and clamps; Keras does none of it."


def keras_code(
    step: FilterStep | ConvStep,
    pixels: Any,
    pool: PoolStep | None = None,
    *,
    pixels_file: str = "",
    say: Callable[[str], str] = str,
) -> str:
    """Return a Python program that computes with Keras what `step`'s walk over `pixels` (H, W) uint8 computes here:
    `output`, and with `pool` also `pooled`. The program reads the pixels from the `.npy` file `pixels_file` next to it,
    or contains them if that is "". `say` translates its comments.

    Raises `CnnError` for a step without an equivalent Keras layer.
    """
    image = as_array(pixels, "pixels")
    lines = [
        f'"""{say(ABOUT)}"""',
        "",
        *(["from pathlib import Path", ""] if pixels_file else []),
        "import keras",
        "import numpy as np",
        "",
        *_pixel_lines(image, pixels_file),
        *_kernel_lines(step),
        "",
        *_model_lines(step),
        "",
        *_output_lines(step, say),
    ]
    if pool is not None:
        lines += ["", *_pool_lines(pool)]
    lines += ["", 'if __name__ == "__main__":', f"    print({'output' if pool is None else 'pooled'})", ""]
    return "\n".join(lines)


def _rows(values: Array) -> list[str]:
    return ["[" + ", ".join(map(repr, row)) + "]," for row in values.tolist()]


def _array(name: str, values: Array, dtype: str) -> list[str]:
    rows = ["        " + row for row in _rows(values)]
    return [f"{name} = np.array(", "    [", *rows, "    ],", f"    np.{dtype},", ")"]


def _pixel_lines(image: Array, pixels_file: str) -> list[str]:
    if pixels_file:
        return [f"pixels = np.load(Path(__file__).with_name({pixels_file!r}))  # {image.shape[0]} x {image.shape[1]}"]
    return _array("pixels", image, "uint8")


def _kernel_lines(step: FilterStep | ConvStep) -> list[str]:
    lines = _array("kernel", step.kernel[:, :, 0], "float32")
    if isinstance(step, ConvStep) and step.bias is not None:
        lines.append(f"bias = np.array([{step.bias!r}], np.float32)")
    return lines


def _model_lines(step: FilterStep | ConvStep) -> list[str]:
    rows, columns = step.geometry.rows, step.geometry.columns
    strides, dilation = (rows.stride, columns.stride), (rows.dilation, columns.dilation)
    if max(strides) > 1 and max(dilation) > 1:
        raise CnnError("Keras takes strides or a dilation_rate, not both at once")
    padding = _padding(step.geometry)
    biased = isinstance(step, ConvStep) and step.bias is not None
    activation = step.activation if isinstance(step, ConvStep) else "linear"
    return [
        "model = keras.Sequential(",
        "    [",
        f"        keras.Input(({rows.size}, {columns.size}, 1)),",
        *([] if padding else [f"        keras.layers.ZeroPadding2D({_explicit(step.geometry)}),"]),
        "        keras.layers.Conv2D(",
        f"            1, ({rows.window}, {columns.window}), strides={strides}, padding={padding or 'valid'!r},",
        f"            dilation_rate={dilation}, activation={activation!r}, use_bias={biased},",
        "        ),",
        "    ]",
        ")",
        f"model.layers[-1].set_weights([kernel[:, :, None, None]{', bias' if biased else ''}])",
    ]


def _output_lines(step: FilterStep | ConvStep, say: Callable[[str], str]) -> list[str]:
    if isinstance(step, ConvStep):
        return [
            f"inputs = pixels.astype(np.float32) / np.float32(255)  # {say(AS_TRAINED)}",
            "output = model.predict(inputs[None, :, :, None], verbose=0)[0, :, :, 0]",
        ]
    return [
        "sums = model.predict(pixels.astype(np.float32)[None, :, :, None], verbose=0)[0, :, :, 0]",
        f"# {say(NOT_KERAS)}",
        f"output = np.clip(np.rint(sums * np.float32({float(step.scale)!r})), 0, 255).astype(np.uint8)",
    ]


def _pool_lines(pool: PoolStep) -> list[str]:
    rows, columns = pool.geometry.rows, pool.geometry.columns
    padding = _padding(pool.geometry)
    if not padding:
        raise CnnError("Keras pools with padding valid or same only")
    return [
        f"pool = keras.layers.MaxPooling2D(({rows.window}, {columns.window}), "
        f"strides=({rows.stride}, {columns.stride}), padding={padding!r})",
        "pooled = np.asarray(pool(output[None, :, :, None].astype(np.float32)))[0, :, :, 0].astype(output.dtype)",
    ]


def _padding(moves: Geometry) -> str:
    """Return "valid" or "same" if that is the padding of the geometry, else ""."""
    rows, columns = moves.rows, moves.columns
    for padding in ("valid", "same"):
        like = geometry(
            (rows.size, columns.size),
            (rows.window, columns.window),
            strides=(rows.stride, columns.stride),
            padding=padding,
            dilation_rate=(rows.dilation, columns.dilation),
        ) if padding == "same" or not moves.padded else None  # fmt: skip
        if like == moves:
            return padding
    return ""


def _explicit(moves: Geometry) -> tuple[tuple[int, int], tuple[int, int]]:
    return (moves.rows.before, moves.rows.after), (moves.columns.before, moves.columns.after)
