"""A matrix of numbers as an image: pasted text, a CSV file, or a numpy `.npy` file. Reading one never runs code.

Text has one row per line, with numbers separated by commas, semicolons, tabs or spaces, quoted or not; or rows in
brackets, as Python, numpy and MATLAB write them. Whole numbers from 0 to 255 give uint8, other whole numbers int16 if
they fit, everything else float64.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from cnncore._files import PathLike, name_of, open_to_read, reason_of, shown
from cnncore.datasets._cells import NUMBER, number_reader, splitter
from cnncore.datasets.pictures import SIGNATURES, SUFFIXES, Mode, load_picture
from cnncore.errors import CnnError

MAX_CELLS = 4_000_000
MAX_TEXT = 64_000_000
"""The largest number of characters, or of bytes of a text file: 16 for each cell."""
NUMPY_MAGIC = b"\x93NUMPY"

_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_ARRAY = re.compile(r"\s*(?:np\.|numpy\.)?array\((.*?)(?:,\s*dtype=[\w.'\"<>]+)?\s*\)\s*", re.DOTALL)
"""The repr of a numpy array."""
_BRACKETS = str.maketrans("(){}\u2212", "[][]-")
Matrix = npt.NDArray[Any]


def parse_matrix(text: str) -> Matrix:
    """Parse an (H, W) matrix. Raises `CnnError`, which names the row and column, counted from 1."""
    return _parse(text, "")


def _parse(text: str, source: str) -> Matrix:
    """Parse a matrix; `source` is the beginning of each message: "", or a file name and a colon."""
    if len(text) > MAX_TEXT:
        raise CnnError("{source}the text has more than {most:,} characters", source=source, most=MAX_TEXT)
    text = text.lstrip("\ufeff")
    if shown := _ARRAY.fullmatch(text):
        text = shown[1]
    rows = _rows(text.translate(_BRACKETS), source)
    if not any(rows):
        raise CnnError("{source}there are no numbers; enter rows such as 1 2 3", source=source)
    split, plain = splitter(rows, source), number_reader(text)
    values: list[list[float]] = []
    cells, whole = 0, True
    for number, line in enumerate(rows, 1):
        fields = [plain(field) for field in split(line)]
        cells += len(fields)
        if cells > MAX_CELLS:
            raise CnnError("{source}there are more than {most:,} numbers", source=source, most=MAX_CELLS)
        row: list[float] = []
        for column, field in enumerate(fields, 1):
            # Python's float() also accepts 1_000, nan and the digits of other scripts.
            if _WHOLE.fullmatch(field):
                row.append(int(field))
            elif NUMBER.fullmatch(field) and abs(value := float(field)) != float("inf"):
                row.append(value)
                whole = False
            elif not field:
                raise CnnError("{source}row {row}, column {column} is empty", source=source, row=number, column=column)
            else:
                raise CnnError(
                    "{source}row {row}, column {column} is {text}, not a finite number",
                    source=source,
                    row=number,
                    column=column,
                    text=repr(field if len(field) <= 30 else field[:30] + "..."),
                )
        if values and len(row) != len(values[0]):
            raise CnnError(
                "{source}row {row} has {count} numbers, but row 1 has {expected}",
                source=source,
                row=number,
                count=len(row),
                expected=len(values[0]),
            )
        values.append(row)
    return _narrow(np.array(values, np.float64), whole)


def _rows(text: str, source: str) -> list[str]:
    """Return the rows of numbers, without brackets."""
    if "[" not in text and "]" not in text:
        return [line for line in (line.strip() for line in text.splitlines()) if line]
    depth = deepest = 0
    for mark in re.findall(r"[\[\]]", text):
        depth += 1 if mark == "[" else -1
        deepest = max(deepest, depth)
        if depth < 0:
            break
    if depth != 0:
        raise CnnError("{source}a bracket is not closed or not opened", source=source)
    if deepest > 2:
        raise CnnError(
            "{source}brackets are nested {depth} deep; a matrix has only rows and columns", source=source, depth=deepest
        )
    inner = re.compile(r"\[([^\[\]]*)\]")
    outside = inner.sub(" ", text) if deepest == 1 else inner.sub(" ", text).replace("[", " ").replace("]", " ")
    if left := outside.replace(",", " ").replace(";", " ").split():
        raise CnnError("{source}{text} is outside the brackets", source=source, text=repr(left[0][:30]))
    rows = inner.findall(text)
    if len(rows) > 1:
        return [" ".join(row.splitlines()).strip() for row in rows]
    lines = re.split(r";" if ";" in rows[0] else r"\n", rows[0])  # [1 2; 3 4]
    return [line for line in (" ".join(line.splitlines()).strip() for line in lines) if line]


def _narrow(values: Matrix, whole: bool) -> Matrix:
    """Convert to uint8, int16 or float64, as the module's docstring says."""
    if whole:
        low, high = values.min(), values.max()
        if low >= 0 and high <= 255:
            return values.astype(np.uint8)
        if low >= -(2**15) and high < 2**15:
            return values.astype(np.int16)
    return values.astype(np.float64)


def load_matrix(path: PathLike) -> Matrix:
    """Read an (H, W) matrix from a text file (UTF-8, or UTF-16 with a byte order mark) or a `.npy` file.

    From a `.npy` file, uint8, int8, int16, float32 and float64 keep their dtype; other integers are converted as in
    text. Raises `CnnError` for anything but a matrix of finite numbers. Pickled objects are never loaded.
    """
    name = shown(path)
    with open_to_read(path) as file:
        try:
            if file.peek(8).startswith(NUMPY_MAGIC):
                return _numpy(file, name)
            data = file.read(MAX_TEXT + 1)
        except OSError as error:
            raise CnnError("{path} cannot be read: {reason}", path=name, reason=reason_of(error)) from error
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise CnnError("{path} is neither text nor a .npy file", path=name) from error
    return _parse(text, f"{name}: ")


def _numpy(file: BinaryIO, name: str) -> Matrix:
    try:
        shape, dtype = _header(file)
        if len(shape) != 2 or dtype.kind not in "biuf" or not 0 < math.prod(shape) <= MAX_CELLS:
            raise CnnError(
                "{path} holds an array of shape {shape} and dtype {dtype};"
                " a matrix is (H, W) numbers, at most {most:,}",
                path=name,
                shape=str(shape),
                dtype=str(dtype),
                most=MAX_CELLS,
            )
        file.seek(0)
        stored = np.lib.format.read_array(file, allow_pickle=False)
    except CnnError:
        raise
    except Exception as error:  # numpy's parser raises many types for a damaged file
        raise CnnError("{path} cannot be read as an array: {reason}", path=name, reason=str(error)) from error
    array = np.array(stored, dtype=stored.dtype.newbyteorder("="), order="C")
    if not np.isfinite(array).all():
        row, column = np.argwhere(~np.isfinite(array))[0] + 1
        raise CnnError(
            "{source}row {row}, column {column} is {text}, not a finite number",
            source=f"{name}: ",
            row=int(row),
            column=int(column),
            text=str(array[row - 1, column - 1]),
        )
    if array.dtype in (np.uint8, np.int8, np.int16, np.float32, np.float64):
        return array
    if array.dtype.kind == "f":
        return array.astype(np.float32 if array.dtype.itemsize == 2 else np.float64)
    return _narrow(array, whole=True)


def _header(file: BinaryIO) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return the shape and dtype in the header of a `.npy` file, so that no more than a matrix is read."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _fortran, dtype = read(file)
    return shape, dtype


def open_image(path: PathLike, mode: Mode = "grey") -> Matrix:
    """Read a picture or a matrix, recognised by its content: (H, W), or (H, W, 3) for a picture in mode "rgb".

    Raises `CnnError`.
    """
    with open_to_read(path) as file:
        start = file.read(4096)
    suffix = Path(name_of(path)).suffix.lower()
    if start.startswith(SIGNATURES) or (suffix in SUFFIXES and not start.startswith(NUMPY_MAGIC)):
        return load_picture(path, mode)
    written = not re.search(rb"[\x00-\x08\x0e-\x1f]", start) and re.search(rb"\d", start) and b"<" not in start
    if (
        start.startswith((NUMPY_MAGIC, b"\xff\xfe", b"\xfe\xff"))
        or suffix in (".csv", ".txt", ".tsv", ".npy")
        or written
    ):
        return load_matrix(path)
    return load_picture(path, mode)  # its error says what the file is instead
