"""The built-in images; the computed ones do not import Pillow."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from cnncore.datasets import EXAMPLES, example
from cnncore.datasets.examples import TITLES, Example
from cnncore.errors import CnnError


def test_the_lesson() -> None:
    assert example("example").tolist() == [[206, 205, 247], [244, 161, 137], [192, 154, 75]]
    assert EXAMPLES[0].id == "example"


@pytest.mark.parametrize("entry", EXAMPLES, ids=lambda entry: entry.id)
def test_every_example(entry: Example) -> None:
    image = entry.make()
    assert image.dtype == np.uint8 and image.flags.writeable and image.flags.c_contiguous
    assert image.ndim == 2 or image.shape[2] == 3
    assert int(image.max()) - int(image.min()) > 100
    image[:] = 0
    assert entry.make().any()  # changes to one array do not affect the next


def test_ids_and_titles_differ() -> None:
    assert len({entry.id for entry in EXAMPLES}) == len(set(TITLES)) == len(EXAMPLES)
    assert all(entry.id == entry.id.lower() and " " not in entry.id for entry in EXAMPLES)


def test_an_unknown_example() -> None:
    with pytest.raises(CnnError, match="'cat'; choose one of example, letter"):
        example("cat")


def test_importing_is_light() -> None:
    code = (
        "import sys, cnncore.datasets as d; d.parse_matrix('1 2'); d.example('disc');"
        "print([m for m in ('PIL', 'keras', 'tensorflow', 'platformdirs', 'textual', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
