"""The terms of one explained value as a CSV file, every number exact."""

from __future__ import annotations

from cnncore._files import PathLike, write_text
from cnncore.network.explain.explanation import Explanation

_AXES = {1: ("index",), 2: ("row", "column"), 3: ("row", "column", "map")}
"""Column titles for the axes of a position, by its rank."""


def save_terms(explained: Explanation, path: PathLike) -> None:
    """Write one line per term: its position in the layer before and its value, and for a weighted layer the weight and
    the product. The file is written atomically. Raises `CnnError`."""
    sources = explained.sources
    columns = [*sources.positions.T, sources.values]
    titles = [*_AXES[sources.positions.shape[1]], "value"]
    if sources.weights is not None:
        columns += [sources.weights, sources.products]
        titles += ["weight", "product"]
    rows = zip(*(column.tolist() for column in columns), strict=True)
    write_text("\n".join([",".join(titles), *(",".join(map(repr, row)) for row in rows), ""]), path)
