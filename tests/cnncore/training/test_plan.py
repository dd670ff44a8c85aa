"""The summary that needs no Keras is the summary of what Keras builds."""

from __future__ import annotations

import pytest

from cnncore.training.config import NETWORKS, NetworkName, TrainConfig
from cnncore.training.plan import planned


def test_the_parameters_of_the_two_networks() -> None:
    assert planned(TrainConfig()).parameters == 640 + 36_928 + 204_928 + 1_290 == 243_786
    assert planned(TrainConfig(network="binary")).parameters == 30_917_793


def test_the_shapes_on_the_way() -> None:
    rows = planned(TrainConfig()).layers
    assert [row.output_shape[0] for row in rows] == [26, 13, 11, 5, 1600, 128, 10]


@pytest.mark.keras
@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_keras_builds_what_is_planned(network: NetworkName, dropout: float) -> None:
    pytest.importorskip("keras")
    from cnncore.keras.build import build

    config = TrainConfig(network=network, dropout=dropout)
    model = build(config)
    plan = planned(config)
    assert plan.parameters == model.count_params()
    built = [(x.name, type(x).__name__, tuple(x.output.shape[1:]), x.count_params()) for x in model.layers]
    assert [(row.name, row.kind, row.output_shape, row.parameters) for row in plan.layers] == built
