"""The configuration of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cnncore._arguments import integer, one_of, switch
from cnncore.child.messages import AsJson
from cnncore.errors import CnnError

if TYPE_CHECKING:
    from cnncore.training.architecture import Architecture

NetworkName: TypeAlias = Literal["fashion", "binary", "lenet5", "tiny", "softmax", "own"]
NETWORKS: tuple[NetworkName, ...] = ("fashion", "binary", "lenet5", "tiny", "softmax")
OWN: NetworkName = "own"
"""The name of a network that `architecture` describes."""
OptimizerName: TypeAlias = Literal["adam", "adamw", "rmsprop", "sgd"]
OPTIMIZERS: tuple[OptimizerName, ...] = ("adam", "adamw", "rmsprop", "sgd")
OPTIMIZER_CLASSES: dict[OptimizerName, str] = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "sgd": "SGD"}
"""The names of their classes in Keras."""
EngineName: TypeAlias = Literal["auto", "core", "keras"]
ENGINES: tuple[EngineName, ...] = ("auto", "core", "keras")


@dataclass(frozen=True, slots=True)
class TrainConfig(AsJson):
    """The configuration of one run. The defaults are those of the lesson: 6 epochs, batches of 100, the last quarter
    for validation.

    `limit` is the number of images to use (0: all); `dropout` is the rate of the Dropout layers (0: no such layers);
    `data` is a folder of images ("": the default sources of `cnncore.datasets`); `output` is the `.keras` file and
    `history` the CSV file to write ("": none). `stop_at_accuracy` ends the run once the training accuracy of an epoch
    reaches it (0: never), as the lesson's callback does. `engine` computes the run: the C core, Keras, or with "auto"
    the C core. `resume` goes on with the run that wrote `output` and was stopped or killed (`cnncore.training.resume`).

    `network` names a preset of `cnncore.training.architecture`; with `architecture`, an `Architecture` or its plain
    form, it is "own". `learning_rate` is that of the `optimizer` (0: its default in Keras). `normalize` divides the
    pixels by 255. Raises `CnnError` for an invalid field.
    """

    network: NetworkName = "fashion"
    data: str = ""
    epochs: int = 6
    batch_size: int = 100
    validation_split: float = 0.25
    limit: int = 0
    seed: int = 0
    dropout: float = 0.0
    stop_at_accuracy: float = 0.0
    output: str = ""
    history: str = ""
    engine: EngineName = "auto"
    resume: bool = False
    architecture: Any = None
    optimizer: OptimizerName = "adam"
    learning_rate: float = 0.0
    normalize: bool = True

    def __post_init__(self) -> None:
        if self.architecture is not None:
            self._take(self.architecture)
        names: tuple[str, ...]
        for name, names in (
            ("network", NETWORKS if self.architecture is None else (OWN,)),
            ("engine", ENGINES),
            ("optimizer", OPTIMIZERS),
        ):
            one_of(getattr(self, name), name, names)
        switch(self.resume, "resume")
        switch(self.normalize, "normalize")
        integer(self.epochs, "epochs", at_least=1)
        integer(self.batch_size, "batch_size", at_least=1)
        integer(self.limit, "limit", at_least=0)
        integer(self.seed, "seed", at_least=0)
        for name in ("validation_split", "dropout"):
            value = getattr(self, name)
            if not 0 <= value < 1:
                raise CnnError("{name} must be at least 0 and below 1, got {value}", name=name, value=value)
        if not 0 <= self.stop_at_accuracy <= 1:
            raise CnnError(
                "{name} must be from 0 to 1, got {value}", name="stop_at_accuracy", value=self.stop_at_accuracy
            )
        if not (isfinite(self.learning_rate) and self.learning_rate >= 0):
            raise CnnError(
                "{name} must be at least {at_least}, got {value}",
                name="learning_rate",
                at_least=0,
                value=self.learning_rate,
            )
        if self.architecture is not None:
            from cnncore.training.architecture import check  # layers need numpy, which most configurations do not

            check(self.design)

    def _take(self, given: Any) -> None:
        """Keep the architecture in its plain form, which is what a JSON file holds."""
        from cnncore.training.architecture import Architecture, architecture_from_plain  # as in `__post_init__`

        network = given if isinstance(given, Architecture) else architecture_from_plain(given)
        object.__setattr__(self, "architecture", network.to_plain())
        object.__setattr__(self, "network", OWN)

    @property
    def optimizer_config(self) -> dict[str, Any]:
        """The optimizer in the form it has in a `.keras` file, which both engines read."""
        rate = {"learning_rate": self.learning_rate} if self.learning_rate else {}
        return {"class_name": OPTIMIZER_CLASSES[self.optimizer], "config": rate}

    @property
    def design(self) -> Architecture:
        """The network to train, with its Dropout layers."""
        # As in `__post_init__`.
        from cnncore.training.architecture import architecture_from_plain, preset, with_dropout

        plain = self.architecture
        network = preset(self.network) if plain is None else architecture_from_plain(plain)
        return with_dropout(network, self.dropout) if self.dropout else network
