"""The training loop, by Keras's rules.

An epoch: the order of the samples is drawn anew, each batch is one step, loss and metrics are means over the samples so
far, each with the weights of its own step; then the validation samples are evaluated with the weights as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncore._arguments import described, integer, items, number, switch
from cnncore._dtypes import Array
from cnncore.callbacks import History
from cnncore.errors import CnnError
from cnncore.training.core.calls import Calls
from cnncore.training.core.progress import Silent, reporter, verbosity
from cnncore.training.core.samples import Samples, samples

if TYPE_CHECKING:
    from cnncore.models.sequential import Sequential
    from cnncore.training.core.compiled import Compiled

BATCH_SIZE = 32
"""Keras's own default."""


@dataclass(frozen=True)
class FitOptions:
    """The arguments of `fit`, checked."""

    batch_size: int
    epochs: int
    verbose: int
    shuffle: bool
    initial_epoch: int
    validation_split: float
    validation_batch_size: int
    validation_freq: int

    @classmethod
    def of(
        cls,
        *,
        batch_size: Any,
        epochs: Any,
        verbose: Any,
        shuffle: Any,
        initial_epoch: Any,
        validation_split: Any,
        validation_batch_size: Any,
        validation_freq: Any,
    ) -> FitOptions:
        size = batch_size_of(batch_size)
        split = number(validation_split or 0.0, "validation_split", at_least=0)
        if split >= 1:
            raise CnnError("{name} must be at least 0 and below 1, got {value}", name="validation_split", value=split)
        return cls(
            batch_size=size,
            epochs=integer(epochs, "epochs", at_least=1),
            verbose=verbosity(verbose),
            shuffle=switch(shuffle, "shuffle"),
            initial_epoch=integer(initial_epoch, "initial_epoch", at_least=0),
            validation_split=split,
            validation_batch_size=size if validation_batch_size is None else batch_size_of(validation_batch_size),
            validation_freq=integer(validation_freq, "validation_freq", at_least=1),
        )


def batch_size_of(given: Any) -> int:
    return BATCH_SIZE if given is None else integer(given, "batch_size", at_least=1)


class Means:
    """Running means of the loss and the metrics, each sample counted once."""

    def __init__(self, compiled: Compiled) -> None:
        self._metrics = compiled.metrics
        self._count, self._loss = 0, 0.0
        self._totals = [0.0] * len(self._metrics)

    def add(self, loss: float, targets: Array, outputs: Array) -> None:
        """A batch: its mean loss, and what its metrics are computed from."""
        count = len(outputs)
        self._count += count
        self._loss += loss * count
        for at, metric in enumerate(self._metrics):
            self._totals[at] += metric.total(targets, outputs)

    def logs(self, prefix: str = "") -> dict[str, float]:
        """By name, in the order in which Keras shows them."""
        count = max(1, self._count)
        named = {metric.name: total / count for metric, total in zip(self._metrics, self._totals, strict=True)}
        named["loss"] = self._loss / count
        return {f"{prefix}{name}": named[name] for name in sorted(named)}


def fit(
    model: Sequential,
    compiled: Compiled,
    x: Any,
    y: Any,
    options: FitOptions,
    callbacks: Any,
    validation_data: Any,
) -> History:
    """See `Sequential.fit`."""
    model.build_for_images(np.shape(x)[1:])
    data = _samples(model, compiled, x, y)
    train, held_out = _split(model, compiled, data, options, validation_data)
    history = History()
    steps = math.ceil(len(train) / options.batch_size)
    params = {"verbose": options.verbose, "epochs": options.epochs, "steps": steps}
    calls = Calls(callbacks, model, params | {"do_validation": held_out is not None}, history)
    show = reporter(options.verbose)
    model.stop_training = False
    logs: dict[str, float] = {}
    calls.train_begin()
    try:
        for epoch in range(options.initial_epoch, options.epochs):
            logs = _epoch(model, compiled, train, held_out, epoch, options, calls, show)
            if model.stop_training:
                break
    finally:
        show.close()
    calls.train_end(logs)
    return history


def _epoch(
    model: Sequential,
    compiled: Compiled,
    train: Samples,
    held_out: Samples | None,
    epoch: int,
    options: FitOptions,
    calls: Calls,
    show: Silent,
) -> dict[str, float]:
    show.epoch(epoch, options.epochs)
    calls.epoch_begin(epoch)
    show.begin(math.ceil(len(train) / options.batch_size))
    order = model.random.permutation(len(train)) if options.shuffle else np.arange(len(train))
    means = Means(compiled)
    for batch, which in enumerate(_batches(order, options.batch_size)):
        calls.batch_begin(batch)
        loss, targets, outputs = compiled.step(*train.batch(which))
        if not math.isfinite(loss):
            raise not_a_number(epoch, batch, compiled)
        means.add(loss, targets, outputs)
        logs = means.logs()
        calls.batch_end(batch, logs)
        show.step(batch + 1, logs)
        if model.stop_training:
            break
    logs = means.logs()
    if held_out is not None and (epoch + 1) % options.validation_freq == 0:
        logs |= _evaluated(compiled, held_out, options.validation_batch_size, calls, within=epoch)
    told = dict(logs)  # to which callbacks add figures, the learning rate for example
    calls.epoch_end(epoch, told)
    show.end(told)
    return logs


def not_a_number(epoch: int, batch: int, compiled: Compiled, *, validating: bool = False) -> CnnError:
    """The refusal to go on with a loss that is infinite or NaN."""
    where = {"epoch": epoch + 1, "batch": batch + 1, "learning_rate": float(compiled.optimizer.learning_rate)}
    if validating:
        return CnnError(
            "the loss of validation is no longer a number in epoch {epoch}, batch {batch}: most often the learning "
            "rate ({learning_rate:g}) is too large, or the images for validation hold NaN",
            **where,
        )
    return CnnError(
        "the loss is no longer a number in epoch {epoch}, batch {batch}: most often the learning rate "
        "({learning_rate:g}) is too large, or x holds values that are not divided by 255, or NaN",
        **where,
    )


def _batches(order: Array, size: int) -> Iterator[Array]:
    for start in range(0, len(order), size):
        yield order[start : start + size]


def _samples(model: Sequential, compiled: Compiled, x: Any, y: Any) -> Samples:
    return samples(x, y, model.input_layer.shape, model.layers[-1].output_shape or (), compiled.loss)


def _split(
    model: Sequential, compiled: Compiled, data: Samples, options: FitOptions, validation_data: Any
) -> tuple[Samples, Samples | None]:
    """The samples to train on, and those held out: Keras takes the last ones, before any shuffling."""
    if validation_data is not None:
        pair = items(validation_data)
        if pair is None or len(pair) != 2:
            raise CnnError("validation_data must be (x, y), got {value}", value=described(validation_data))
        return data, _samples(model, compiled, *pair)
    if not options.validation_split:
        return data, None
    train = math.floor(len(data) * (1.0 - options.validation_split))
    if not 1 <= train < len(data):
        raise CnnError(
            "{images} image(s) cannot be split into a part to train and {split} of them to validate: use more images",
            images=len(data),
            split=options.validation_split,
        )
    return data.part(0, train), data.part(train, len(data))


def _evaluated(
    compiled: Compiled,
    data: Samples,
    batch_size: int,
    calls: Calls,
    *,
    within: int | None = None,
    show: Silent | None = None,
) -> dict[str, float]:
    """Loss and metrics; `within` an epoch of training "val_" precedes their names, and the loss must be a number."""
    calls.test_begin()
    means = Means(compiled)
    for batch, start in enumerate(range(0, len(data), batch_size)):
        calls.test_batch_begin(batch)
        loss, targets, outputs = compiled.test(*data.batch(slice(start, start + batch_size)))
        if within is not None and not math.isfinite(loss):
            raise not_a_number(within, batch, compiled, validating=True)
        means.add(loss, targets, outputs)
        logs = means.logs()
        calls.test_batch_end(batch, logs)
        if show is not None:
            show.step(batch + 1, logs)
    calls.test_end(means.logs())
    return means.logs("" if within is None else "val_")


def evaluate(
    model: Sequential, compiled: Compiled, x: Any, y: Any, batch_size: Any, verbose: Any, callbacks: Any
) -> dict[str, float]:
    """See `Sequential.evaluate`."""
    model.build_for_images(np.shape(x)[1:])
    data, size = _samples(model, compiled, x, y), batch_size_of(batch_size)
    steps = math.ceil(len(data) / size)
    level = verbosity(verbose)
    show, calls = reporter(level), Calls(callbacks, model, {"verbose": level, "epochs": 1, "steps": steps})
    show.begin(steps)
    try:
        logs = _evaluated(compiled, data, size, calls, show=show)
        show.end(logs)
    finally:
        show.close()
    return logs


def train_on_batch(model: Sequential, compiled: Compiled, x: Any, y: Any) -> dict[str, float]:
    """See `Sequential.train_on_batch`."""
    model.build_for_images(np.shape(x)[1:])
    data, means = _samples(model, compiled, x, y), Means(compiled)
    loss, targets, outputs = compiled.step(*data.batch(slice(None)))
    if not math.isfinite(loss):
        raise not_a_number(0, 0, compiled)
    means.add(loss, targets, outputs)
    return means.logs()
