"""Loads the workbench in threads: the first pictures, a network's first layer, the learner's own picture."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App

from tui.app.current_network import CurrentNetwork, model_name
from tui.app.failures import explain
from tui.app.workers import start_worker
from tui.i18n import _
from tui.walk.view import View, apply_filter, apply_view

if TYPE_CHECKING:
    from cnncore.keras.first_layer import FirstLayer
    from tui.walk.walks import Sample
    from tui.walk.workbench import Workbench


class WorkbenchLoader:
    """Makes the workbench that the convolution and pooling screens share, and fills it.

    `changed` is called with a notice, "" for none, when something has arrived. The workbench brings numpy, so it is
    made after the first paint.
    """

    def __init__(
        self,
        app: App[Any],
        current_network: CurrentNetwork,
        *,
        data: str,
        image: str,
        view: View,
        changed: Callable[[str], None],
    ) -> None:
        self._app, self._current_network, self._changed = app, current_network, changed
        self._data, self._image, self._view = data, image, view
        self.workbench: Workbench | None = None
        self.early_keys: list[events.Key] | None = []
        """Keys typed before the first pictures were there; None from then on."""
        self.model_path = ""
        """The file that the network kernels were read from."""

    def open(self) -> Workbench:
        """Return the workbench, made at the first call. It is empty until a thread has loaded the first pictures."""
        if self.workbench is None:
            from tui.walk.workbench import Workbench

            self.workbench = Workbench()
            start_worker(self._app, self._find_samples, thread=True, failed=self._changed)
        return self.workbench

    def add(self, sample: Sample) -> None:
        """Show one more picture."""
        self.open().add_sample(sample)
        self._changed("")

    def _find_samples(self) -> None:
        """Load the pictures to start with, and the learner's own. Runs in a thread."""
        from tui.walk.samples import find_samples, open_sample

        samples, trouble = find_samples(self._data)
        if self._image:
            try:
                samples.insert(0, open_sample(self._image))
            except Exception as error:
                trouble = error
        self._app.call_from_thread(self._set_samples, samples, trouble)

    def _set_samples(self, samples: list[Sample], trouble: BaseException | None) -> None:
        workbench = self.open()
        workbench.set_samples(samples)
        # These objects stay: the garbage collector need not scan them. Of a hundred keys at 120x40 the slowest frame
        # then takes 25 ms instead of 80.
        gc.freeze()
        try:
            apply_view(self._view, workbench)
        except Exception as error:
            trouble = error
        self._changed("" if trouble is None else explain(trouble, "opening pictures"))
        early, self.early_keys = self.early_keys or [], None
        for event in early:
            self._app.post_message(events.Key(event.key, event.character))
        if self._current_network.named:
            self.load_layer()

    def load_layer(self) -> None:
        """Read the first layer of the current network, in a thread."""
        start_worker(
            self._app,
            self._find_layer,
            thread=True,
            group="layer",
            exclusive=True,
            failed=self._changed,
            answers=True,
        )

    def _find_layer(self) -> None:
        from tui.walk.samples import find_layer

        layer, path = find_layer(self._current_network.named)
        self._app.call_from_thread(self._set_layer, layer, path)

    def _set_layer(self, layer: FirstLayer, path: str) -> None:
        replaced = bool(self.model_path)
        self.model_path = path
        workbench = self.open()
        workbench.set_layer(layer)
        try:
            apply_filter(self._view, workbench)
        except Exception as error:
            self._changed(explain(error, "choosing a kernel"))
        else:
            notice = _("The kernels are now those of {name}.").format(name=model_name(path))
            self._changed(notice if replaced else "")

    def layer_is_old(self) -> bool:
        """Return true if the network kernels belong to another network than the current one."""
        from tui.walk.samples import layer_file

        return bool(self.model_path) and self.model_path != layer_file(self._current_network.named)
