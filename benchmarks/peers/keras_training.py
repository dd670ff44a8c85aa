"""Keras on TensorFlow, as a user trains with it: `fit` with the defaults. The first call, which traces the step, is not
timed. For tensorflow_.py."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.entry import Array, Entry
from benchmarks.training import TrainCase


def entry(case: TrainCase) -> Entry:
    model = compiled(case, drop=True)
    call = partial(model.fit, *case.samples, batch_size=case.batch, epochs=1, verbose=0)
    return Entry("tensorflow Keras fit", call, answer=partial(losses, case))


def compiled(case: TrainCase, *, drop: bool) -> Any:
    import keras

    model = keras.Sequential([keras.Input(case.shape), *case.built(keras.layers, drop=drop)])
    model.set_weights(case.weights)
    model.compile("adam", case.loss, metrics=["accuracy"])
    return model


def losses(case: TrainCase) -> Array:
    """The losses of the compared steps."""
    model = compiled(case, drop=False)
    found = []
    for x, y in case.batches():
        model.reset_metrics()  # Keras returns means over all steps since then
        found.append(model.train_on_batch(x, y, return_dict=True)["loss"])
    return np.array(found, np.float64)
