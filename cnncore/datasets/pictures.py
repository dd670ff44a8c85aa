"""Picture files: PNG, JPEG, BMP and GIF, as numbers from 0 to 255. Pillow is imported when one is opened.

A file's format is recognised by its content, whatever its name. Its size is read from its header before any pixel.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeAlias

import numpy as np

from cnncore._arguments import described
from cnncore._arrays import as_array
from cnncore._files import PathLike, name_of, open_to_read, shown, write_atomically
from cnncore._pixels import deep_values, in_eight_bits, pixels_of, upright
from cnncore.datasets.dataset import Images
from cnncore.errors import CnnError

if TYPE_CHECKING:
    from PIL.Image import Image

Mode: TypeAlias = Literal["grey", "rgb"]

FORMATS = ("PNG", "JPEG", "BMP", "GIF")
SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".bmp": "BMP", ".gif": "GIF"}
MAX_PIXELS = 64_000_000
"""The largest number of pixels: decoding more in colour would take gigabytes."""

SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"GIF87a", b"GIF89a")
_OTHERS = (
    (re.compile(rb"RIFF....WEBP", re.S), "WebP"),
    (re.compile(rb"II\*\x00|MM\x00\*"), "TIFF"),
    (re.compile(rb"....ftyp(hei|hev|mif1|msf1)", re.S), "HEIC"),
    (re.compile(rb"....ftypavi", re.S), "AVIF"),
    (re.compile(rb"\s*<(\?xml|svg|!DOCTYPE svg)"), "SVG"),
    (re.compile(rb"%PDF"), "PDF"),
    (re.compile(rb"8BPS"), "Photoshop"),
    (re.compile(rb"P[1-6]\s"), "Netpbm"),
    (re.compile(rb"\x00\x00\x01\x00"), "ICO"),
    (re.compile(rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51"), "JPEG 2000"),
)


def load_picture(path: PathLike, mode: Mode = "grey") -> Images:
    """Read a picture as uint8: (H, W) in mode "grey", (H, W, 3) in mode "rgb".

    The picture is rotated according to its EXIF data, transparent pixels are composited on white, and a GIF gives its
    first frame. 16 bits become 8 by rounding v / 257. Grey is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). Raises
    `CnnError` for another format, for more than 64 million pixels, and for a file that is cut off or damaged.
    """
    if mode not in ("grey", "rgb"):
        raise CnnError('mode must be "grey" or "rgb", got {value}', value=described(mode))
    with open_to_read(path) as file:
        return _decode(file, shown(path), mode)


def _decode(file: BinaryIO, name: str, mode: Mode) -> Images:
    from PIL import Image, UnidentifiedImageError

    start = file.read(64)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a warning would be printed over the screen; sizes are checked below
            with Image.open(file, formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise _too_large(name, image.width * image.height)
                return _pixels(file, image, mode)
    except CnnError:
        raise
    except Image.DecompressionBombError as error:
        pixels = re.search(r"\d+", str(error))
        raise _too_large(name, int(pixels[0]) if pixels else 0) from error
    except UnidentifiedImageError as error:
        raise _not_a_picture(name, start) from error
    except MemoryError as error:
        raise CnnError("{path}: there is not enough memory to open it", path=name) from error
    except Exception as error:  # decoders raise many types for a damaged file
        reason = str(error) or type(error).__name__
        if "truncated" in reason.lower() or isinstance(error, EOFError):
            raise CnnError("{path} is cut off: the picture ends too early", path=name) from error
        raise CnnError("{path} is damaged: {reason}", path=name, reason=reason) from error


def _too_large(name: str, pixels: int) -> CnnError:
    return CnnError(
        "{path} has {pixels:,} pixels; it must have at most {most:,}",
        path=name,
        pixels=pixels,
        most=MAX_PIXELS,
    )


def _not_a_picture(name: str, start: bytes) -> CnnError:
    if not start:
        return CnnError("{path} is empty", path=name)
    if start.startswith(SIGNATURES):
        return CnnError("{path} is cut off: the picture ends too early", path=name)
    for pattern, kind in _OTHERS:
        if pattern.match(start):
            return CnnError(
                "{path} is a {kind} file; save it as one of {formats}", path=name, kind=kind, formats=", ".join(FORMATS)
            )
    return CnnError("{path} is not a picture in one of {formats}", path=name, formats=", ".join(FORMATS))


def _pixels(file: BinaryIO, image: Image, mode: Mode) -> Images:
    from PIL import Image as Pillow

    def opened() -> Image:
        file.seek(0)
        return Pillow.open(file, formats=FORMATS)

    transparent = image.info.get("transparency")
    deep = deep_values(image, opened)
    pixels = pixels_of(upright(image)) if deep is None else in_eight_bits(deep, transparent)
    if mode == "grey":
        return pixels if pixels.ndim == 2 else np.array(Pillow.fromarray(pixels).convert("L"))
    return pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)


def split_channels(picture: Images) -> tuple[Images, ...]:
    """Split (H, W, 3) uint8 into grey, as in `load_picture`, and if it has colours red, green and blue, each (H, W)."""
    from PIL import Image

    grey = np.array(Image.fromarray(picture).convert("L"))
    red, green, blue = (np.ascontiguousarray(picture[:, :, channel]) for channel in range(3))
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return (grey,)
    return grey, red, green, blue


def save_picture(array: Any, path: PathLike) -> None:
    """Write (H, W), (H, W, 1) or (H, W, 3) uint8 as PNG, JPEG, BMP or GIF, by the suffix of `path`; PNG without one.

    The file is written atomically. Raises `CnnError`.
    """
    from PIL import Image

    name = shown(path)
    pixels = as_array(array, "array")
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.dtype != np.uint8 or 0 in pixels.shape or not (pixels.ndim == 2 or pixels.shape[2:] == (3,)):
        raise CnnError(
            "array has shape {shape} and dtype {dtype}; a picture is (H, W) or (H, W, 3) values of uint8",
            shape=str(np.shape(array)),
            dtype=str(pixels.dtype),
        )
    suffix = Path(name_of(path)).suffix.lower()
    if suffix and suffix not in SUFFIXES:
        raise CnnError(
            "{path} ends in {suffix}; it must end in one of {suffixes}",
            path=name,
            suffix=suffix,
            suffixes=", ".join(SUFFIXES),
        )
    kind = SUFFIXES.get(suffix, "PNG")
    image = Image.fromarray(np.ascontiguousarray(pixels))
    try:
        write_atomically(
            path, lambda file: image.save(file, format=kind, **({"quality": 95} if kind == "JPEG" else {}))
        )
    except ValueError as error:
        if isinstance(error, CnnError):
            raise
        raise CnnError("{path} cannot be written: {reason}", path=name, reason=str(error)) from error


def fit_picture(picture: Images, height: int, width: int) -> Images:
    """Resize (H, W) uint8 to (height, width): as large as fits without changing its proportions, centred on black."""
    from PIL import Image

    scale = min(height / picture.shape[0], width / picture.shape[1])
    rows = min(height, max(1, round(picture.shape[0] * scale)))
    columns = min(width, max(1, round(picture.shape[1] * scale)))
    small = Image.fromarray(picture).resize((columns, rows), Image.Resampling.BICUBIC, reducing_gap=3.0)
    fitted = np.zeros((height, width), np.uint8)
    top, left = (height - rows) // 2, (width - columns) // 2
    fitted[top : top + rows, left : left + columns] = np.asarray(small)
    return fitted
