"""A picture of Pillow's, of any of its modes, as 8-bit pixels: what is seen, and never indices of a palette.

What is transparent is laid on white. 16 bits become 8 by rounding v / 257, which takes 65535 to 255 and 0 to 0.
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
    """Whether `value` is an image of Pillow's; asking does not import it."""
    return any(kind.__module__ == "PIL.Image" for kind in type(value).__mro__)


def pixels_of(image: Image) -> Pixels:
    """(H, W) uint8 of a picture without colours, else (H, W, 3).

    Of mode "I", whole numbers of 32 bits, values are taken for 16 bits where one is above 255; of mode "F" they are
    rounded. Both are clamped. Raises what Pillow raises for a picture that is damaged.
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
    if image.mode == "La":  # Pillow takes brightness times alpha no further than to this
        image = image.convert("LA")
    if image.has_transparency_data:
        from PIL import Image as Pillow

        image = image.convert("RGBA")
        image = Pillow.alpha_composite(Pillow.new("RGBA", image.size, "white"), image)
    return np.array(image.convert("L" if grey else "RGB"))


def _clamped(values: npt.NDArray[Any]) -> Pixels:
    found: Pixels = np.clip(values, 0, 255).astype(np.uint8)
    return found


def in_eight_bits(values: Deep, transparent: Any = None) -> Pixels:
    """Of (H, W, C) 16-bit values, where C is 1 or 3, one more with alpha: (H, W) or (H, W, 3), laid on white.

    `transparent` is the value, or the triple of them, that a PNG without alpha says is not seen.
    """
    colours = values.shape[2] - (values.shape[2] + 1) % 2
    seen = values[:, :, :colours]
    if colours < values.shape[2]:
        alpha = values[:, :, colours:].astype(np.float32) / np.float32(65535)
        seen = np.rint(seen * alpha + np.float32(65535) * (1 - alpha))
    elif transparent is not None:
        hidden = (seen == np.array(transparent)).all(axis=2, keepdims=True)
        seen = np.where(hidden, np.uint16(65535), seen)
    small = ((seen.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return small[:, :, 0] if colours == 1 else small


def deep_values(image: Image, opened: Callable[[], Image]) -> Deep | None:
    """(H, W, C) of a PNG with 16 bits and more than one channel, of which Pillow reads the upper 8; None for others.

    `image` is the picture, not yet loaded, and `opened` gives it once more: the same bytes are read a second time as a
    kind of picture that has the lower halves in it.
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
    found: Image = image
    return found


def upright(image: Image) -> Image:
    """A copy, turned as the EXIF data says."""
    from PIL import ImageOps

    image.load()
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # the pixels are whole, only what is said about them is not
        return image.copy()
