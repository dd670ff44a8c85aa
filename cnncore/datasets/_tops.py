"""Tops and dresses: one drawing function, and a range of measurements for each class.

The ranges overlap, as they do in a real wardrobe: a pullover is a shirt without buttons, and some buttons are hard to
see. So the classes cannot be told apart without errors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from cnncore.datasets._pen import Pen, Point, pick


@dataclass(slots=True)
class Top:
    """The measurements of a top or a dress. Lengths are in units of the square."""

    shoulder: float
    chest: float
    waist: float
    hem: float
    bottom: float
    sleeve: float
    spread: float  # the angle of the sleeves from straight down
    sleeve_width: float
    neck: str  # round, v, boat, collar, turtle, hood, lapel, straps
    opening: str = "none"  # none, short, buttons, zip, open
    pockets: bool = False
    cuffs: bool = False
    top: float = -0.85


def _top(pen: Pen, random: Random, t: Top) -> None:
    cloth, detail, top = pen.cloth, pen.detail, t.top
    neck = min(0.24, t.shoulder * random.uniform(0.32, 0.5))
    shoulder_y = top + random.uniform(0.06, 0.14)
    inside = cloth * random.uniform(0.15, 0.6)
    if t.neck == "hood":
        pen.disc(0, top, neck * 1.5, 0.17, cloth * 0.85)
    elif t.neck == "turtle":
        pen.shape(
            [(-neck, top - 0.13), (neck, top - 0.13), (neck * 1.1, top + 0.08), (-neck * 1.1, top + 0.08)], cloth * 0.9
        )
    if t.sleeve > 0:
        _sleeves(pen, t, shoulder_y, cloth * random.uniform(0.8, 1.0), detail)
    armpit = shoulder_y + t.sleeve_width + 0.12
    middle = (armpit + t.bottom) / 2 - 0.05
    right = [(neck, top), (t.shoulder, shoulder_y), (t.chest, armpit), (t.waist, middle), (t.hem, t.bottom)]
    if t.neck == "straps":
        right[0] = (t.shoulder * 0.8, shoulder_y + 0.16)
        right[1] = (t.shoulder, shoulder_y + 0.2)
        pen.both(
            [(t.shoulder * 0.75, top), (t.shoulder * 0.9, top), (t.shoulder, armpit), (t.shoulder * 0.75, armpit)],
            cloth,
        )
    pen.shape(right + [(-x, y) for x, y in reversed(right)], cloth)
    if t.sleeve > 0:
        pen.both([(t.shoulder - 0.02, shoulder_y), (t.shoulder + 0.01, shoulder_y), (t.chest, armpit)], cloth * 0.75)
    _front(pen, random, t, top)
    _neckline(pen, random, t, neck, inside)


def _sleeves(pen: Pen, t: Top, shoulder_y: float, shade: float, detail: float) -> None:
    along = (math.sin(t.spread), math.cos(t.spread))
    inward = (-along[1], along[0])
    x, y, end = t.shoulder, shoulder_y, t.sleeve_width * 0.75

    def at(distance: float, aside: float) -> Point:
        return x + along[0] * distance + inward[0] * aside, y + along[1] * distance + inward[1] * aside

    pen.both([(x, y), at(t.sleeve, 0), at(t.sleeve, end), at(0.0, t.sleeve_width)], shade)
    if t.cuffs:
        pen.both([at(t.sleeve - 0.09, 0), at(t.sleeve, 0), at(t.sleeve, end), at(t.sleeve - 0.09, end)], detail)


def _front(pen: Pen, random: Random, t: Top, top: float) -> None:
    """Draw the front: its opening, buttons, pockets, and the band at the hem."""
    detail = pen.detail
    if t.opening == "open":
        gap = random.uniform(0.03, 0.14)
        pen.shape([(0, top), (gap, t.bottom), (-gap, t.bottom)], pen.cloth * random.uniform(0.0, 0.5))
    elif t.opening != "none":
        end = top + 0.4 if t.opening == "short" else t.bottom
        pen.line([(0, top), (0, end)], detail, 0.07 if t.opening == "zip" else 0.045)
        if t.opening == "buttons":
            y = top + random.uniform(0.15, 0.3)
            apart = random.uniform(0.18, 0.34)
            while y < end - 0.05:
                pen.disc(0.03, y, 0.045, 0.045, 255 - detail)
                y += apart
    if t.pockets:
        y = random.uniform(0.1, 0.4)
        inner = t.hem * random.uniform(0.3, 0.5)
        pen.both([(inner, y), (t.hem * 0.85, y - 0.02), (t.hem * 0.85, y + 0.05), (inner, y + 0.07)], detail)
    if t.cuffs:
        pen.shape([(-t.hem, t.bottom - 0.09), (t.hem, t.bottom - 0.09), (t.hem, t.bottom), (-t.hem, t.bottom)], detail)


def _neckline(pen: Pen, random: Random, t: Top, neck: float, inside: float) -> None:
    top, detail = t.top, pen.detail
    depth = random.uniform(0.07, 0.2)
    if t.neck == "round":
        pen.hollow(neck, top, depth, inside)
    elif t.neck == "boat":
        pen.hollow(neck * 1.5, top, depth * 0.5, inside)
    elif t.neck == "v":
        pen.shape([(-neck, top - 0.02), (neck, top - 0.02), (0, top + depth * 2)], inside)
    elif t.neck == "hood":
        pen.disc(0, top + 0.03, neck * 0.9, 0.12, inside)
    elif t.neck in ("collar", "lapel"):
        reach = 0.17 if t.neck == "collar" else random.uniform(0.35, 0.6)
        pen.shape([(-neck, top - 0.02), (neck, top - 0.02), (0, top + reach)], inside)
        pen.both(
            [(neck * 0.9, top - 0.07), (neck * 1.4, top + 0.06), (neck * 0.7, top + reach), (0.01, top + reach)], detail
        )


def t_shirt(pen: Pen, random: Random) -> None:
    u = random.uniform
    sleeve = {"short": u(0.22, 0.5), "none": 0.0, "long": u(0.9, 1.4)}[
        pick(random, (0.84, "short"), (0.09, "none"), (0.07, "long"))
    ]
    spread = u(0.4, 1.0) if sleeve < 0.6 else u(0.1, 0.35)
    chest = u(0.42, 0.56)
    opening = pick(random, (0.92, "none"), (0.05, "short"), (0.03, "buttons"))
    neck = "collar" if opening != "none" else pick(random, (0.6, "round"), (0.25, "v"), (0.15, "boat"))
    _top(
        pen,
        random,
        Top(
            chest + u(0.0, 0.1),
            chest,
            chest * u(0.85, 1.0),
            chest * u(0.9, 1.1),
            u(0.65, 0.95),
            sleeve,
            spread,
            u(0.22, 0.36),
            neck,
            opening,
            cuffs=random.random() < 0.08,
        ),
    )


def pullover(pen: Pen, random: Random) -> None:
    u = random.uniform
    chest = u(0.42, 0.58)
    neck = pick(random, (0.5, "round"), (0.13, "v"), (0.09, "boat"), (0.1, "turtle"), (0.14, "hood"), (0.04, "collar"))
    opening = pick(random, (0.94, "none"), (0.04, "short"), (0.02, "zip"))
    _top(
        pen,
        random,
        Top(
            chest + u(0.0, 0.1),
            chest,
            chest * u(0.9, 1.0),
            chest * u(0.88, 1.08),
            u(0.62, 0.95),
            u(1.1, 1.5),
            u(0.05, 0.36),
            u(0.24, 0.36),
            neck,
            opening,
            random.random() < 0.08,
            random.random() < 0.5,
        ),
    )


def coat(pen: Pen, random: Random) -> None:
    u = random.uniform
    chest = u(0.42, 0.6)
    neck = pick(random, (0.3, "lapel"), (0.3, "collar"), (0.2, "hood"), (0.12, "round"), (0.08, "turtle"))
    opening = pick(random, (0.3, "zip"), (0.32, "buttons"), (0.32, "open"), (0.06, "none"))
    _top(
        pen,
        random,
        Top(
            chest + u(0.0, 0.1),
            chest,
            chest * u(0.85, 1.0),
            chest * u(0.9, 1.2),
            u(0.75, 1.0),
            u(1.15, 1.55),
            u(0.05, 0.3),
            u(0.25, 0.38),
            neck,
            opening,
            random.random() < 0.5,
            random.random() < 0.25,
        ),
    )


def shirt(pen: Pen, random: Random) -> None:
    u = random.uniform
    kind = pick(random, (0.62, "long"), (0.28, "short"), (0.1, "none"))
    sleeve, spread = {"long": (u(1.05, 1.5), u(0.05, 0.4)), "short": (u(0.25, 0.55), u(0.35, 0.9)), "none": (0.0, 0.0)}[
        kind
    ]
    chest = u(0.4, 0.55)
    neck = pick(random, (0.62, "collar"), (0.2, "round"), (0.12, "v"), (0.06, "boat"))
    opening = pick(random, (0.66, "buttons"), (0.1, "short"), (0.06, "open"), (0.18, "none"))
    _top(
        pen,
        random,
        Top(
            chest + u(0.0, 0.08),
            chest,
            chest * u(0.85, 1.0),
            chest * u(0.9, 1.15),
            u(0.7, 0.97),
            sleeve,
            spread,
            u(0.2, 0.32),
            neck,
            opening,
            random.random() < 0.2,
            random.random() < 0.2,
        ),
    )


def dress(pen: Pen, random: Random) -> None:
    u = random.uniform
    kind = pick(random, (0.5, "none"), (0.32, "short"), (0.18, "long"))
    sleeve, spread = {"none": (0.0, 0.0), "short": (u(0.15, 0.4), u(0.3, 0.8)), "long": (u(0.8, 1.3), u(0.05, 0.3))}[
        kind
    ]
    chest = u(0.25, 0.38)
    neck = pick(random, (0.45, "round"), (0.22, "v"), (0.13, "boat"), (0.2, "straps" if sleeve == 0 else "collar"))
    opening = pick(random, (0.85, "none"), (0.08, "buttons"), (0.07, "short"))
    t = Top(
        chest + u(-0.05, 0.06),
        chest,
        chest * u(0.72, 1.0),
        u(0.26, 0.62),
        u(0.9, 1.0),
        sleeve,
        spread,
        u(0.16, 0.26),
        neck,
        opening,
        top=-0.95,
    )
    _top(pen, random, t)
    if random.random() < 0.3:  # a belt
        y = u(-0.15, 0.05)
        pen.shape([(-t.waist, y), (t.waist, y), (t.waist, y + 0.07), (-t.waist, y + 0.07)], pen.detail)
    for _ in range(random.choice((0, 0, 1, 2))):  # pleats
        x = u(-0.7, 0.7)
        pen.line([(x * t.waist, 0.1), (x * t.hem, t.bottom)], pen.cloth * 0.7, 0.04)
