"""TensorFlow: a Keras model inside `tf.function`, channels last; the input is a tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import chain as layers
from benchmarks.case import Case
from benchmarks.chain import Chain
from benchmarks.convolutions import BackwardCase
from benchmarks.entry import Entry
from benchmarks.peers import keras_training, tensorflow_gradients
from benchmarks.training import TrainCase

PEER = "tensorflow"


def entries(case: Case, threads: int) -> list[Entry]:
    chain = case.as_chain()
    if chain is None and not isinstance(case, TrainCase | BackwardCase):
        return []
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    if isinstance(case, TrainCase):
        return [keras_training.entry(case)]
    if isinstance(case, BackwardCase):
        return [tensorflow_gradients.entry(case)]
    assert chain is not None
    function = concrete_function(chain)
    inputs = [tf.constant(chunk) for chunk in chain.chunks]

    def call() -> list[Any]:
        return [function(chunk).numpy() for chunk in inputs]

    return [Entry("tensorflow Keras", call, np.concatenate)]


def concrete_function(chain: Chain) -> Any:
    """Return the Keras model of the chain, traced for the shape of a chunk."""
    import tensorflow as tf

    model = keras_model(chain)
    shape = (chain.chunk, *chain.shapes[0])
    return tf.function(lambda x: model(x, training=False)).get_concrete_function(tf.TensorSpec(shape, tf.float32))


def keras_model(chain: Chain) -> Any:
    import keras

    model = keras.Sequential([keras.Input(chain.shapes[0])])
    weights = []
    for layer in chain.layers:
        match layer:
            case layers.Conv(kernel=kernel, bias=bias, relu=relu):
                if layer.padding:
                    model.add(keras.layers.ZeroPadding2D(layer.padding))
                options: dict[str, Any] = {"strides": layer.strides, "dilation_rate": layer.dilation}
                options["activation"] = "relu" if relu else None
                if layer.depthwise:
                    model.add(keras.layers.DepthwiseConv2D(kernel.shape[:2], **options))
                    weights += [kernel.transpose(0, 1, 3, 2), bias]
                else:
                    options["groups"] = layer.groups
                    model.add(keras.layers.Conv2D(kernel.shape[3], kernel.shape[:2], **options))
                    weights += [kernel, bias]
            case layers.MaxPool(size=size):
                model.add(keras.layers.MaxPooling2D(size))
            case layers.Flatten():
                model.add(keras.layers.Flatten())
            case layers.Dense(kernel=kernel, bias=bias, activation=activation):
                model.add(keras.layers.Dense(kernel.shape[1], activation=activation))
                weights += [kernel, bias]
    model.set_weights(weights)
    return model
