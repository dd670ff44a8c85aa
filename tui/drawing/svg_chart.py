"""A line chart as an SVG picture, for reports and slides: curves over epochs, with a legend and a grid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from tui.drawing.chart import HUGE, tick_step

WIDTH, HEIGHT = 800, 480
"""Pixels."""
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 50, 60
FONT = "font-family='sans-serif' font-size='13'"


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through `points` (x, y), NaN left out. A circle marks the point whose x is `marked`."""

    label: str
    points: Sequence[tuple[float, float]]
    colour: str
    dashed: bool = False
    marked: float | None = None


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to pixels, with the values of its ticks."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        return round(self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start), 2)


def svg_chart(curves: Sequence[Curve], *, title: str, x_label: str, y_label: str) -> str:
    """The picture as text. The ranges are those of the points, rounded outward to the ticks in y."""
    known = [[(x, y) for x, y in curve.points if abs(x) <= HUGE and abs(y) <= HUGE] for curve in curves]
    x = _scale((x for points in known for x, _y in points), LEFT, WIDTH - RIGHT, 10, whole=True)
    y = _scale((y for points in known for _x, y in points), HEIGHT - BOTTOM, TOP, 8)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' height='{HEIGHT}'"
        f" role='img' {FONT}>",
        f"<title>{_text(title)}</title>",
        f"<rect width='{WIDTH}' height='{HEIGHT}' fill='white'/>",
        f"<text x='{LEFT}' y='18'>{_text(title)}</text>",
        *_axes(x, y, x_label, y_label),
        *_legend(curves),
    ]
    for curve, points in zip(curves, known, strict=True):
        parts += _line(curve, [(x.at(a), y.at(b)) for a, b in points])
        parts += [_circle(curve, x.at(a), y.at(b)) for a, b in points if a == curve.marked]
    return "\n".join([*parts, "</svg>", ""])


def _scale(values: Iterable[float], start: float, end: float, most: int, *, whole: bool = False) -> _Scale:
    """`whole` keeps the ends of the values, with ticks at whole numbers."""
    numbers = list(values) or [0.0, 1.0]
    low, high = min(numbers), max(numbers)
    if high - low <= 1e-6 * max(abs(low), abs(high), 1e-6):
        low, high = low - 0.5, high + 0.5
    step = tick_step(low, high, most)
    if whole:
        step = max(1.0, step)
    else:
        low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return _Scale(low, high, start, end, tuple(index * step for index in range(first, last + 1)))


def _axes(x: _Scale, y: _Scale, x_label: str, y_label: str) -> list[str]:
    parts = []
    for value in y.ticks:
        at = y.at(value)
        parts.append(f"<path d='M{LEFT} {at}H{WIDTH - RIGHT}' stroke='#dddddd'/>")
        parts.append(f"<text x='{LEFT - 8}' y='{at + 4}' text-anchor='end'>{value:.4g}</text>")
    for value in x.ticks:
        at = x.at(value)
        parts.append(f"<path d='M{at} {HEIGHT - BOTTOM}v5' stroke='black'/>")
        parts.append(f"<text x='{at}' y='{HEIGHT - BOTTOM + 20}' text-anchor='middle'>{value:g}</text>")
    parts.append(f"<path d='M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}' stroke='black' fill='none'/>")
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f"<text x='{middle}' y='{HEIGHT - 18}' text-anchor='middle'>{_text(x_label)}</text>")
    height = (TOP + HEIGHT - BOTTOM) / 2
    turned = f"transform='rotate(-90 16 {height})' text-anchor='middle'"
    parts.append(f"<text x='16' y='{height}' {turned}>{_text(y_label)}</text>")
    return parts


def _legend(curves: Sequence[Curve]) -> list[str]:
    parts = []
    for index, curve in enumerate(curves):
        at = LEFT + index * (WIDTH - LEFT - RIGHT) / max(1, len(curves))
        parts.append(f"<path d='M{at:g} 34h28' {_stroke(curve)}/>")
        parts.append(f"<text x='{at + 34:g}' y='38'>{_text(curve.label)}</text>")
    return parts


def _line(curve: Curve, points: Sequence[tuple[float, float]]) -> list[str]:
    if len(points) == 1:
        return [_circle(curve, *points[0])]
    path = " ".join(f"{a:g},{b:g}" for a, b in points)
    return [f"<polyline points='{path}' {_stroke(curve)}/>"] if points else []


def _circle(curve: Curve, x: float, y: float) -> str:
    return f"<circle cx='{x:g}' cy='{y:g}' r='5' fill='{curve.colour}'/>"


def _stroke(curve: Curve) -> str:
    dashes = " stroke-dasharray='6 4'" if curve.dashed else ""
    return f"stroke='{curve.colour}' stroke-width='2' fill='none'{dashes}"


def _text(text: str) -> str:
    """Text for a picture, without the characters that XML cannot hold."""
    return escape("".join(letter for letter in text if letter.isprintable()))
