"""Drawing of the ten garments: trousers, shoes and bags here; tops and dresses in `_tops`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random

from cnncore.datasets._pen import Pen, Point, pick
from cnncore.datasets._tops import coat, dress, pullover, shirt, t_shirt


def _trouser(pen: Pen, random: Random) -> None:
    u = random.uniform
    waist, hip, bottom = u(0.24, 0.4), u(0.3, 0.46), u(0.82, 1.0)
    crotch = u(-0.5, -0.15)
    apart, leg = u(0.0, 0.16), u(0.14, 0.3)
    pen.shape([(-waist, -0.97), (waist, -0.97), (hip, crotch), (-hip, crotch)], pen.cloth)
    pen.both([(0.0, crotch - 0.05), (hip, crotch - 0.02), (apart + leg, bottom), (apart, bottom)], pen.cloth)
    pen.line([(0, crotch), (0, crotch + 0.2), (apart * 0.2, bottom)], pen.cloth * u(0.0, 0.7), 0.045)
    if random.random() < 0.6:
        pen.shape([(-waist, -0.97), (waist, -0.97), (waist * 1.02, -0.89), (-waist * 1.02, -0.89)], pen.detail)
    if random.random() < 0.4:
        pen.line([(0, -0.9), (0, crotch)], pen.detail, 0.04)
    if random.random() < 0.4:
        pen.both([(waist * 0.5, -0.86), (waist * 0.95, -0.7), (waist * 0.97, -0.64), (waist * 0.5, -0.8)], pen.detail)
    if random.random() < 0.25:  # turned-up hems
        pen.both(
            [(apart, bottom - 0.08), (apart + leg + 0.01, bottom - 0.08), (apart + leg, bottom), (apart, bottom)],
            pen.detail,
        )


def _heel(pen: Pen, random: Random, floor: float, thick: float, high: float) -> list[Point]:
    """Draw the sole of a shoe in side view, toe to the left, in the shade `detail`. Returns its upper edge from toe to
    heel."""
    arch = floor - thick - high
    edge = [(-0.92, floor - thick), (-0.3, floor - thick), (0.25, arch * 0.6 + (floor - thick) * 0.4), (0.88, arch)]
    under = [(0.88, arch + thick), (0.25, arch * 0.6 + (floor - thick) * 0.4 + thick), (-0.3, floor), (-0.9, floor)]
    pen.shape(edge + under, pen.detail)
    if high > 0.03:
        wide = random.uniform(0.06, 0.4)
        pen.shape([(0.9 - wide, arch), (0.9, arch), (0.86, floor), (0.88 - wide * 0.8, floor)], pen.detail)
    return edge


def _sandal(pen: Pen, random: Random) -> None:
    u = random.uniform
    high = random.choice((0.0, 0.02, u(0.1, 0.65)))
    edge = _heel(pen, random, u(0.35, 0.6), u(0.07, 0.2), high)
    rise, cloth = u(0.3, 0.65), pen.cloth
    for _ in range(random.choice((1, 2, 2, 3, 4))):  # straps over the foot
        x = u(-0.8, 0.3)
        y = _height(edge, x)
        wide = u(0.05, 0.26)
        tip = rise * u(0.4, 0.9)
        pen.shape([(x, y), (x + u(0.1, 0.4), y - tip), (x + wide + 0.4, y - tip * 0.9), (x + wide, y)], cloth)
    if random.random() < 0.7:  # round the ankle
        y = edge[-1][1] - rise
        pen.line(
            [(0.86, edge[-1][1]), (0.84, y), (0.3, y - u(-0.1, 0.1)), (u(-0.1, 0.2), edge[2][1])], cloth, u(0.05, 0.13)
        )
    if random.random() < 0.2:  # closed heel
        pen.shape(
            [(0.4, edge[2][1]), (0.88, edge[3][1]), (0.85, edge[3][1] - rise), (0.55, edge[3][1] - rise * 0.7)], cloth
        )


def _height(edge: Sequence[Point], x: float) -> float:
    """Return the height of the upper edge of a sole at `x`."""
    for (x0, y0), (x1, y1) in pairwise(edge):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return edge[-1][1]


def _sneaker(pen: Pen, random: Random) -> None:
    u = random.uniform
    floor, collar = u(0.35, 0.55), u(-0.45, -0.12)
    if random.random() < 0.07:
        collar = u(-0.7, -0.45)  # a high one
    edge = _heel(pen, random, floor, u(0.06, 0.18), 0.0)
    base, tongue = edge[0][1], u(-0.05, 0.25)
    toe = base - u(0.12, 0.3)
    upper = [
        (-0.9, base),
        (-0.92, toe + 0.08),
        (-0.75, toe),
        (-0.4, toe - 0.06),
        (tongue, collar - 0.06),
        (tongue + 0.12, collar),
        (0.5, collar + u(0.0, 0.12)),
        (0.84, collar - u(0.0, 0.08)),
        (0.88, base),
    ]
    pen.shape(upper, pen.cloth)
    if random.random() < 0.65:  # laces
        for k in range(3):
            part = (k + 0.7) / 3.6
            x, y = -0.4 + (tongue + 0.4) * part, toe - 0.06 + (collar - toe) * part
            pen.line([(x, y), (x + 0.16, y + 0.13)], pen.detail, 0.05)
    _stripe(pen, random, base, collar)
    if random.random() < 0.3:  # toe cap
        pen.shape([(-0.9, base), (-0.92, toe + 0.08), (-0.75, toe), (-0.6, toe), (-0.6, base)], pen.detail)


def _stripe(pen: Pen, random: Random, base: float, collar: float) -> None:
    u = random.uniform
    if random.random() < 0.55:
        for k in range(random.choice((1, 1, 2, 3))):
            x = -0.15 + k * 0.17
            pen.line([(x, base), (x + u(0.15, 0.3), collar + u(0.15, 0.3))], pen.detail, 0.07)


def _ankle_boot(pen: Pen, random: Random) -> None:
    u = random.uniform
    floor, collar = u(0.6, 0.85), u(-0.95, -0.55)
    if random.random() < 0.1:
        collar = u(-0.5, -0.25)  # a low one
    edge = _heel(pen, random, floor, u(0.05, 0.15), random.choice((0.0, 0.05, u(0.08, 0.4))))
    base, front = edge[0][1], u(-0.1, 0.25)
    toe = base - u(0.15, 0.32)
    back = edge[3][1]
    ankle = collar + (toe - collar) * u(0.5, 0.8)
    pen.shape(
        [
            (-0.9, base),
            (-0.93, toe + 0.1),
            (-0.7, toe),
            (-0.4, toe - 0.06),
            (front - 0.06, ankle),
            (front - u(0.0, 0.12), collar),
            (0.8 + u(-0.05, 0.1), collar + u(-0.06, 0.06)),
            (0.8, ankle),
            (0.88, back),
            (0.25, edge[2][1]),
            (-0.3, base),
        ],
        pen.cloth,
    )
    if random.random() < 0.35:  # zip or elastic
        x = u(0.25, 0.55)
        pen.line([(x, collar), (x, back - 0.05)], pen.detail, u(0.04, 0.16))
    if random.random() < 0.35:  # laces
        for k in range(4):
            y = collar + (ankle - collar) * (k + 0.5) / 4
            pen.line([(front - 0.05, y), (front + 0.18, y + 0.04)], pen.detail, 0.05)
    if random.random() < 0.3:
        pen.line([(front - 0.06, ankle), (0.82, ankle + 0.02)], pen.detail, 0.07)


def _bag(pen: Pen, random: Random) -> None:
    u = random.uniform
    top, bottom = u(-0.5, 0.1), u(0.6, 0.95)
    wide, under = u(0.5, 0.95), u(0.55, 0.98)
    handle = pick(random, (0.45, "arc"), (0.2, "two"), (0.2, "strap"), (0.15, "none"))
    reach, high, thick = wide * u(0.35, 0.8), u(0.3, 0.65), u(0.05, 0.11)
    peak = max(-0.97, top - high)
    if handle in ("arc", "two"):
        for shift in (0.0,) if handle == "arc" else (-0.1, 0.1):
            curve = [
                (shift - reach * math.cos(k * math.pi / 8), top + 0.05 + (peak - top) * math.sin(k * math.pi / 8))
                for k in range(9)
            ]
            pen.line(curve, pen.cloth * 0.85, thick)
    elif handle == "strap":
        pen.line([(-wide * 0.9, top + 0.1), (u(-0.2, 0.2), -0.95), (wide * 0.9, top + 0.1)], pen.cloth * 0.8, thick)
    corner = u(0.0, 0.2)
    right = [(wide - corner, top), (wide, top + corner), (under, bottom - corner), (under - corner, bottom)]
    pen.shape(right + [(-x, y) for x, y in reversed(right)], pen.cloth)
    if random.random() < 0.5:  # a flap
        low = top + (bottom - top) * u(0.25, 0.6)
        pen.shape(
            [
                (-wide, top + corner),
                (-wide + corner, top),
                (wide - corner, top),
                (wide, top + corner),
                (wide * 0.9, low),
                (-wide * 0.9, low),
            ],
            pen.detail,
        )
    if random.random() < 0.5:
        pen.disc(0, top + (bottom - top) * u(0.2, 0.55), 0.07, 0.07, 255 - pen.cloth)
    if random.random() < 0.3:
        y = top + (bottom - top) * u(0.5, 0.9)
        pen.line([(-under * 0.95, y), (under * 0.95, y)], pen.detail, 0.05)


OUTLINES: tuple[Callable[[Pen, Random], None], ...] = (
    t_shirt,
    _trouser,
    pullover,
    dress,
    coat,
    _sandal,
    shirt,
    _sneaker,
    _bag,
    _ankle_boot,
)
"""One function per class, in Fashion-MNIST's order."""

SIDE_VIEWS = frozenset((5, 7, 9))
"""Shoes, which can point either way."""
