"""Line charts as SVG: scales, gaps, nothing to draw."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tui.drawing.svg_chart import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Curve, svg_chart

SVG = "{http://www.w3.org/2000/svg}"
NAN = float("nan")


def drawn(*curves: Curve) -> ElementTree.Element:
    return ElementTree.fromstring(svg_chart(curves, title="t", x_label="x", y_label="y"))


def test_points_lie_where_the_ticks_say() -> None:
    picture = drawn(Curve("one", [(0, 0.0), (5, 0.5), (10, 1.0)], "red", marked=5))
    (line,) = picture.iter(f"{SVG}polyline")
    points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
    middle = ((LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2)
    assert points == [(LEFT, HEIGHT - BOTTOM), middle, (WIDTH - RIGHT, TOP)]
    (circle,) = picture.iter(f"{SVG}circle")
    assert (float(circle.attrib["cx"]), float(circle.attrib["cy"])) == middle
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert {"t", "x", "y", "one", "0", "10", "0.2", "1"} <= set(texts)


@pytest.mark.parametrize("points", [[], [(1.0, NAN)], [(1.0, 0.5)], [(1.0, 0.5), (2.0, 0.5)], [(1, NAN), (2, 1e300)]])
def test_few_points_are_no_error(points: list[tuple[float, float]]) -> None:
    picture = drawn(Curve("one", points, "red"), Curve("two", [(1.0, 0.25)], "blue", dashed=True))
    assert "nan" not in ElementTree.tostring(picture, "unicode")
    assert len(list(picture.iter(f"{SVG}circle"))) == 1 + (points == [(1.0, 0.5)])
