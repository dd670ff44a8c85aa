"""Matrices of numbers in every notation, and the errors for other text."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example as tried
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnncore.datasets.matrices import load_matrix, open_image, parse_matrix
from cnncore.datasets.pictures import save_picture
from cnncore.errors import CnnError

LESSON = np.array([[206, 205, 247], [244, 161, 137], [192, 154, 75]], np.uint8)


@pytest.mark.parametrize(
    "text",
    [
        "206 205 247\n244 161 137\n192 154 75",
        "206,205,247\r\n244,161,137\r\n192,154,75\r\n",
        "206, 205, 247,\n244, 161, 137,\n192, 154, 75,",
        "206;205;247\n244;161;137\n192;154;75\n\n",
        "206\t205\t247\n244\t161\t137\n192\t154\t75",
        '"206","205","247"\n"244","161","137"\n"192","154","75"',
        "[[206, 205, 247], [244, 161, 137], [192, 154, 75]]",
        "[[206 205 247]\n [244 161 137]\n [192 154  75]]",
        "[206 205 247; 244 161 137; 192 154 75]",
        "[206, 205, 247]\n[244, 161, 137]\n[192, 154, 75]",
        "array([[206, 205, 247],\n       [244, 161, 137],\n       [192, 154,  75]], dtype=uint8)",
        "np.array([[206, 205, 247], [244, 161, 137], [192, 154, 75]])",
        "((206, 205, 247), (244, 161, 137), (192, 154, 75),)",
        "[[206,\n205, 247], [244,\n 161, 137], [192, 154, 75]]",
        "\ufeff  206 205   247  \n\n 244 161 137\n192 154 +75",
    ],
)
def test_every_way_to_write_it(text: str) -> None:
    got = parse_matrix(text)
    assert got.dtype == np.uint8 and np.array_equal(got, LESSON)


@pytest.mark.parametrize(
    ("text", "dtype", "values"),
    [
        ("0 255", np.uint8, [[0, 255]]),
        ("0 256", np.int16, [[0, 256]]),
        ("0 -1 0", np.int16, [[0, -1, 0]]),
        ("\u22121 5", np.int16, [[-1, 5]]),
        ("-32768 32767", np.int16, [[-32768, 32767]]),
        ("32768", np.float64, [[32768]]),
        ("1 2.0", np.float64, [[1, 2]]),
        (".5 1. 1e2 -2E-1", np.float64, [[0.5, 1, 100, -0.2]]),
        ("7", np.uint8, [[7]]),
        ("1\n2", np.uint8, [[1], [2]]),
    ],
)
def test_the_dtype_follows_from_the_numbers(text: str, dtype: type[np.generic], values: list[list[float]]) -> None:
    got = parse_matrix(text)
    assert got.dtype == dtype and got.tolist() == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there are no numbers"),
        (" \n\t\n", "there are no numbers"),
        ("[[], []]", "there are no numbers"),
        ("1 2 3\n4 5", "row 2 has 2 numbers, but row 1 has 3"),
        ("1,2\n3,four", "row 2, column 2 is 'four', not a finite number"),
        ("1,nan", "row 1, column 2 is 'nan'"),
        ("1 inf", "row 1, column 2 is 'inf'"),
        ("1 1e999", "row 1, column 2 is '1e999'"),
        ("1,,3", "row 1, column 2 is empty"),
        ("1_000", "'1_000'"),
        ("0x10", "'0x10'"),
        ("\u0661", "not a finite number"),
        ("1,5;2,5", "separated by both , and ;"),
        ("[[1, 2], [3]", "a bracket is not closed or not opened"),
        ("]1[", "a bracket is not closed or not opened"),
        ("[[[1]]]", "3 deep"),
        ("[[1, 2], x]", "'x' is outside"),
        ("[[1, 2], []]", "row 2"),
        ("x" * 500, r"'x{30}\.\.\.'"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    with pytest.raises(CnnError, match=message):
        parse_matrix(text)


def test_too_many_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnncore.datasets.matrices.MAX_CELLS", 10)
    monkeypatch.setattr("cnncore.datasets.matrices.MAX_TEXT", 100)
    assert parse_matrix("1 2 3 4 5\n6 7 8 9 10").shape == (2, 5)
    with pytest.raises(CnnError, match="more than 10 numbers"):
        parse_matrix("1 2 3 4\n" * 3)
    with pytest.raises(CnnError, match="more than 100 characters"):
        parse_matrix("1 " * 51)


@given(text=st.text(alphabet='0123456789.,;[](){}+-eE \t\n\r\x0b\u2028\u2212nax"#', max_size=60) | st.text(max_size=40))
@settings(max_examples=400, deadline=None)
@tried("[[]]")
@tried("[;]")
@tried(",")
@tried('""')
@tried("9" * 5000)
def test_any_text(text: str) -> None:
    try:
        got = parse_matrix(text)
    except CnnError:
        return
    assert got.ndim == 2 and got.size and got.dtype in (np.uint8, np.int16, np.float64)
    assert np.isfinite(got).all()


@given(
    array=hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2), elements=st.floats(-1e300, 1e300)),
    separator=st.sampled_from([",", ";", "\t", " ", " , "]),
)
@settings(max_examples=60, deadline=None)
def test_round_trip(array: Any, separator: str) -> None:
    text = "\n".join(separator.join(map(repr, row)) for row in array.tolist())
    got = parse_matrix(text)
    assert np.array_equal(got, array)
    assert np.array_equal(parse_matrix(repr(array.tolist())), array)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "matrix.csv"
    path.write_bytes("206,205,247\r\n244,161,137\r\n192,154,75".encode(encoding))
    assert np.array_equal(load_matrix(path), LESSON)
    assert np.array_equal(open_image(path), LESSON)


def test_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "matrix.csv"
    path.write_text("1,2\n3,x")
    with pytest.raises(CnnError, match=r"matrix\.csv: row 2, column 2 is 'x'"):
        load_matrix(path)
    path.write_bytes(b"\xff\xff\x00\x80")
    with pytest.raises(CnnError, match=r"matrix\.csv is neither text nor"):
        load_matrix(path)
    with pytest.raises(CnnError, match="no such file"):
        load_matrix(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("given_dtype", "dtype"),
    [("u1", "u1"), ("i1", "i1"), (">i2", "i2"), (">f4", "f4"), ("f8", "f8"), ("i8", "u1"), ("?", "u1"), ("f2", "f4")],
)
def test_numpy_files(tmp_path: Path, given_dtype: str, dtype: str) -> None:
    path = tmp_path / "matrix.npy"
    np.save(path, np.array([[1, 0], [1, 1]], given_dtype))
    got = load_matrix(path)
    assert got.dtype == np.dtype(dtype) and got.dtype.isnative and got.tolist() == [[1, 0], [1, 1]]
    got[0, 0] = 0  # it is a copy, not the file
    assert open_image(path)[0, 0] == 1


class Trap:
    def __reduce__(self) -> Any:
        return (exec, ("raise SystemExit('code was run')",))


def test_numpy_files_that_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    for array in (np.zeros(3), np.zeros((2, 2, 2)), np.zeros((0, 3)), np.array([["a"]]), np.zeros((2, 2), complex)):
        np.save(path, array)
        with pytest.raises(CnnError, match=r"x\.npy"):
            load_matrix(path)
    np.save(path, np.array([[1, np.nan]]))
    with pytest.raises(CnnError, match="row 1, column 2 is nan"):
        load_matrix(path)
    np.save(path, np.array([[Trap()]], object), allow_pickle=True)
    with pytest.raises(CnnError, match="dtype object"):
        load_matrix(path)
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(CnnError):
        load_matrix(path)
    np.save(path, np.zeros((5, 5)))
    whole = path.read_bytes()
    for cut in range(0, len(whole), 7):
        path.write_bytes(whole[:cut])
        with warnings.catch_warnings(), pytest.raises(CnnError):
            warnings.simplefilter("ignore")
            load_matrix(path)


def test_open_image_goes_by_content(tmp_path: Path) -> None:
    save_picture(LESSON, tmp_path / "x.png")
    assert np.array_equal(open_image(tmp_path / "x.png"), LESSON)
    assert open_image(tmp_path / "x.png", "rgb").shape == (3, 3, 3)
    (tmp_path / "x.png").rename(tmp_path / "unnamed")
    assert np.array_equal(open_image(tmp_path / "unnamed"), LESSON)
    (tmp_path / "numbers").write_text("1 2\n3 4")
    assert open_image(tmp_path / "numbers").tolist() == [[1, 2], [3, 4]]
    (tmp_path / "x.svg").write_text("<svg width='3'/>")
    with pytest.raises(CnnError, match="SVG"):
        open_image(tmp_path / "x.svg")
    (tmp_path / "x.jpg").write_text("1 2\n3 4")
    with pytest.raises(CnnError, match="is not a picture"):
        open_image(tmp_path / "x.jpg")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ('"1,234","5,678"', [[1234, 5678]]),
        ('"1,234"\n"5,678"', [[1234], [5678]]),
        ('"1,234.5","2"', [[1234.5, 2]]),
        ('"1,5","2,25"', [[1.5, 2.25]]),
        ('"0,123","1,000"', [[0.123, 1]]),
        ('"1.234,5";"7,5"', [[1234.5, 7.5]]),
        ('"1,234";"0,5"', [[1.234, 0.5]]),
        ('"1,234,567";"-1,234"', [[1234567, -1234]]),
        ('"1 234" "5"', [[1234, 5]]),
        ('"1\u202f234","1\u2019234"', [[1234, 1234]]),
        ('"1",2\n3,"4"', [[1, 2], [3, 4]]),
        ('"1" ; "2"\n"3" ; "4"', [[1, 2], [3, 4]]),
        ('"1"\t"2"', [[1, 2]]),
        ('"1e3","2.5"', [[1000, 2.5]]),
    ],
)
def test_a_quoted_cell_is_one_cell(text: str, numbers: list[list[float]]) -> None:
    assert parse_matrix(text).tolist() == numbers


@pytest.mark.parametrize("text", ['"1,2,3",4', '"a,b",1', '"","1"', '"1,23,456"', '"12,34.5"', '"', '"1""2",3'])
def test_a_quoted_cell_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(CnnError, match="row 1, column 1"):
        parse_matrix(text)
