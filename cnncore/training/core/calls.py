"""The callbacks of one `fit` or `evaluate`, called by Keras's method names in the order in which they are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cnncore._arguments import described, items
from cnncore._dtypes import Array
from cnncore.errors import CnnError

if TYPE_CHECKING:
    from cnncore.models.sequential import Sequential


class Calls:
    """`history`, if any, is told after the callbacks, which may add figures to the logs, as in Keras.

    A callback is any object; a method that it lacks is not called.
    """

    def __init__(
        self, callbacks: Any, model: Sequential, params: Mapping[str, Any], history: Any | None = None
    ) -> None:
        given = [] if callbacks is None else items(callbacks)
        self._callbacks: list[Any] = [callbacks] if given is None else list(given)
        if history is not None:
            self._callbacks.append(history)
            model.history = history
        # Looked up once: most callbacks want nothing of a batch, and there are many batches.
        self._wanted: dict[str, list[Any]] = {}
        for callback in self._callbacks:
            if isinstance(callback, (type, str, int, float)):
                raise CnnError(
                    "callbacks holds {value}; a callback is an object with methods such as on_epoch_end",
                    value=described(callback),
                )
            if hasattr(callback, "set_params"):
                callback.set_params(dict(params))
            if hasattr(callback, "set_model"):
                callback.set_model(model)
            else:
                callback.model = model

    def _call(self, name: str, *arguments: Any) -> None:
        methods = self._wanted.get(name)
        if methods is None:
            methods = self._wanted[name] = [m for one in self._callbacks if callable(m := getattr(one, name, None))]
        for method in methods:
            method(*arguments)

    def train_begin(self) -> None:
        self._call("on_train_begin", {})

    def train_end(self, logs: Mapping[str, float]) -> None:
        self._call("on_train_end", logs)

    def epoch_begin(self, epoch: int) -> None:
        self._call("on_epoch_begin", epoch, {})

    def epoch_end(self, epoch: int, logs: Mapping[str, float]) -> None:
        self._call("on_epoch_end", epoch, logs)

    def batch_begin(self, batch: int) -> None:
        self._call("on_train_batch_begin", batch, {})
        self._call("on_batch_begin", batch, {})

    def batch_end(self, batch: int, logs: Mapping[str, float]) -> None:
        self._call("on_train_batch_end", batch, logs)
        self._call("on_batch_end", batch, logs)

    def test_begin(self) -> None:
        self._call("on_test_begin", {})

    def test_end(self, logs: Mapping[str, float]) -> None:
        self._call("on_test_end", logs)

    def test_batch_begin(self, batch: int) -> None:
        self._call("on_test_batch_begin", batch, {})

    def test_batch_end(self, batch: int, logs: Mapping[str, float]) -> None:
        self._call("on_test_batch_end", batch, logs)

    def predict_begin(self) -> None:
        self._call("on_predict_begin", {})

    def predict_end(self) -> None:
        self._call("on_predict_end", {})

    def predict_batch_begin(self, batch: int) -> None:
        self._call("on_predict_batch_begin", batch, {})

    def predict_batch_end(self, batch: int, outputs: Array) -> None:
        self._call("on_predict_batch_end", batch, {"outputs": outputs})
