"""A sentence on each line of the program: what it does, and its name."""

from __future__ import annotations

from collections.abc import Mapping

from cnncore.training.architecture.script import Part, ScriptLine
from cnncore.training.config import TrainConfig
from tui.i18n import N_, _

PARTS: Mapping[Part, str] = {
    "import": N_("import: the names that the program uses, from {library}."),
    "load": N_("load_data gives the images, pixels from 0 to 255, and their labels."),
    "divide": N_("The division by 255: pixels from 0 to 255 become values from 0 to 1, which suits the first weights."),
    "model": N_("Sequential: layers in a row; each takes the output of the one before."),
    "compile": N_("compile chooses how the network learns: optimizer, loss and metrics."),
    "callback": N_("A callback: fit calls it after each epoch. This one ends training at the accuracy that is enough."),
    "fit": N_("fit trains the network: in each step the weights change a little."),
    "evaluate": N_("evaluate measures loss and accuracy on the test images, which the network has not seen."),
    "plot": N_("The plot: accuracy after each epoch. Where the two curves part, the network overfits."),
}
OPTIMIZERS: Mapping[str, str] = {
    "adam": N_("adam, the optimizer: moves each weight against its gradient, by a step of its own size."),
    "adamw": N_("adamw, the optimizer: adam, and all weights shrink a little in each step."),
    "rmsprop": N_("rmsprop, the optimizer: divides each gradient by the root of its recent mean square."),
    "sgd": N_("sgd, the optimizer: moves each weight against its gradient, times the learning rate."),
}
LOSSES: Mapping[str, str] = {
    "sparse_categorical_crossentropy": N_(
        "The loss: -log of the probability given to the right class; sparse: a label is a class number."
    ),
    "binary_crossentropy": N_("The loss: -log of the probability given to the right one of two classes."),
}
LINES: tuple[tuple[str, str], ...] = (
    ("set_random_seed", N_("The seed: the same seed gives the same initial weights and the same order of images.")),
    (".reshape(", N_("reshape adds the last axis, the channels: a grey image has one.")),
    ("Input(", N_("Input: the shape of one image: height, width, channels.")),
    ("model.summary", N_("summary prints the layers with their output shapes and parameters.")),
    ("metrics=", N_("accuracy, the metric: the share of images classified correctly. Only the loss is minimised.")),
    ("stop_training", N_("stop_training: the callback ends the training after this epoch.")),
    ("epochs=", N_("epochs: passes over all training images. A hyperparameter: there is no right answer.")),
    ("batch_size=", N_("batch_size: images per step. A hyperparameter: there is no right answer.")),
    ("validation_split=", N_("validation_split: the share of images, from the end, that is only measured.")),
    ("callbacks=", N_("callbacks: objects that fit calls, here after each epoch.")),
)
"""Sentences for lines that contain a text."""
LAYER = N_("Layer {number}. Its numbers are hyperparameters: chosen, not learned; there is no right answer.")


def line_words(line: ScriptLine, config: TrainConfig, library: str) -> str:
    """What a line does, in one sentence or two."""
    if line.layer is not None:
        return _(LAYER).format(number=line.layer + 1)
    if "optimizer=" in line.text:
        return _(OPTIMIZERS[config.optimizer])
    if "loss=" in line.text:
        return _(next(words for name, words in LOSSES.items() if name in line.text))
    words = next((words for text, words in LINES if text in line.text), PARTS[line.part])
    return _(words).format(library=library)
