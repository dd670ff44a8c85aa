"""The parts of Kitty's graphics protocol used here: placing a picture over some cells, moving and removing it.

https://sw.kovidgoyal.net/kitty/graphics-protocol/. This is the oldest and simplest way, which most terminals know: a
picture covers the text and stays until it is removed. (With a negative z-index it would be below the text, and a
dialog would cover it; but kitty 0.26 then draws the whole window in another way and, with software rendering, leaves
traces. Unicode placeholders would make it ordinary text, but kitty has them only since 0.28.)
"""

from __future__ import annotations

from base64 import standard_b64encode

CHUNK = 4096


def place(png: bytes, number: int, lines: int, cells: int) -> str:
    """Show a PNG as picture `number` in lines x cells from the cursor on; the cursor does not move. No answer is
    requested: it would be taken for keys."""
    data = standard_b64encode(png).decode("ascii")
    chunks = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)] or [""]
    parts = []
    for at, chunk in enumerate(chunks):
        more = f"m={int(at + 1 < len(chunks))}"
        first = f"a=T,f=100,i={number},p=1,c={cells},r={lines},C=1,q=2,"
        parts.append(f"\x1b_G{first if at == 0 else 'q=2,'}{more};{chunk}\x1b\\")
    return "".join(parts)


def move(number: int, lines: int, cells: int) -> str:
    """Show picture `number`, which the terminal already has, from the cursor on."""
    return f"\x1b_Ga=p,i={number},p=1,c={cells},r={lines},C=1,q=2\x1b\\"


def remove(number: int) -> str:
    """Remove picture `number` from the screen and from the terminal's memory."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"
