"""One value of a network explained: where it came from, every number on the way, and where it goes.

inside = network.activations(image)
found = explain(network, image, inside, layer=2, place=(3, 4, 17))
found.value, found.core, found.difference          # recomputed in float64, by the C core, and how far apart
for source in found.sources: ...                   # place in the layer before, value, weight, product
for stage in found.stages: ...                     # sum, + bias, ReLU ...
feeds(network, 2, (3, 4, 17))                      # the places of the next layer it goes into
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
from cnncore.network.explain.places import Place, Places, fed_by, feeds, receptive_field

__all__ = [
    "Channels",
    "DropoutInTraining",
    "Explanation",
    "FlatIndex",
    "Operation",
    "Order",
    "Place",
    "Places",
    "Remainder",
    "SoftmaxTable",
    "Source",
    "Sources",
    "Stage",
    "explain",
    "fed_by",
    "feeds",
    "receptive_field",
]
