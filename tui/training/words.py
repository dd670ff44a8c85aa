"""What a training run says, as sentences in the reader's language; for the screen and the plain mode alike."""

from __future__ import annotations

import math

from cnncore._files import shown
from cnncore.training.config import TrainConfig
from cnncore.training.events import Batch, Data, Epoch, Failed, Finished, StageName
from tui.i18n import N_, _, sentence
from tui.i18n.words import duration, source_text
from tui.training.history import RunHistory

OVERFITS, BEGINS = 0.05, 0.02
"""From which gap between training and validation accuracy the words are "overfits", and "begins to overfit"."""

STAGES: dict[StageName, str] = {
    "import": N_("Loading TensorFlow, which takes some seconds"),
    "data": N_("Reading the images"),
    "build": N_("Building the network"),
    "train": N_("Training"),
    "save": N_("Saving the model"),
}
UNITS = {"images": N_("images"), "bytes": N_("bytes")}
NETWORK_TITLES = {
    "fashion": N_("fashion, 28 x 28"),
    "binary": N_("binary, 150 x 105"),
}


def config_line(config: TrainConfig, *, short: bool = False) -> str:
    """A run's options in one line; what is not in use is left out. `short`: without the size of its images."""
    parts = [
        config.network if short else _(NETWORK_TITLES[config.network]),
        _("{count} epochs").format(count=config.epochs),
        _("batch {size}").format(size=config.batch_size),
        _("validation {part}").format(part=f"{config.validation_split:g}"),
        _("dropout {rate}").format(rate=f"{config.dropout:g}") if config.dropout else _("no dropout"),
        _("{count} images").format(count=f"{config.limit:,}") if config.limit else "",
        _("seed {seed}").format(seed=config.seed) if config.seed else "",
        _("stops at {accuracy}").format(accuracy=f"{config.stop_at_accuracy:g}") if config.stop_at_accuracy else "",
    ]
    return ", ".join(filter(None, parts))


def stage_line(run: RunHistory, elapsed: float) -> str:
    """What the run is doing; `elapsed` is the seconds since it turned to it."""
    if run.stage is None:
        return _("Starting the training process") + ": " + duration(elapsed)
    line = _(STAGES[run.stage])
    at = run.progress
    if at is not None and at.stage == run.stage:
        unit = _(UNITS.get(at.unit, at.unit))
        if at.total:
            line += ": " + _("{done} of {total} {unit}").format(done=f"{at.done:,}", total=f"{at.total:,}", unit=unit)
        else:
            line += f": {at.done:,} {unit}"
    elif run.stage != "train":
        line += ": " + duration(elapsed)
    return line


def batch_line(batch: Batch, epochs: int) -> str:
    """Where in the run a batch stands, without its figures."""
    return _("epoch {epoch}/{epochs}, batch {batch}/{batches}, {elapsed} elapsed, {remaining} left").format(
        epoch=batch.epoch,
        epochs=epochs,
        batch=batch.batch,
        batches=batch.batches,
        elapsed=duration(batch.elapsed),
        remaining=duration(batch.remaining),
    )


def data_lines(data: Data) -> list[str]:
    """Which images are used; where they take another's place, that and why, on a second line."""
    lines = [
        _("{source}: {train} images to train, {validation} to validate, {classes} classes").format(
            source=source_text(data.source),
            train=f"{data.train_images:,}",
            validation=f"{data.validation_images:,}",
            classes=len(data.classes),
        )
    ]
    if data.substitute:
        reason = sentence(data.reason, data.values)
        fashion = data.image_shape[:2] == (28, 28)  # the binary network asks for a folder of one's own pictures
        drawn = _("Drawn garments take the place of Fashion-MNIST") if fashion else _("Drawn garments are used")
        lines.append(drawn + (f": {reason}" if reason else ""))
    return lines


def end_line(end: Finished | Failed, total: int) -> str:
    """How the run ended."""
    if isinstance(end, Failed):
        return sentence(end.message, end.values)
    values = {"epochs": end.epochs, "total": total, "time": duration(end.seconds)}
    if end.stopped:
        return _("Stopped after {epochs} of {total} epochs, {time}").format(**values)
    return _("Finished: {epochs} of {total} epochs in {time}").format(**values)


def file_lines(end: Finished | Failed) -> list[str]:
    """The files a run left behind."""
    lines = []
    if isinstance(end, Failed) and end.model_path:
        lines.append(_("Kept, as it was after an epoch: {path}").format(path=shown(end.model_path)))
    elif end.model_path:
        lines.append(_("Model: {path}").format(path=shown(end.model_path)))
    if end.history_path:
        lines.append(_("History: {path}").format(path=shown(end.history_path)))
    return lines


def failed_lines(end: Failed) -> list[str]:
    """What a run that did not come to its end has left, and how to go on."""
    go_on = _("3 looks into it, t trains anew.") if end.model_path else _("t trains anew.")
    return [*file_lines(end), go_on]


def is_lost(epoch: Epoch) -> bool:
    """Whether a loss is NaN. Keras then counts every answer as the first class, so the accuracy means nothing."""
    return any(value is not None and math.isnan(value) for value in (epoch.loss, epoch.val_loss))


def gap_line(epochs: list[Epoch], config: TrainConfig) -> str:
    """What the distance between training and validation accuracy after the last epoch means; "" before the first."""
    if not epochs:
        return ""
    last = epochs[-1]
    if is_lost(last):
        first = next(epoch for epoch in epochs if is_lost(epoch))
        return _(
            "The loss is NaN from epoch {epoch} on: the network gives NaN and names no class, so the accuracy means"
            " nothing."
        ).format(epoch=first.epoch)
    if last.val_accuracy is None:
        return _("No images are held out for validation, so overfitting cannot be seen.")
    gap = last.accuracy - last.val_accuracy
    shown = f"{abs(gap):.3f}"
    if gap >= OVERFITS:
        line = _("Training is {gap} above validation: the network overfits, it knows its own images by heart.")
    elif gap >= BEGINS:
        line = _("Training is {gap} above validation: the network begins to overfit.")
    elif gap > -0.005:
        line = _("Training and validation are {gap} apart: no overfitting so far.")
    elif config.dropout:
        line = _(
            "Validation is {gap} above training: training is the mean over the epoch with dropout on, validation comes"
            " at its end with dropout off."
        )
    else:
        line = _(
            "Validation is {gap} above training: training is the mean over the epoch, validation comes at its end."
        )
    line = line.format(gap=shown)
    losses = [math.inf if math.isnan(e.val_loss) else e.val_loss for e in epochs if e.val_loss is not None]
    best = min(range(len(losses)), key=losses.__getitem__) if losses else 0
    if gap >= OVERFITS and not config.dropout:
        line += " " + _("Dropout works against that: train again with a rate such as 0.5, and compare.")
    if gap >= BEGINS and len(losses) - best > 2:
        line += " " + _("Validation loss was lowest after epoch {epoch}.").format(epoch=epochs[best].epoch)
    return line


def best_epoch(epochs: list[Epoch]) -> Epoch | None:
    """The epoch of the highest validation accuracy, or of the highest accuracy where nothing is validated; none whose
    loss is NaN."""
    known = (epoch for epoch in epochs if not is_lost(epoch))
    return max(known, key=lambda e: e.accuracy if e.val_accuracy is None else e.val_accuracy, default=None)
