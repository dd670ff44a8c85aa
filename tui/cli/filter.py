"""`cnn-tui filter IMAGE`: a picture, or a matrix of pixels, through a kernel, by the C core, into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from cnncore._files import shown
from cnncore.datasets.matrices import open_image
from cnncore.datasets.pictures import save_picture
from cnncore.lesson.filtering import count_clamped
from cnncore.lesson.kernels import Kernel
from cnncore.ops import filter2d
from tui.cli.console import DONE, check_output, say
from tui.i18n import _
from tui.walk.padding import Padding

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif")
Mode: TypeAlias = Literal["grey", "rgb", ""]
"""The mode in which the picture is read: "" keeps colours if it has any."""


def run(image: str, output: str, *, kernel: Kernel, padding: Padding, mode: Mode, force: bool) -> int:
    """Filters, writes, and says the size and how many values were clamped. Raises `CnnError`."""
    check_output(output, SUFFIXES, force=force, name="--output")
    pixels = _load(image, mode)
    weights = np.array(kernel.weights)
    result = filter2d(pixels, weights, scale=float(kernel.scale), padding=padding)
    save_picture(result, output)
    low, high = count_clamped(pixels, weights, scale=float(kernel.scale), padding=padding)
    say(
        _("{image} {size} -> {output} {new_size} (height x width): kernel {kernel}, scale {scale}").format(
            image=shown(Path(image).name),
            size=_size(pixels),
            output=shown(output),
            new_size=_size(result),
            kernel=kernel.id,
            scale=kernel.scale,
        )
    )
    say(
        _("{low} of {total} values were below 0 and {high} above 255: these were clamped").format(
            low=f"{low:,}", high=f"{high:,}", total=f"{result.size:,}"
        )
    )
    return DONE


def _load(image: str, mode: Mode) -> Any:
    pixels = open_image(image, mode or "rgb")
    if mode or pixels.ndim == 2:
        return pixels
    grey = np.array_equal(pixels[..., 0], pixels[..., 1]) and np.array_equal(pixels[..., 0], pixels[..., 2])
    return np.ascontiguousarray(pixels[..., 0]) if grey else pixels


def _size(pixels: Any) -> str:
    kind = "" if pixels.ndim == 2 else " RGB"
    return f"{pixels.shape[0]} x {pixels.shape[1]}{kind}"
