"""Network files damaged by accident or on purpose: damaged bytes, damaged archives, edited descriptions.

Each is a bounded sample drawn from a seed; another `seed` or a larger `count` gives others of the same classes.
"""

from __future__ import annotations

import copy
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 3, 7, 10**4, 10**9, 2**31, 2**63, 10**30, 0.5, -2.5, 1e308, float("nan"),
    float("inf"), "", "x", "same", "relu", "softmax", "nan", "10", "\udcff", "../../x", [], [0], [1, 1], [3, 3, 3],
    [10**5, 10**5], [None], [None, None], [[1, 1], [1, 1]], [[0, 10**6], [0, 10**6]], {}, {"a": 1},
    {"class_name": "Lambda", "module": "keras.layers", "config": {}}, {"class_name": "function", "config": "exec"},
)  # fmt: skip
"""Values most of which are wrong wherever they are put."""


def entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], *, compressed: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


# Damaged bytes.


def _cut(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data))]


def _flipped(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 8, 100])):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _blank(data: bytes, dice: random.Random) -> bytes:
    at, length = dice.randrange(len(data)), dice.choice([1, 16, 512, 4096])
    fill = dice.choice([b"\0", b"\xff", b"A"])
    return data[:at] + fill * len(data[at : at + length]) + data[at + length :]


def _moved(data: bytes, dice: random.Random) -> bytes:
    """A part missing or repeated."""
    at, length = dice.randrange(len(data)), dice.choice([1, 7, 64, 1024])
    return data[:at] + data[at + length :] if dice.random() < 0.5 else data[: at + length] + data[at:]


def _joined(data: bytes, dice: random.Random) -> bytes:
    noise = dice.randbytes(dice.choice([1, 40, 5000]))
    return dice.choice([noise + data, data + noise, data + data, noise])


def _number(data: bytes, dice: random.Random) -> bytes:
    """A number of the format itself, a length or an offset, made large."""
    at, size = dice.randrange(len(data) - 8), dice.choice([2, 4, 8])
    number: int = dice.choice([0, 1, 2 ** (8 * size) - 1, 2 ** (8 * size - 1), 2 ** (8 * size - 2)])
    return data[:at] + number.to_bytes(size, "little") + data[at + size :]


# Damaged archives: each entry is intact, but its content is not.


def _inside(data: bytes, dice: random.Random) -> bytes:
    """An entry damaged like a file, with a valid checksum."""
    parts = entries(data)
    name = dice.choice(sorted(parts))
    parts[name] = dice.choice(BYTES)(parts[name] + b"\0" * 16, dice)
    return packed(parts, compressed=dice.random() < 0.3)


def _exchanged(data: bytes, dice: random.Random) -> bytes:
    parts = entries(data)
    one, other = dice.sample(sorted(parts), 2)
    parts[one], parts[other] = parts[other], parts[one]
    return packed(parts)


def _missing(data: bytes, dice: random.Random) -> bytes:
    parts = entries(data)
    for name in dice.sample(sorted(parts), dice.randint(1, len(parts))):
        part = parts.pop(name)
        if dice.random() < 0.3:
            parts[dice.choice([name.upper(), "../" + name, "/" + name, name + "/"])] = part
    return packed(parts)


BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (_cut, _flipped, _blank, _moved, _joined, _number)
DAMAGES = (*BYTES, _inside, _exchanged, _missing)


def damages(data: bytes, count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """`count` damaged copies of a good file, evenly over all classes, each with a description of its damage."""
    for number in range(count):
        damage = DAMAGES[number % len(DAMAGES)]
        yield f"{damage.__name__} {seed}/{number}", damage(data, random.Random(f"{seed}/{number}"))


# Edited descriptions.


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all parts of a JSON value, from the outside in."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*path, key))


def edits(description: Any, count: int, seed: int = 0) -> Iterator[tuple[str, Any]]:
    """`count` descriptions with one thing edited: a value exchanged, a name left out, a list longer or shorter."""
    everywhere = list(places(description))
    for number in range(count):
        dice = random.Random(f"{seed}/{number}")
        edited = copy.deepcopy(description)
        *outer, last = dice.choice(everywhere)
        inside = edited
        for key in outer:
            inside = inside[key]
        kind = dice.randrange(6)
        if kind == 0:
            del inside[last]
        elif kind == 1 and isinstance(inside, list):
            inside += [copy.deepcopy(inside[last])] * dice.choice([1, 3, 3000])
        elif kind == 2 and isinstance(inside, dict):
            inside[dice.choice(["name", "units", "layers", "class_name", "module", "z"])] = inside.pop(last)
        else:
            inside[last] = dice.choice(ODD)
        yield f"edit {seed}/{number} of {'/'.join(map(str, [*outer, last]))}", edited


def text(description: Any) -> bytes:
    return json.dumps(description).encode()
