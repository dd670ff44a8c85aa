"""Which network the app is about, on every screen: the one that was named or trained last, else the newest run's."""

from __future__ import annotations

from pathlib import Path

from cnncore._files import shown


class CurrentNetwork:
    """`named` is a `.keras` file: of the command line, of the learner who opened it, or of the run that just ended;
    the last of these counts, "" where there is none."""

    def __init__(self, named: str = "") -> None:
        self.named = named
        self._passed: str | None = None

    def pass_over(self) -> None:
        """Fresh weights are asked for in place of what was trained so far."""
        self._passed = trained_model()

    @property
    def path(self) -> str:
        """The file to show; "" for fresh weights."""
        if self.named:
            return self.named
        trained = trained_model()
        return "" if trained == self._passed else trained

    @property
    def trained(self) -> str:
        """The file of a trained network; "" where there is none."""
        return self.named or trained_model()


def model_name(path: str) -> str:
    """A run's model by its folder, any other file by its name."""
    file = Path(path)
    return shown(file.parent.name if file.name == "model.keras" else file.name)


def trained_model() -> str:
    """The model of the newest run that left one; "" where there is none."""
    from cnncore.training.runs import latest  # brings the events and `csv`, which no first paint needs

    run = latest()
    return str(run.model_path) if run is not None and run.model_path is not None else ""
