"""IDX, the file format of MNIST and Fashion-MNIST.

A file is two zero bytes, a dtype code, the number of dimensions, each size as a big-endian 32-bit integer, and then the
values, big-endian, last dimension fastest (http://yann.lecun.com/exdb/mnist/). It may be gzipped, which its first bytes
show, whatever its name. The header is checked first, and at most one byte more than it promises is unpacked.
"""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from cnncore._files import PathLike, open_to_read, reason_of, shown
from cnncore.errors import CnnError

DTYPES: dict[int, str] = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAX_BYTES = 2**32
"""The largest size that a header may promise. The largest file of Fashion-MNIST has 47 million bytes."""
MAX_DIMENSIONS = 32
MAX_RATIO = 1032
"""The largest compression ratio of deflate: a header that promises more is wrong."""
CHUNK = 2**20


def read_idx(path: PathLike) -> npt.NDArray[Any]:
    """Read an IDX file, gzipped or not, as a new C-contiguous array in native byte order.

    Returns uint8, int8, int16, int32, float32 or float64 in the shape of the file. Raises `CnnError` for a file that is
    not IDX, has an unknown dtype code or impossible sizes, is too short or too long, or whose gzip data is damaged.
    """
    name = shown(path)
    with open_to_read(path) as file:
        try:
            packed = file.read(2) == b"\x1f\x8b"
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            if not packed:
                return _read(name, file, size, size)
            with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
                return _read(name, unpacked, size, size * MAX_RATIO)
        except (gzip.BadGzipFile, zlib.error) as error:
            raise CnnError("{path} is damaged: {reason}", path=name, reason=str(error)) from error
        except EOFError as error:
            raise CnnError("{path} is cut off: its gzip data ends too early", path=name) from error
        except OSError as error:
            raise CnnError("{path} cannot be read: {reason}", path=name, reason=reason_of(error)) from error


def _read(name: str, stream: BinaryIO | gzip.GzipFile, size: int, most: int) -> npt.NDArray[Any]:
    """Read the array in `stream`, from a file of `size` bytes that unpacks to at most `most` bytes."""
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        raise CnnError(
            "{path} is not an IDX file: it begins with {bytes}; it must begin with two zero bytes",
            path=name,
            bytes=magic.hex(" ") or "-",
        )
    code, ndim = magic[2], magic[3]
    if code not in DTYPES:
        raise CnnError(
            "{path} has the IDX dtype code {code}; it must be one of {codes}",
            path=name,
            code=f"0x{code:02x}",
            codes=", ".join(f"0x{c:02x}" for c in DTYPES),
        )
    if not 1 <= ndim <= MAX_DIMENSIONS:
        raise CnnError(
            "{path} has {ndim} dimensions; an IDX file has 1 to {most}", path=name, ndim=ndim, most=MAX_DIMENSIONS
        )
    header = stream.read(4 * ndim)
    if len(header) < 4 * ndim:
        raise CnnError("{path} is cut off: it ends inside its header", path=name)
    shape = struct.unpack(f">{ndim}I", header)
    dtype = np.dtype(DTYPES[code])
    promised = math.prod(shape) * dtype.itemsize
    # numpy refuses sizes whose product overflows even if another size is 0, so zeros are left out here.
    if math.prod(n for n in shape if n) * dtype.itemsize > MAX_BYTES:
        raise CnnError(
            "{path} promises {shape} values, more than {most} bytes; its header is wrong or it is too large",
            path=name,
            shape=_times(shape),
            most=MAX_BYTES,
        )
    if promised > most:
        raise CnnError(
            "{path} is cut off: its header promises {shape} values, {promised} bytes, but the file has only {size}",
            path=name,
            shape=_times(shape),
            promised=promised,
            size=size,
        )
    values = bytearray(promised)
    room = memoryview(values)
    filled = 0
    while filled < promised:
        piece = stream.read(min(CHUNK, promised - filled))
        if not piece:
            raise CnnError(
                "{path} is cut off: its header promises {shape} values, {promised} bytes, but only {actual} follow",
                path=name,
                shape=_times(shape),
                promised=promised,
                actual=filled,
            )
        room[filled : filled + len(piece)] = piece
        filled += len(piece)
    if stream.read(1):  # reaching the end also checks gzip's checksum
        raise CnnError(
            "{path} has bytes after the {shape} values its header promises; its header is wrong or bytes were added",
            path=name,
            shape=_times(shape),
        )
    array = np.frombuffer(values, dtype).reshape(shape)
    return array if dtype.isnative else array.astype(dtype.newbyteorder("="))


def _times(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def load_idx_pair(
    images: PathLike, labels: PathLike, *, classes: int = 0
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Read images (N, H, W) uint8 and their labels (N,) uint8 from two IDX files.

    Labels must be below `classes`, if given. Raises `CnnError` if a file cannot be read, has another shape or dtype or
    no images, or if the counts differ.
    """
    pictures, answers = read_idx(images), read_idx(labels)
    image_name, label_name = shown(images), shown(labels)
    if pictures.ndim != 3 or pictures.dtype != np.uint8 or 0 in pictures.shape:
        raise CnnError(
            "{path} holds {shape} values of {dtype}; images are N x height x width values of uint8",
            path=image_name,
            shape=_times(pictures.shape),
            dtype=str(pictures.dtype),
        )
    if answers.ndim != 1 or answers.dtype != np.uint8:
        raise CnnError(
            "{path} holds {shape} values of {dtype}; labels are N values of uint8",
            path=label_name,
            shape=_times(answers.shape),
            dtype=str(answers.dtype),
        )
    if len(pictures) != len(answers):
        raise CnnError(
            "{images} holds {count} images, but {labels} holds {label_count} labels",
            images=image_name,
            count=len(pictures),
            labels=label_name,
            label_count=len(answers),
        )
    if classes and (largest := int(answers.max())) >= classes:
        raise CnnError(
            "{path} has the label {label} at position {position}; labels go from 0 to {most}",
            path=label_name,
            label=largest,
            position=int(answers.argmax()),
            most=classes - 1,
        )
    return pictures, answers
