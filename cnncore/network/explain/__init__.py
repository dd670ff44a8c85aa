"""One value of a network explained: the values it is computed from, each step, and the values computed from it.

inside = network.activations(image)
explanation = explain(network, image, inside, layer=2, position=(3, 4, 17))
explanation.value, explanation.core, explanation.difference   # recomputed in float64, by the C core, and the difference
for source in explanation.sources: ...                        # position in the layer before, value, weight, product
for stage in explanation.stages: ...                          # sum, + bias, ReLU ...
feeds(network, 2, (3, 4, 17))                                 # the positions of the next layer that read it
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
