"""Networks as lists that can be edited: layers with their hyperparameters, before any weight exists.

net = preset("fashion")
net = net.changed(0, "filters", 32).inserted(2, LayerSpec("Dropout", {"rate": 0.4}))
for row in outline(net): ...       # shapes, parameters and receptive fields; what is impossible, and why
model = build(net, seed=0)         # an untrained `cnncore.models.Sequential`
print(script(net, TrainConfig()))  # the same as a program for Keras or for cnncore
"""

from cnncore.training.architecture.architecture import (
    Architecture,
    architecture_from_plain,
    read_architecture,
    write_architecture,
)
from cnncore.training.architecture.keras_network import architecture_of_file
from cnncore.training.architecture.layer import KINDS, OPTIONS, LayerSpec, Option
from cnncore.training.architecture.outline import Row, check, loss_of, outline
from cnncore.training.architecture.presets import PRESETS, preset, with_dropout, without_dropout

__all__ = [
    "KINDS",
    "OPTIONS",
    "PRESETS",
    "Architecture",
    "LayerSpec",
    "Option",
    "Row",
    "architecture_from_plain",
    "architecture_of_file",
    "check",
    "loss_of",
    "outline",
    "preset",
    "read_architecture",
    "with_dropout",
    "without_dropout",
    "write_architecture",
]
