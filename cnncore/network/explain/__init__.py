"""One value of a network explained: where it came from, every number on the way, and where it goes.

inside = network.activations(image)
found = explain(network, image, inside, layer=2, position=(3, 4, 17))
found.value, found.core, found.difference          # recomputed in float64, by the C core, and how far apart
for source in found.sources: ...                   # position in the layer before, value, weight, product
for stage in found.stages: ...                     # sum, + bias, ReLU ...
feeds(network, 2, (3, 4, 17))                      # the positions of the next layer it goes into
"""

from cnncore.network.explain.explanation import (
    Channels,
    DropoutInTraining,
    Explanation,
    FlatIndex,
    Operation,
    Order,
    Remainder,
    SoftmaxTable,
    Source,
    Sources,
    Stage,
)
from cnncore.network.explain.layers import explain
from cnncore.network.explain.positions import Position, Positions, feeds, receptive_field, sources_of

__all__ = [
    "Channels",
    "DropoutInTraining",
    "Explanation",
    "FlatIndex",
    "Operation",
    "Order",
    "Position",
    "Positions",
    "Remainder",
    "SoftmaxTable",
    "Source",
    "Sources",
    "Stage",
    "explain",
    "feeds",
    "receptive_field",
    "sources_of",
]
