"""Kitty's graphics protocol, as far as it is needed: a picture under some cells, and its removal.

https://sw.kovidgoyal.net/kitty/graphics-protocol/. A picture lies so deep that it is seen only through cells without a
background of their own. Every other cell of the app has one: a dialog over a picture covers it by itself, and a picture
that is no longer wanted is out of sight at once.
"""

from __future__ import annotations

from base64 import standard_b64encode

DEEP = -(1 << 31) + 16
"""Under 1 << 30 below the text, a picture is below the cells' backgrounds as well."""
CHUNK = 4096


def place(png: bytes, number: int, lines: int, cells: int) -> str:
    """Shows a PNG as picture `number` in lines x cells from the cursor on, which stays where it is. No answer is asked
    for: it would be taken for keys."""
    data = standard_b64encode(png).decode("ascii")
    chunks = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)] or [""]
    found = []
    for at, chunk in enumerate(chunks):
        more = f"m={int(at + 1 < len(chunks))}"
        first = f"a=T,f=100,i={number},p=1,c={cells},r={lines},C=1,z={DEEP},q=2,"
        found.append(f"\x1b_G{first if at == 0 else 'q=2,'}{more};{chunk}\x1b\\")
    return "".join(found)


def move(number: int, lines: int, cells: int) -> str:
    """Shows picture `number`, which the terminal has, from the cursor on."""
    return f"\x1b_Ga=p,i={number},p=1,c={cells},r={lines},C=1,z={DEEP},q=2\x1b\\"


def remove(number: int) -> str:
    """Takes picture `number` away and out of the terminal's memory."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"
