"""Networks with random initial weights: those that a training run begins with."""

from __future__ import annotations

from cnncore._files import PathLike, name_of
from cnncore.network import Network
from cnncore.training.config import NetworkName, TrainConfig
from cnncore.training.core.networks import network


def untrained(config: TrainConfig) -> Network:
    """Return the network of `config` before its first step in the C core. Keras's rules draw the weights, but its
    numbers differ for the same seed."""
    return network(config).to_network()


def fresh_network(name: NetworkName = "fashion", *, seed: int = 0, dropout: float = 0.0) -> Network:
    """Return the `untrained` network called `name`. The same seed gives the same weights."""
    return untrained(TrainConfig(network=name, seed=seed, dropout=dropout))


def save_untrained(config: TrainConfig, path: PathLike) -> None:
    """Write the `untrained` network of `config` to a `.keras` file. Raises `CnnError`."""
    network(config).save(name_of(path))
