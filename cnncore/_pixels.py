"""Pillow images of any mode as 8-bit pixels: the visible colours, never palette indices.

Transparent pixels are composited on white. 16 bits become 8 by rounding v / 257, so that 65535 becomes 255.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels: TypeAlias = npt.NDArray[np.uint8]
Deep: TypeAlias = npt.NDArray[np.uint16]

_GREY = ("1", "L", "LA", "La")


def is_picture(value: Any) -> bool:
    """Return True if `value` is a Pillow image, without importing Pillow."""
    return any(kind.__module__ == "PIL.Image" for kind in type(value).__mro__)


def pixels_of(image: Image) -> Pixels:
    """Return (H, W) uint8 for a grey picture, else (H, W, 3).

    Mode "I" holds 32-bit integers: if any is above 255, all are read as 16-bit values. Mode "F" is rounded. Both are
    clamped. For a damaged picture, Pillow's own exception passes through.
    """
    transparent = image.info.get("transparency")
    if image.mode.startswith("I;16"):
        return in_eight_bits(np.asarray(image)[:, :, None], transparent)
    if image.mode == "I":
        values = np.asarray(image)
        if values.max() > 255:
            return in_eight_bits(np.clip(values, 0, 65535).astype(np.uint16)[:, :, None], transparent)
        return _clamped(values)
    if image.mode == "F":
        return _clamped(np.rint(np.nan_to_num(np.asarray(image))))
    grey = image.mode in _GREY
    if image.mode == "La":  # Pillow converts premultiplied grey to no other mode
        image = image.convert("LA")
    if image.has_transparency_data:
        from PIL import Image as Pillow

        image = image.convert("RGBA")
        image = Pillow.alpha_composite(Pillow.new("RGBA", image.size, "white"), image)
    return np.array(image.convert("L" if grey else "RGB"))


def _clamped(values: npt.NDArray[Any]) -> Pixels:
    pixels: Pixels = np.clip(values, 0, 255).astype(np.uint8)
    return pixels


def in_eight_bits(values: Deep, transparent: Any = None) -> Pixels:
    """Convert (H, W, C) 16-bit values, C being 1 or 3, or 2 or 4 with alpha, to (H, W) or (H, W, 3) uint8 on white.

    `transparent` is the value, or the triple, that a PNG without alpha marks as transparent.
    """
    colours = values.shape[2] - (values.shape[2] + 1) % 2
    visible = values[:, :, :colours]
    if colours < values.shape[2]:
        alpha = values[:, :, colours:].astype(np.float32) / np.float32(65535)
        visible = np.rint(visible * alpha + np.float32(65535) * (1 - alpha))
    elif transparent is not None:
        hidden = (visible == np.array(transparent)).all(axis=2, keepdims=True)
        visible = np.where(hidden, np.uint16(65535), visible)
    small = ((visible.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return small[:, :, 0] if colours == 1 else small


def deep_values(image: Image, opened: Callable[[], Image]) -> Deep | None:
    """Return (H, W, C) of a 16-bit PNG with several channels, of which Pillow reads only the upper 8 bits; else None.

    `image` is the picture, not yet loaded, and `opened` opens it again: the same bytes are decoded a second time in a
    raw mode that contains the lower 8 bits.
    """
    tiles: list[Any] = getattr(image, "tile", [])
    if image.format != "PNG" or len(tiles) != 1:
        return None
    packed = tiles[0].args
    if packed == "LA;16B":  # two bytes of grey, two of alpha, as the four bytes of RGBA
        four = np.asarray(upright(_read_as(opened(), "RGBA"))).astype(np.uint16)
        grey: Deep = four[:, :, 0::2] * 256 + four[:, :, 1::2]
        return grey
    if packed in ("RGB;16B", "RGBA;16B"):
        low = np.asarray(upright(_read_as(opened(), packed.replace("16B", "16L"))))
        colours: Deep = np.asarray(upright(image)).astype(np.uint16) * 256 + low
        return colours
    return None


def _read_as(image: Any, packed: str) -> Image:
    image.tile = [image.tile[0]._replace(args=packed)]
    reread: Image = image
    return reread


def upright(image: Image) -> Image:
    """Return a copy, rotated according to its EXIF data."""
    from PIL import ImageOps

    image.load()
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # the pixels are intact, only the metadata is not
        return image.copy()
