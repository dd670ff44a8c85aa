"""Outputs of a model for many inputs, with Keras's callbacks and progress."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncore._dtypes import FLOAT32, Array
from cnncore.errors import CnnError
from cnncore.training.core.calls import Calls
from cnncore.training.core.fit import batch_size_of
from cnncore.training.core.progress import reporter, verbosity

if TYPE_CHECKING:
    from cnncore.models.sequential import Sequential


def predict(model: Sequential, x: Any, batch_size: Any, verbose: Any, callbacks: Any) -> Array:
    """See `Sequential.predict`."""
    size = batch_size_of(batch_size)
    level = verbosity(verbose)
    network = model.to_network()
    batch, single = network.as_batch(x)
    if single:
        raise CnnError(
            "x has shape {shape}; predict takes a batch, (N, ...): for one image write image[None]", shape=np.shape(x)
        )
    steps = math.ceil(len(batch) / size)
    show, calls = reporter(level), Calls(callbacks, model, {"verbose": level, "epochs": 1, "steps": steps})
    outputs = np.empty((len(batch), *network.output_shape), FLOAT32)
    show.begin(steps)
    try:
        calls.predict_begin()
        for step, start in enumerate(range(0, len(batch), size)):
            calls.predict_batch_begin(step)
            part = outputs[start : start + size] = network.predict(batch[start : start + size], size)
            calls.predict_batch_end(step, part)
            show.step(step + 1, {})
        calls.predict_end()
        show.end({})
    finally:
        show.close()
    return outputs
