"""Kitty's graphics protocol, as far as it is needed: a picture over some cells, and its removal.

https://sw.kovidgoyal.net/kitty/graphics-protocol/. Of its ways the oldest and simplest, which most terminals know: a
picture lies over the text and stays until it is removed. (Below the text, by a negative z-index, a dialog would cover
it by itself; but kitty 0.26 draws the whole window in another way then, and with software rendering leaves traces of
what was there before. As Unicode placeholders it would be text like any other, which kitty knows only from 0.28 on.)
"""

from __future__ import annotations

from base64 import standard_b64encode

CHUNK = 4096


def place(png: bytes, number: int, lines: int, cells: int) -> str:
    """Shows a PNG as picture `number` in lines x cells from the cursor on, which stays where it is. No answer is asked
    for: it would be taken for keys."""
    data = standard_b64encode(png).decode("ascii")
    chunks = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)] or [""]
    parts = []
    for at, chunk in enumerate(chunks):
        more = f"m={int(at + 1 < len(chunks))}"
        first = f"a=T,f=100,i={number},p=1,c={cells},r={lines},C=1,q=2,"
        parts.append(f"\x1b_G{first if at == 0 else 'q=2,'}{more};{chunk}\x1b\\")
    return "".join(parts)


def move(number: int, lines: int, cells: int) -> str:
    """Shows picture `number`, which the terminal has, from the cursor on."""
    return f"\x1b_Ga=p,i={number},p=1,c={cells},r={lines},C=1,q=2\x1b\\"


def remove(number: int) -> str:
    """Takes picture `number` away and out of the terminal's memory."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"
