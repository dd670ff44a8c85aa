"""`Sequential`: a chain of layers that can be trained, with the methods of Keras's class.

    model = Sequential([Input((28, 28, 1)), Conv2D(64, 3, activation="relu"), MaxPooling2D(), Flatten(), Dense(10)])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(images, labels, epochs=6, batch_size=100, validation_split=0.25)

The layers and weights are here; `cnncore.training.core` trains them, `cnncore.network.Network` predicts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncore._arguments import counted, described, items, switch, text
from cnncore._dtypes import Array
from cnncore.errors import CnnError
from cnncore.layers.base import Layer, shape_without_batch
from cnncore.layers.shaping import InputLayer
from cnncore.models.building import build_layer, build_layers, name_layer, takes
from cnncore.models.summary import summary_text
from cnncore.network import Network
from cnncore.network.layer import Shape
from cnncore.utils import next_seed

if TYPE_CHECKING:
    import numpy.typing as npt

    from cnncore.callbacks import History
    from cnncore.training.core.compiled import Compiled
    from cnncore.training.core.optimizers import Optimizer


class Sequential:
    """Layers in a row. It is built, and its weights drawn, once the shape of its input is known: from `Input`, from
    `input_shape=` of the first layer, from `build`, or from the images given to `fit`."""

    def __init__(
        self,
        layers: Sequence[Layer] | None = None,
        trainable: bool = True,
        name: str | None = None,
        *,
        seed: np.random.SeedSequence | None = None,
    ) -> None:
        """`seed`: of everything drawn at random; without it `cnncore.utils.set_random_seed` decides."""
        self.name = "sequential" if name is None else text(name, "name")
        self._trainable = switch(trainable, "trainable")
        self.stop_training = False
        """A callback sets it to end `fit` after the current epoch."""
        self.compiled: Compiled | None = None
        self.history: History | None = None
        """Of the last `fit`."""
        self._input: InputLayer | None = None
        self._layers: list[Layer] = []
        weights, training = (next_seed() if seed is None else seed).spawn(2)
        self._draw = np.random.default_rng(weights)
        self.random = np.random.default_rng(training)
        """The stream that orders images and drops values. Kept apart from the weights', so that two models with one
        seed begin alike whatever layers they have."""
        self._network: tuple[tuple[int, ...], Network] | None = None
        given = [] if layers is None else items(layers)
        if given is None:
            raise CnnError("layers must be a list of layers, got {value}", value=described(layers))
        for layer in given:
            self.add(layer)

    def add(self, layer: Layer) -> None:
        """Append a layer. Raises `CnnError`, and leaves the model as it was, for what does not fit."""
        if not isinstance(layer, Layer):
            raise CnnError("a layer of cnncore.layers is needed, got {value}", value=described(layer))
        if any(layer is one for one in self._layers):
            raise CnnError("layer {layer} is in this model already; make another", layer=repr(layer.label))
        if isinstance(layer, InputLayer):
            if self._input is not None or self._layers:
                raise CnnError("Input must be the first entry of a model, and the only one")
            name_layer(layer, self._layers)
            self._input = layer
            return
        named = layer.name
        name_layer(layer, self._layers)
        try:
            if not self._layers and layer.given_shape is not None and self._input is None:
                layer_input = InputLayer(layer.given_shape)
                build_layer(layer, layer_input.shape, self._draw)
                name_layer(layer_input, self._layers)
                self._input = layer_input
            elif (shape := self._shape_so_far()) is not None:
                build_layer(layer, shape, self._draw)
        except CnnError:
            layer.name = named
            raise
        if not self._trainable:
            layer.trainable = False
        self._layers.append(layer)
        self.compiled = None

    @property
    def trainable(self) -> bool:
        """Set, it is set for every layer; as in Keras, `compile` again afterwards."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = switch(value, "trainable")
        for layer in self._layers:
            layer.trainable = self._trainable
        self.compiled = None

    def pop(self) -> Layer:
        """Remove and return the last layer."""
        if not self._layers:
            raise CnnError("the model has no layers to remove")
        self.compiled = None
        return self._layers.pop()

    def _shape_so_far(self) -> Shape | None:
        if self.built:
            self._must_be_built()
        if self._layers:
            return self._layers[-1].output_shape
        return None if self._input is None else self._input.shape

    def build(self, input_shape: Any = None) -> None:
        """Draw the weights. `input_shape` is Keras's: with the batch in front, (None, 28, 28, 1)."""
        if input_shape is not None and not self.built:
            given = items(input_shape) or []
            without = given[1:] if given and given[0] is None else given
            self._build_for(shape_without_batch(without))
        self._must_be_built()

    def _build_for(self, shape: Shape) -> None:
        layer_input = InputLayer(shape)
        build_layers(self._layers, shape, self._draw)
        name_layer(layer_input, self._layers)
        self._input = layer_input

    def build_for_images(self, shape: Shape) -> None:
        """Build for inputs of `shape` unless built; a channel axis is added where the first layer needs one."""
        if self.built:
            return
        if len(shape) == 2 and self._layers and not takes(self._layers[0], shape):
            shape = (*shape, 1)
        self._build_for(shape)

    @property
    def built(self) -> bool:
        return self._input is not None and bool(self._layers)

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the input."""
        return list(self._layers)

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """With the batch in front, which is None, as in Keras."""
        self._must_be_built()
        assert self._input is not None
        return (None, *self._input.shape)

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        self._must_be_built()
        return (None, *(self._layers[-1].output_shape or ()))

    @property
    def input_layer(self) -> InputLayer:
        self._must_be_built()
        assert self._input is not None
        return self._input

    def _must_be_built(self) -> None:
        if not self._layers:
            raise CnnError("the model has no layers; add some first")
        if self._input is None:
            raise CnnError(
                "the model has no input shape yet: begin it with Input(shape=(H, W, C)), or give its first layer "
                "input_shape=(H, W, C)"
            )
        # A layer that is in another model too may have been used there with another shape.
        build_layers(self._layers, self._input.shape, self._draw)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer called `name`, or the one at `index`. Raises `CnnError`."""
        if index is not None:
            return self._layers[counted(index, "index", len(self._layers))]
        for layer in self._layers:
            if layer.name == name:
                return layer
        raise CnnError(
            "there is no layer {name}; these are: {names}",
            name=described(name),
            names=", ".join(str(layer.name) for layer in self._layers),
        )

    def count_params(self) -> int:
        """The number of weights of all layers."""
        self._must_be_built()
        return sum(layer.count_params() for layer in self._layers)

    @property
    def weights(self) -> list[Array]:
        """All weights as views that cannot be written to, layer by layer."""
        self._must_be_built()
        return [array for layer in self._layers for array in layer.weights]

    def get_weights(self) -> list[Array]:
        """Copies of all weights, layer by layer, in Keras's order."""
        self._must_be_built()
        return [array for layer in self._layers for array in layer.get_weights()]

    def set_weights(self, weights: Any) -> None:
        """Replace all weights, in the order of `get_weights`. Raises `CnnError` and changes nothing if one is wrong."""
        self._must_be_built()
        given = items(weights)
        count = sum(len(layer.values) for layer in self._layers)
        if given is None or len(given) != count:
            raise CnnError(
                "the model has {count} weight arrays, got {value}",
                count=count,
                value=described(weights) if given is None else len(given),
            )
        before = self.get_weights()
        try:
            self._put(given)
        except CnnError:
            self._put(before)
            raise

    def _put(self, arrays: Sequence[Any]) -> None:
        left = iter(arrays)
        for layer in self._layers:
            layer.set_weights([next(left) for _ in layer.values])

    def summary(self, line_length: int | None = None, print_fn: Callable[[str], object] | None = None) -> None:
        """Print the layers, their output shapes and numbers of weights."""
        del line_length  # the table is as wide as what it holds
        (print_fn or print)(summary_text(self))

    def to_network(self) -> Network:
        """A frozen copy for inference, with every layer's outputs (`Network.activations`)."""
        self._must_be_built()
        version = self._version()
        if self._network is None or self._network[0] != version:
            shape = self.input_layer.shape
            network = Network([layer.network_layer(str(layer.name)) for layer in self._layers], shape)
            self._network = version, network
        return self._network[1]

    def _version(self) -> tuple[int, ...]:
        return tuple(number for layer in self._layers for number in (id(layer), layer.version))

    def predict(
        self,
        x: npt.ArrayLike,
        batch_size: int | None = None,
        verbose: Any = "auto",
        callbacks: Any = None,
        **others: Any,
    ) -> Array:
        """The last layer's output (N, ...) for a batch of inputs, float32. See `Network.predict`."""
        from cnncore.training.core.predict import predict

        refuse("predict", others)
        return predict(self, x, batch_size, verbose, callbacks)

    # Training, which `cnncore.training.core` does.

    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, metrics: Any = None, **options: Any) -> None:
        """Choose the optimizer, the loss and the metrics, by Keras's names or as objects."""
        from cnncore.training.core.compiled import compile_model

        self.compiled = compile_model(self, optimizer, loss, metrics, options)

    @property
    def optimizer(self) -> Optimizer:
        return self._must_be_compiled().optimizer

    @property
    def metrics_names(self) -> list[str]:
        return ["loss", *(metric.name for metric in self._must_be_compiled().metrics)]

    def _must_be_compiled(self) -> Compiled:
        if self.compiled is None:
            raise CnnError('the model is not compiled yet: model.compile("adam", loss, metrics=["accuracy"])')
        return self.compiled

    def fit(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        initial_epoch: int = 0,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
        **others: Any,
    ) -> History:
        """Train, and return the history: `history.history["val_accuracy"]` is a list with a number for each epoch.

        As Keras does it: the last `validation_split` of the images, before any shuffling, is only validated; the rest
        is shuffled for each epoch; loss and metrics of an epoch are running means over its batches. Raises `CnnError`
        for invalid input, for an argument that is not supported, and when the loss is no longer a number.
        """
        from cnncore.training.core.fit import FitOptions, fit

        refuse("fit", others)
        options = FitOptions.of(
            batch_size=batch_size, epochs=epochs, verbose=verbose, shuffle=shuffle, initial_epoch=initial_epoch,
            validation_split=validation_split, validation_batch_size=validation_batch_size,
            validation_freq=validation_freq,
        )  # fmt: skip
        return fit(self, self._must_be_compiled(), x, y, options, callbacks, validation_data)

    def evaluate(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        batch_size: int | None = None,
        verbose: Any = "auto",
        callbacks: Any = None,
        return_dict: bool = False,
        **others: Any,
    ) -> Any:
        """Loss and metrics on `x` and `y`, without training: one number, a list, or a dict with `return_dict`."""
        from cnncore.training.core.fit import evaluate

        refuse("evaluate", others)
        logs = evaluate(self, self._must_be_compiled(), x, y, batch_size, verbose, callbacks)
        if return_dict:
            return logs
        values = [logs[name] for name in self.metrics_names]
        return values[0] if len(values) == 1 else values

    def train_on_batch(self, x: npt.ArrayLike, y: npt.ArrayLike, return_dict: bool = False) -> Any:
        """One step on one batch: its loss and metrics, as they were before the step."""
        from cnncore.training.core.fit import train_on_batch

        logs = train_on_batch(self, self._must_be_compiled(), x, y)
        if return_dict:
            return logs
        values = [logs[name] for name in self.metrics_names]
        return values[0] if len(values) == 1 else values

    def save(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write a `.keras` file that Keras opens too: layers, weights, and how the model was compiled, with the
        optimizer's state. Written whole or not at all. Raises `CnnError`."""
        from cnncore.models.files import save_model

        save_model(self, filepath, overwrite=overwrite)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self._layers)

    def __len__(self) -> int:
        return len(self._layers)

    def __repr__(self) -> str:
        return f"<Sequential {self.name!r}: {len(self._layers)} layers>"


def refuse(function: str, others: dict[str, Any]) -> None:
    """Raise `CnnError` for Keras's arguments that are not supported, unless they are None."""
    for name, value in others.items():
        if value is not None:
            raise CnnError("{function} has no argument {name} here", function=function, name=repr(name))
