"""Models as `.keras` files, which Keras opens and writes too."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cnncore._files import is_there, shown
from cnncore.errors import CnnError
from cnncore.keras_file.file import KerasFile, read_keras_file, write_keras_file
from cnncore.layers import InputLayer
from cnncore.models.sequential import Sequential


def load_model(filepath: str | os.PathLike[str], compile: bool = True) -> Sequential:
    """The model in a `.keras` file, written here or by Keras 3, without Keras: layers, weights, and with `compile` how
    it was compiled, and the optimizer's state. Nothing in the file can run code. Raises `CnnError` for what is no such
    file, and names the layer that is not supported."""
    contents = read_keras_file(filepath, training=compile)
    model = model_of(contents)
    if compile and contents.compiled is not None:
        from cnncore.training.core.compiled import restore

        model.compiled = restore(model, contents.compiled, contents.optimizer)
    return model


def model_of(contents: KerasFile) -> Sequential:
    """The model of what was read, not compiled."""
    return Sequential([InputLayer(contents.input_shape), *contents.layers], name=contents.name)


def save_model(
    model: Sequential, filepath: Any, *, overwrite: bool = True, others: Mapping[str, bytes] = MappingProxyType({})
) -> None:
    """See `Sequential.save`. `others`: further members of the file, by name."""
    if not overwrite and is_there(filepath, "file"):
        raise CnnError("{path} exists already; give overwrite=True to replace it", path=shown(filepath))
    compiled, optimizer = None, None
    if model.compiled is not None:
        from cnncore.training.core.compiled import optimizer_variables

        compiled = model.compiled.get_config()
        optimizer = compiled["optimizer"]["config"]["name"], optimizer_variables(model.compiled.optimizer)
    write_keras_file(
        filepath, model.layers, model.input_layer, model.name, compiled=compiled, optimizer=optimizer, others=others
    )
