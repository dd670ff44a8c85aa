"""The sentences about a training run, in the reader's language; for the screen and the plain mode alike."""

from __future__ import annotations

import math
from functools import cache

from cnncore._files import shown
from cnncore.keras._import import is_installed
from cnncore.training.config import TrainConfig
from cnncore.training.events import Batch, Data, Epoch, Failed, Finished, Kept, TrainBegin
from tui.i18n import N_, _, sentence
from tui.i18n.words import duration, source_text
from tui.training.run_state import RunState
from tui.training.state import TrainingState

OVERFITS, BEGINS = 0.05, 0.02
"""The gaps between training and validation accuracy from which a network "overfits", and "begins to overfit"."""

STAGES: dict[str, str] = {
    "import": N_("Loading TensorFlow, which takes some seconds"),
    "data": N_("Reading the images"),
    "build": N_("Building the network"),
    "train": N_("Training"),
    "save": N_("Saving the model"),
    "test": N_("Measuring the accuracy on the test images"),
}
UNITS = {"images": N_("images"), "bytes": N_("bytes")}


def config_line(config: TrainConfig, *, short: bool = False) -> str:
    """The options of a run in one line, without those not in use; `short` leaves out the size of its images."""
    design = config.design
    height, width = design.input_shape[:2]
    parts = [
        design.name if short else f"{design.name}, {height} x {width}",
        _("{count} epochs").format(count=config.epochs),
        _("batch {size}").format(size=config.batch_size),
        _("validation {part}").format(part=f"{config.validation_split:g}"),
        _("dropout {rate}").format(rate=f"{config.dropout:g}") if config.dropout else _("no dropout"),
        config.optimizer if config.optimizer != "adam" else "",
        _("learning rate {rate}").format(rate=f"{config.learning_rate:g}") if config.learning_rate else "",
        "" if config.normalize else _("pixels from 0 to 255"),
        _("{count} images").format(count=f"{config.limit:,}") if config.limit else "",
        _("seed {seed}").format(seed=config.seed) if config.seed else "",
        _("stops at {accuracy}").format(accuracy=f"{config.stop_at_accuracy:g}") if config.stop_at_accuracy else "",
    ]
    return ", ".join(filter(None, parts))


def stage_line(run: RunState, elapsed: float) -> str:
    """The stage of the run and its progress; `elapsed` is the seconds since the stage began."""
    if run.stage is None:
        return _("Starting the training process") + ": " + duration(elapsed)
    line = _(STAGES[run.stage])
    progress = run.progress
    if progress is not None and progress.stage == run.stage:
        unit, done, total = _(UNITS.get(progress.unit, progress.unit)), f"{progress.done:,}", f"{progress.total:,}"
        if progress.total:
            line += ": " + _("{done} of {total} {unit}").format(done=done, total=total, unit=unit)
        else:
            line += f": {done} {unit}"
    elif run.stage != "train":
        line += ": " + duration(elapsed)
    return line


def batch_line(batch: Batch, epochs: int) -> str:
    """The position of a batch in the run, without its figures."""
    return _("epoch {epoch}/{epochs}, batch {batch}/{batches}, {elapsed} elapsed, {remaining} left").format(
        epoch=batch.epoch,
        epochs=epochs,
        batch=batch.batch,
        batches=batch.batches,
        elapsed=duration(batch.elapsed),
        remaining=duration(batch.remaining),
    )


def data_lines(data: Data) -> list[str]:
    """The images of the run; if they are a substitute, a second line says why."""
    lines = [
        _("{source}: {train} training images, {validation} validation images, {classes} classes").format(
            source=source_text(data.source),
            train=f"{data.train_images:,}",
            validation=f"{data.validation_images:,}",
            classes=len(data.classes),
        )
    ]
    if data.substitute:
        reason = sentence(data.reason, data.values)
        fashion = data.image_shape[:2] == (28, 28)  # the binary network wants a folder of the learner's own pictures
        drawn = _("Drawn garments replace Fashion-MNIST") if fashion else _("Drawn garments are used")
        lines.append(drawn + (f": {reason}" if reason else ""))
    return lines


def bits_line(plan: TrainBegin | None) -> str:
    """The warning that a resumed run began on another instruction set; "" otherwise."""
    if plan is None or not plan.other_isa:
        return ""
    return _(
        "The run began with the instruction set {isa} and continues with another: the last bits of its weights may"
        " differ from those of a run that was never stopped."
    ).format(isa=plan.other_isa)


def end_line(end: Finished | Failed, total: int) -> str:
    """A sentence on the end of the run."""
    if isinstance(end, Failed):
        return sentence(end.message, end.values)
    values = {"epochs": end.epochs, "total": total, "time": duration(end.seconds)}
    if end.stopped:
        return _("Stopped after {epochs} of {total} epochs, {time}").format(**values)
    return _("Finished: {epochs} of {total} epochs in {time}").format(**values)


def file_lines(files: Finished | Kept | None) -> list[str]:
    """The files of a run that has ended."""
    if files is None:
        return []
    lines = []
    if files.model_path:
        words = _("Model: {path}") if isinstance(files, Finished) else _("Model after an earlier epoch: {path}")
        lines.append(words.format(path=shown(files.model_path)))
    if files.history_path:
        lines.append(_("History: {path}").format(path=shown(files.history_path)))
    return lines


def lesson_lines(run: RunState | None, *, roomy: bool) -> list[str]:
    """The meaning of the gap, and if there is room the model's file; after a failure the kept files and the next
    step."""
    if run is None:
        return []
    if isinstance(run.end, Failed):
        opens = run.kept is not None and run.kept.model_path
        return [*file_lines(run.kept), _("3 opens it, t trains again.") if opens else _("t trains again.")]
    files = file_lines(run.files)[:1] if roomy else []
    return [line for line in (gap_line(run.epochs, run.config), *files) if line]


def status_line(state: TrainingState, now: float) -> tuple[str, bool]:
    """The state of the run in one sentence; and True if that is bad news."""
    run = state.run
    if state.trouble:
        return state.trouble, True
    if run is None:
        return _join(_("Ready. t trains this network, o changes the options."), resume_line(state)), False
    if isinstance(run.end, Failed):
        ended = end_line(run.end, run.total_epochs).rstrip(".")
        return _join(f"{ended}.", resume_line(state), _("o changes the options, t trains again.")), True
    if run.end is not None:
        line = end_line(run.end, run.total_epochs)
        following = _join(resume_line(state), opens_line() if run.end.model_path else "")
        return f"{line}. {following}" if following else line, False
    if state.stopping:
        return _("Stopping and saving the model; s again stops at once"), False
    return stage_line(run, now - state.stage_began), False


def opens_line() -> str:
    """The keys for the model of a run that has ended. Keras is named where it is installed."""
    return _("3 opens it, 5 compares it with Keras.") if keras_is_installed() else _("3 opens it.")


@cache
def keras_is_installed() -> bool:
    return is_installed()


def resume_line(state: TrainingState) -> str:
    """The key that goes on with the run that ended early; "" if there is none."""
    if state.unfinished is None:
        return ""
    words = (
        _("r resumes the last run, which ended after epoch {done} of {total}.")
        if state.run is None
        else _("r resumes it after epoch {done} of {total}.")
    )
    return words.format(done=state.unfinished.done, total=state.unfinished.config.epochs)


def _join(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def is_lost(epoch: Epoch) -> bool:
    """True if a loss is NaN. Keras then counts every prediction as the first class, so the accuracy is meaningless."""
    return any(value is not None and math.isnan(value) for value in (epoch.loss, epoch.val_loss))


def gap_line(epochs: list[Epoch], config: TrainConfig) -> str:
    """The meaning of the gap between training and validation accuracy after the last epoch; "" before the first."""
    if not epochs:
        return ""
    last = epochs[-1]
    if is_lost(last):
        return _(
            "The loss is NaN from epoch {epoch} on: the network outputs NaN and predicts no class, so the accuracy is"
            " meaningless."
        ).format(epoch=next(epoch for epoch in epochs if is_lost(epoch)).epoch)
    if last.val_accuracy is None:
        return _("No images are held out for validation, so overfitting cannot be seen.")
    gap = last.accuracy - last.val_accuracy
    return " ".join([_gap_sentence(gap, config).format(gap=f"{abs(gap):.3f}"), *_advice(gap, epochs, config)])


def _gap_sentence(gap: float, config: TrainConfig) -> str:
    if gap >= OVERFITS:
        return _("Training is {gap} above validation: the network overfits. It has memorised its training images.")
    if gap >= BEGINS:
        return _("Training is {gap} above validation: the network begins to overfit.")
    if gap > -0.005:
        return _("Training and validation are {gap} apart: no overfitting so far.")
    if config.dropout:
        return _(
            "Validation is {gap} above training: training is the mean over the epoch with dropout on, validation is"
            " measured at its end with dropout off."
        )
    return _(
        "Validation is {gap} above training: training is the mean over the epoch, validation is measured at its end."
    )


def _advice(gap: float, epochs: list[Epoch], config: TrainConfig) -> list[str]:
    """Sentences about the remedy for overfitting and its first epoch."""
    sentences = []
    losses = [math.inf if math.isnan(e.val_loss) else e.val_loss for e in epochs if e.val_loss is not None]
    best = min(range(len(losses)), key=losses.__getitem__) if losses else 0
    if gap >= OVERFITS and not config.dropout:
        sentences.append(_("Dropout reduces this: train again with a rate such as 0.5 and compare."))
    if gap >= BEGINS and len(losses) - best > 2:
        sentences.append(_("Validation loss was lowest after epoch {epoch}.").format(epoch=epochs[best].epoch))
    return sentences


def best_epoch(epochs: list[Epoch]) -> Epoch | None:
    """The epoch with the highest validation accuracy, or training accuracy if nothing is held out; epochs whose loss
    is NaN do not count."""
    known = (epoch for epoch in epochs if not is_lost(epoch))
    return max(known, key=lambda e: e.accuracy if e.val_accuracy is None else e.val_accuracy, default=None)
