"""Bytes from a terminal that are not keys: codes out of range, missing fields, halves of characters."""

ODD = [
    b"\x1b[99999999999;5u", b"\x1b[1114112u", b"\x1b[55296;;55296u", b"\x1b[97;;55296u", b"\x1b[97;;99999999u",
    b"\x1b[:::u", b"\x1b[;;;u", b"\x1b[u", b"\x1b[0u", b"\x1b[97;99999999999u", b"\x1b[97;5:3u", b"\x1b[99;5:3u",
    b"\x1b[48;0;0;0;0t\x1b[<0;3;9M\x1b[<0;3;9m", b"\x1b[48;9999;9999;1;1t", b"\xff\xfe\xc3", b"\x00\x80",
    b"\x1b[<999999999999;1;1M", b"\x1b[<0;-9;99999m", b"\x1b[?2026;9$y", b"\x1b[99999;99999R", b"\x1b[M\xff\xff\xff",
]  # fmt: skip
