"""A model of a terminal's pictures: it decodes Kitty's protocol and Sixel."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

TOKEN = re.compile(
    rb"\x1b_G(?P<keys>[^;\x1b]*)(?:;(?P<payload>[^\x1b]*))?\x1b\\"
    rb"|\x1bP(?P<sixel>[0-9;]*q[^\x1b]*)\x1b\\"
    rb"|\x1b\[(?P<row>\d+);(?P<column>\d+)H"
    rb"|(?P<leave>\x1b\[\?1049l)"
    rb"|(?P<enter>\x1b\[\?1049h)",
)
QUERIES = (b"\x1b[c", b"\x1b[0c", b"\x1b[>c", b"\x1b[>q", b"\x1b[14t", b"\x1b[16t", b"\x1b[18t", b"a=q")
"""Queries whose answers would arrive as keys."""


@dataclass(frozen=True)
class Laid:
    """A picture on the screen and its position in cells. For Sixel, `cells` and `lines` are 0: it has its own size."""

    x: int
    y: int
    cells: int
    lines: int
    pixels: Any


class TerminalModel:
    """Feed it bytes. `pictures` are those on the screen by number (for Sixel, by position), `left` those left behind
    by the app."""

    def __init__(self) -> None:
        self.pictures: dict[Any, Laid] = {}
        self.memory: dict[int, Any] = {}
        self.sent = 0
        self.left: dict[Any, Laid] | None = None
        self._at = (0, 0)
        self._rest = b""
        self._keys: dict[str, str] = {}
        self._payload = b""

    def feed(self, data: bytes) -> None:
        data = self._rest + data
        end = 0
        for match in TOKEN.finditer(data):
            end = match.end()
            if match["row"]:
                self._at = (int(match["column"]) - 1, int(match["row"]) - 1)
            elif match["enter"]:
                self.pictures.clear()
                self.memory.clear()
            elif match["leave"]:
                self.left = dict(self.pictures)
            elif match["sixel"]:
                self.sent += 1
                self.pictures[self._at] = Laid(*self._at, 0, 0, decode_sixel(match["sixel"].decode("ascii")))
            else:
                self._command(match["keys"].decode("ascii"), match["payload"] or b"")
        self._rest = data[max(end, len(data) - (1 << 20)) :]

    def _command(self, text: str, payload: bytes) -> None:
        keys = dict(part.split("=") for part in text.split(","))
        assert keys.get("q") == "2", "an answer would be taken for keys"
        assert len(payload) <= 4096
        if self._payload or keys.get("m") == "1" or keys.get("a") == "T":
            if not self._payload:
                self._keys = keys
            self._payload += payload
            if keys.get("m") == "1":
                assert len(payload) % 4 == 0
                return
            keys, whole = self._keys, b64decode(self._payload, validate=True)
            self._payload = b""
            self.sent += 1
            self.memory[int(keys["i"])] = np.asarray(Image.open(io.BytesIO(whole)).convert("RGB"))
        number = int(keys["i"])
        if keys["a"] == "d":
            assert keys["d"] == "I", "else its data stays in the terminal's memory"
            self.memory.pop(number, None)
            self.pictures.pop(number, None)
        elif number in self.memory:
            assert keys["C"] == "1", "else the cursor moves"
            self.pictures[number] = Laid(*self._at, int(keys["c"]), int(keys["r"]), self.memory[number])


def decode_sixel(text: str) -> Any:
    """(H, W, 3) uint8; every pixel must be painted."""
    parameters, _, body = text.partition("q")
    assert parameters.split(";")[1] == "1"
    raster = re.match(r'"1;1;(\d+);(\d+)', body)
    assert raster is not None
    width, height = int(raster[1]), int(raster[2])
    pixels = np.full((height, width, 3), -1, np.int16)
    colours: dict[int, tuple[int, ...]] = {}
    x = top = 0
    colour: tuple[int, ...] = ()
    for define, choose, count, repeated, single in re.findall(
        r"#(\d+;2;\d+;\d+;\d+)|#(\d+)|!(\d+)(.)|(.)", body[raster.end() :]
    ):
        if define:
            number, _two, *parts = map(int, define.split(";"))
            assert max(parts) <= 100
            colours[number] = tuple((part * 255 + 50) // 100 for part in parts)
        elif choose:
            colour = colours[int(choose)]
        elif single == "$":
            x = 0
        elif single == "-":
            x, top = 0, top + 6
        else:
            length, bits = int(count or 1), ord(repeated or single) - 63
            assert 0 <= bits < 64
            for bit in range(6):
                if bits >> bit & 1:
                    assert top + bit < height and x + length <= width, "outside of what was announced"
                    pixels[top + bit, x : x + length] = colour
            x += length
    assert pixels.min() >= 0, "not painted"
    return pixels.astype(np.uint8)
