"""The state of the training place: the configuration, the run, the earlier run to compare with, and the current view.

No widget and no clock: the screen passes the time, and draws from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cnncore.child.messages import same_failure
from cnncore.training.config import TrainConfig
from cnncore.training.events import Event, Failed, Finished, Model, Stage
from cnncore.training.plan import planned
from cnncore.training.resume import Unfinished
from tui.i18n import _
from tui.training.run_state import RunState

VIEWS = ("accuracy", "loss", "epochs", "network")
CHARTS = VIEWS[:2]


@dataclass(slots=True)
class TrainingState:
    config: TrainConfig = field(default_factory=TrainConfig)
    """The options of the next run."""
    run: RunState | None = None
    earlier: RunState | None = None
    view: str = "network"
    """The view shown if there is no room for all."""
    zoomed: bool = True
    glyphs: int = 0
    stopping: bool = False
    stage_began: float = 0.0
    trouble: str = ""
    """The reason why a run could not begin."""
    notice: str = ""
    """The effect of a key, or the reason why it had none; kept until the next key."""
    unfinished: Unfinished | None = None
    """The run that can be resumed: `run` once it has ended early, or the last one of an earlier session."""
    failed_before: Failed | None = None
    """The failure of the run before this one."""

    @property
    def running(self) -> bool:
        return self.run is not None and self.run.running

    @property
    def shown_config(self) -> TrainConfig:
        """The options of the run in progress, else those of the next."""
        return self.run.config if self.run is not None and self.run.running else self.config

    @property
    def model_config(self) -> TrainConfig:
        """The options of the network shown: of the run that built one, else those of the next."""
        return self.run.config if self.run is not None and self.run.model is not None else self.config

    @property
    def model(self) -> Model:
        """The network as built, or as planned before that."""
        built = None if self.run is None else self.run.model
        return planned(self.config) if built is None else built

    def begin(self, config: TrainConfig, now: float) -> RunState:
        """Begin a run of `config`; the run before it stays for comparison if both train the same network."""
        before = self.run
        same_network = before is not None and before.epochs and _network(before.config) == _network(config)
        if before is not None and same_network and not config.resume:  # a resumed run is no other run
            # The same options again are the same run again: the earlier run stays.
            again = _options(before.config) == _options(config)
            self.earlier = self.earlier or before if again else before
        self.failed_before = before.end if before is not None and isinstance(before.end, Failed) else None
        self.run = run = RunState(config)
        self.trouble = self.notice = ""
        self.unfinished = None
        self.stopping = False
        self.stage_began = now
        if self.view == "network":
            self.view = "accuracy"
        return run

    def apply(self, event: Event, now: float) -> None:
        """Fold the next event of the run into the state."""
        if self.run is None:
            return
        self.run.apply(event)
        if isinstance(event, Stage):
            self.stage_began = now
        if isinstance(event, Finished | Failed):
            # Otherwise the screen after the key would look as it did before.
            again = same_failure(event, self.failed_before)
            self.notice = _("The run failed again for the same reason.") if again else ""
            # The next run gets a folder of its own, or it would overwrite the files of this one.
            self.config = _options(self.config)

    def choose(self, config: TrainConfig) -> None:
        """Take new options; another network has no run to show or to compare with."""
        if _network(config) != _network(self.config):
            self.view = "network"
            self.run = self.earlier = None
        self.config = config

    def turn_view(self, by: int) -> None:
        self.view = VIEWS[(VIEWS.index(self.view) + by) % len(VIEWS)]


def _network(config: TrainConfig) -> tuple[object, ...]:
    """The network of a run, apart from its Dropout."""
    return config.network, config.architecture


def _options(config: TrainConfig) -> TrainConfig:
    """The options of a run without the paths of its files."""
    return replace(config, output="", history="", resume=False)
