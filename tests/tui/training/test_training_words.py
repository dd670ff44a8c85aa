"""Events folded into a run, and its sentences, without a screen."""

from __future__ import annotations

import math

import pytest

from cnncore.training.config import NetworkName, TrainConfig
from cnncore.training.events import (
    Batch,
    Data,
    Epoch,
    Failed,
    Finished,
    LayerRow,
    Model,
    Progress,
    Stage,
    TrainBegin,
)
from cnncore.training.plan import counted, planned
from tui.drawing.chart import Line
from tui.drawing.theme import palette
from tui.i18n import _, set_language
from tui.i18n.words import duration, source_text
from tui.training.options import FIELDS
from tui.training.panels import epochs_panel, network_panel, progress_panel, tabs_line
from tui.training.run_state import POINTS_PER_EPOCH, RunState
from tui.training.state import TrainingState
from tui.training.words import (
    best_epoch,
    bits_line,
    config_line,
    data_lines,
    end_line,
    gap_line,
    stage_line,
    status_line,
)

COLOURS = palette("cnn-dark")


def epoch(number: int, accuracy: float, val_accuracy: float | None, val_loss: float | None = 0.3) -> Epoch:
    return Epoch(number, 0.2, accuracy, val_loss, val_accuracy, 4.0)


def text(lines: list[Line]) -> list[str]:
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


def test_a_run_keeps_every_epoch_and_not_more_batches_than_can_be_seen() -> None:
    run = RunState(TrainConfig(epochs=2))
    run.apply(TrainBegin(2, 5000, 10))
    for number in (1, 2):
        for batch in range(1, 5001):
            run.apply(Batch(number, batch, 5000, 1.0, 0.5, 1.0, 1.0))
        run.apply(epoch(number, 0.5, 0.6))
    assert len(run.accuracy) == 2 * POINTS_PER_EPOCH
    assert run.accuracy[-1] == (2.0, 0.5)
    assert run.val_accuracy == [(1.0, 0.6), (2.0, 0.6)]


def test_an_epoch_whose_last_batch_was_not_told_ends_at_its_end() -> None:
    run = RunState(TrainConfig())
    run.apply(Batch(1, 3, 10, 1.0, 0.5, 1.0, 1.0))
    run.apply(epoch(1, 0.7, None))
    assert run.accuracy == [(0.3, 0.5), (1.0, 0.7)]
    assert run.val_accuracy == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s"), (3725, "1 h 02 min"),
     (math.nan, "-"), (-1, "-"), (math.inf, "-")],
)  # fmt: skip
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("accuracy", "val_accuracy", "dropout", "words"),
    [
        (0.95, 0.89, 0.0, "0.060 above validation: the network overfits"),
        (0.92, 0.89, 0.0, "0.030 above validation: the network begins to overfit"),
        (0.90, 0.89, 0.0, "0.010 apart: no overfitting"),
        (0.85, 0.89, 0.0, "Validation is 0.040 above training: training is the mean over the epoch, validation"),
        (0.85, 0.89, 0.5, "with dropout on"),
        (0.85, None, 0.0, "cannot be seen"),
    ],
)
def test_what_a_gap_means(accuracy: float, val_accuracy: float | None, dropout: float, words: str) -> None:
    assert words in gap_line([epoch(1, accuracy, val_accuracy)], TrainConfig(dropout=dropout))


def test_what_overfits_without_dropout_is_told_of_it() -> None:
    parted = [epoch(1, 0.95, 0.80)]
    assert "Dropout reduces this" in gap_line(parted, TrainConfig())
    assert "Dropout" not in gap_line(parted, TrainConfig(dropout=0.3))


def test_a_line_of_options_has_a_short_form() -> None:
    config = TrainConfig(limit=1500)
    assert config_line(config) == "fashion, 28 x 28, 6 epochs, batch 100, validation 0.25, no dropout, 1,500 images"
    assert len(config_line(config, short=True)) <= 78
    assert config_line(config, short=True).endswith("1,500 images")


def test_the_gap_names_the_epoch_after_which_validation_loss_rose() -> None:
    epochs = [epoch(n, 0.9 + n / 100, 0.89, loss) for n, loss in enumerate((0.5, 0.3, 0.4, 0.5, 0.6), 1)]
    assert gap_line(epochs, TrainConfig()).endswith("Validation loss was lowest after epoch 2.")
    assert "lowest" not in gap_line(epochs[:3], TrainConfig())


def test_before_the_first_epoch_nothing_is_claimed() -> None:
    assert gap_line([], TrainConfig()) == ""
    assert best_epoch([]) is None


def test_the_best_epoch_is_that_of_the_best_validation() -> None:
    epochs = [epoch(1, 0.8, 0.88), epoch(2, 0.9, 0.91), epoch(3, 0.95, 0.90)]
    assert best_epoch(epochs) is epochs[1]


def test_a_substitute_says_what_it_replaces_and_why() -> None:
    data = Data("drawn garments", 750, 250, (28, 28, 1), ("a", "b"), True, "no route to {host}", {"host": "h"})
    assert data_lines(data) == [
        "drawn garments: 750 training images, 250 validation images, 2 classes",
        "Drawn garments replace Fashion-MNIST: no route to h",
    ]


def test_drawn_garments_are_no_fashion_mnist_to_the_binary_network() -> None:
    data = Data("drawn garments", 75, 25, (150, 105, 1), ("a", "b"), True, "no folder", {})
    assert data_lines(data)[1] == "Drawn garments are used: no folder"


def test_a_long_path_keeps_its_end() -> None:
    assert source_text("/data/fashion") == "/data/fashion"
    assert source_text("/a/very/long/path/to/the/folder/of/fashion-mnist").endswith("/folder/of/fashion-mnist")
    assert len(source_text("/a/very/long/path/to/the/folder/of/fashion-mnist")) == 32


def test_stages_tell_how_far_they_are() -> None:
    run = RunState(TrainConfig())
    assert stage_line(run, 0.5) == "Starting the training process: 0.5 s"
    run.apply(Stage("import"))
    assert stage_line(run, 3.2) == "Loading TensorFlow, which takes some seconds: 3.2 s"
    run.apply(Stage("data"))
    run.apply(Progress("data", 500, 12000, "images"))
    assert stage_line(run, 3.2) == "Reading the images: 500 of 12,000 images"
    run.apply(Progress("data", 500, 0, "bytes"))
    assert stage_line(run, 3.2) == "Reading the images: 500 bytes"


def test_ends_are_sentences_in_both_languages() -> None:
    assert end_line(Finished(False, 6, 70.0), 6) == "Finished: 6 of 6 epochs in 1 min 10 s"
    assert end_line(Finished(True, 2, 31.0), 6) == "Stopped after 2 of 6 epochs, 31 s"
    assert end_line(Failed("{path} is damaged: {reason}", {"path": "x", "reason": "y"}), 6) == "x is damaged: y"
    set_language("ko")
    assert end_line(Finished(True, 2, 31.0), 6) == "멈추었습니다. 에포크 6번 가운데 2번, 31초"
    assert end_line(Failed("{path} is damaged: {reason}", {"path": "x", "reason": "y"}), 6).startswith("x가 손상")


def test_the_network_is_a_table_with_its_total() -> None:
    lines = text(network_panel(planned(TrainConfig()), 54, 12, COLOURS))
    assert lines[0].split() == ["Layer", "Output", "shape", "Parameters"]
    assert lines[1].split() == ["conv2d", "26", "x", "26", "x", "64", "640"]
    assert lines[8].split() == ["Total", "243,786"]
    assert len({line.rindex(line.split()[-1]) + len(line.split()[-1]) for line in lines[:9]}) == 1


def test_a_short_box_keeps_the_total() -> None:
    assert text(network_panel(planned(TrainConfig()), 40, 4, COLOURS))[-1].endswith("243,786")


def test_epochs_show_the_latest_and_mark_the_best() -> None:
    epochs = [epoch(n, 0.8, 0.9 if n == 8 else 0.8) for n in range(1, 10)]
    lines = text(epochs_panel(epochs, 60, 4, COLOURS))
    assert [line.split()[0] for line in lines] == ["epoch", "7", "*8", "9"]


def test_progress_counts_epochs_and_batches() -> None:
    run = RunState(TrainConfig(epochs=6))
    run.apply(TrainBegin(6, 450, 100))
    run.apply(epoch(1, 0.8, 0.8))
    run.apply(Batch(2, 130, 450, 0.4, 0.85, 12.3, 48.0))
    epochs, batches = text(progress_panel(run, 100, 2, COLOURS))
    assert "2/6  12 s elapsed, 48 s left" in epochs
    assert "130/450  loss 0.4000  accuracy 0.8500" in batches
    room = 100 - 8 - 40 - 2
    assert batches.count("━") == round(130 / 450 * room)
    assert epochs.count("━") == round((1 + 130 / 450) / 6 * room)


def test_the_time_of_a_validation_part_has_elapsed_too() -> None:
    run = RunState(TrainConfig(epochs=2))
    assert run.elapsed == 0
    run.apply(TrainBegin(2, 10, 100))
    run.apply(Batch(1, 10, 10, 0.4, 0.85, 3.0, 5.0))
    assert run.elapsed == 3
    run.apply(epoch(1, 0.8, 0.8))  # after 4 s
    assert "2/2  4.0 s elapsed" in text(progress_panel(run, 100, 2, COLOURS))[0]
    run.apply(Batch(2, 10, 10, 0.4, 0.85, 7.0, 1.0))
    assert run.elapsed == 7


@pytest.mark.parametrize("width", [0, 1, 7, 20, 40, 80, 200])
@pytest.mark.parametrize("height", [0, 1, 2, 9])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_panels_fill_their_box_at_any_size(width: int, height: int, language: str) -> None:
    from rich.cells import cell_len

    set_language("ko" if language == "ko" else "en")
    run = RunState(TrainConfig())
    run.apply(TrainBegin(6, 450, 100))
    run.apply(Batch(1, 130, 450, 0.4, 0.85, 12.3, 48.0))
    panels = [
        network_panel(planned(run.config), width, height, COLOURS),
        epochs_panel([epoch(1, 0.8, 0.8)], width, height, COLOURS),
        progress_panel(run, width, height, COLOURS),
        progress_panel(None, width, height, COLOURS),
        [tabs_line(["정확도", "loss"], 0, width, COLOURS)] * height,
    ]
    for lines in panels:
        assert len(lines) == height
        assert {sum(cell_len(s.text) for s in line) for line in lines} <= {width}


@pytest.mark.parametrize("network", ["fashion", "binary"])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_parameters_are_counted_out(network: NetworkName, dropout: float) -> None:
    config = TrainConfig(network=network, dropout=dropout)
    model = planned(config)
    counts = counted(config, model)
    for row, count in zip(model.layers, counts, strict=True):
        assert row.parameters == (0 if count is None else math.prod(count[0]) + count[1])
    lines = text(network_panel(model, 58, 14, COLOURS, counts=counts))
    first = "3x3x1x64 + 64" if network == "fashion" else "3x3x1x16 + 16"
    assert lines[1].rstrip().endswith(first)
    assert "weights + biases" in lines[0]
    narrow = text(network_panel(model, 46, 14, COLOURS, counts=counts))
    assert first not in narrow[1]
    assert narrow[-1].rstrip() == "" or narrow[-1].endswith(f"{model.parameters:,}")


def test_only_weights_and_biases_are_counted_out() -> None:
    layers = (
        {"layer": "BatchNormalization"},
        {"layer": "Flatten"},
        {"layer": "Dense", "units": 3, "activation": "softmax"},
    )
    design = {"name": "normalised", "input_shape": (28, 28, 1), "layers": layers}
    config = TrainConfig(architecture=design)
    assert counted(config, planned(config)) == [None, None, ((784, 3), 3)]


def test_another_count_than_the_planned_one_is_not_explained() -> None:
    model = Model((LayerRow("conv2d", "Conv2D", (26, 26, 64), 641),), 641)
    assert counted(TrainConfig(), model) == [None]


@pytest.mark.parametrize("there", [True, False])
def test_keras_is_offered_only_where_it_is(there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.training.words.keras_is_installed", lambda: there)
    run = RunState(TrainConfig())
    run.apply(Finished(False, 6, 12.0, "m.keras", "m.csv"))
    line, wrong = status_line(TrainingState(run=run), 0.0)
    assert not wrong
    assert line.endswith("3 opens it, 5 compares it with Keras." if there else ". 3 opens it.")
    assert ("Keras" in line) is there


def test_a_run_from_another_instruction_set_says_that_bits_may_differ() -> None:
    assert bits_line(None) == bits_line(TrainBegin(6, 450, 100, 2)) == ""
    assert "avx512 and continues with another: the last bits" in bits_line(TrainBegin(6, 450, 100, 2, "avx512"))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_labels_of_the_options_fit_their_column(language: str) -> None:
    from rich.cells import cell_len

    set_language(language)
    widest = max(cell_len(f"{_(label)}: {_(about)}") for _name, label, about in FIELDS)
    assert widest <= 39  # the dialog has 66 columns, its fields 22
