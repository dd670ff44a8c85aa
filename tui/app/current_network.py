"""The app's current network, on every screen: the one named or trained last, otherwise that of the newest run."""

from __future__ import annotations

from pathlib import Path

from cnncore._files import shown


class CurrentNetwork:
    """`named` is the `.keras` file last named on the command line, opened by the learner or written by a run; "" if
    there is none."""

    def __init__(self, named: str = "") -> None:
        self.named = named
        self._passed: str | None = None

    def pass_over(self) -> None:
        """Use random weights instead of all networks trained so far."""
        self._passed = trained_model()

    @property
    def path(self) -> str:
        """The file to show; "" for random weights."""
        if self.named:
            return self.named
        trained = trained_model()
        return "" if trained == self._passed else trained

    @property
    def trained(self) -> str:
        """The file of a trained network; "" if there is none."""
        return self.named or trained_model()


def model_name(path: str) -> str:
    """Return the name of a model: a run's folder, or the name of any other file."""
    file = Path(path)
    return shown(file.parent.name if file.name == "model.keras" else file.name)


def trained_model() -> str:
    """Return the model of the newest run that left one; "" if there is none."""
    from cnncore.training.runs import latest  # brings the events and `csv`, which no first paint needs

    run = latest()
    return str(run.model_path) if run is not None and run.model_path is not None else ""
