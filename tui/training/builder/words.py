"""The sentences of the builder about layers, their options, and the cost of a run."""

from __future__ import annotations

from collections.abc import Mapping

from cnncore.training.architecture import Row
from cnncore.training.architecture.outline import classes_of
from cnncore.training.cost import Memory, epoch_seconds
from tui.i18n import N_, _
from tui.i18n.words import duration
from tui.training.builder.state import BuilderState
from tui.training.builder.values import size_text, value_text

FASHION_IMAGES = 60_000
"""The training images of Fashion-MNIST."""
OPTION_WORDS: Mapping[str, str] = {
    "filters": N_("the number of filters, and of maps in the output"),
    "kernel_size": N_("rows and columns of each kernel"),
    "strides": N_("how far the window moves each time; 2 halves height and width"),
    "padding": N_("valid: the window stays inside, and the maps shrink; same: zeros around the maps keep their size"),
    "activation": N_("applied to each sum: relu makes negatives 0, softmax makes probabilities that add up to 1"),
    "kernel_initializer": N_("the rule that draws the random weights before training"),
    "dilation_rate": N_("the distance between the values that the kernel reads; 1 leaves no gap"),
    "groups": N_("the input maps are divided into this many groups, each with filters of its own"),
    "use_bias": N_("True adds one learned number to each sum"),
    "depth_multiplier": N_("the number of kernels for each input map"),
    "pool_size": N_("rows and columns of the window that becomes one value"),
    "keepdims": N_("True keeps height and width, both 1"),
    "units": N_("the number of units, each connected to all values before it"),
    "rate": N_("the share of values set to 0 at random in each training step; none afterwards"),
    "momentum": N_("how slowly the running mean and variance follow the batches"),
    "epsilon": N_("a small number added to the variance, so that nothing is divided by 0"),
    "max_value": N_("the largest value that passes; None for no limit"),
    "negative_slope": N_("the factor for negative values; ReLU has 0"),
    "threshold": N_("values below it count as negative"),
    "scale": N_("the factor for every value"),
    "offset": N_("added to every value after scaling"),
}
"""The meaning of each option."""
FREE = {"filters", "kernel_size", "strides", "pool_size", "units", "rate"}
"""The options of which the reader is told that they are a matter of trial."""
ZEROS = N_("rows and columns of zeros added at each side")


def option_line(state: BuilderState) -> str:
    """The option under the cursor, and its meaning."""
    layer, option = state.layer, state.chosen
    if layer is None:
        return _("The network has no layers: i adds one, p opens a ready one.")
    if option is None:
        return _("{kind} has no options to choose.").format(kind=layer.kind)
    about = ZEROS if layer.kind == "ZeroPadding2D" else OPTION_WORDS[option.name]
    line = f"{option.name}: {_(about)}."
    if option.name in FREE:
        line += " " + _("A hyperparameter: there is no right answer.")
    return line


def weights_text(row: Row) -> str:
    """The shapes of a layer's weights: 3x3x64x64 + 64."""
    return " + ".join(size_text(shape) for shape in row.weights.values())


def share_line(rows: tuple[Row, ...]) -> str:
    """The number of parameters, and the layer that has most of them."""
    total = sum(row.parameters for row in rows)
    line = _("{count} parameters").format(count=f"{total:,}")
    if not total:
        return line
    largest = max(rows, key=lambda row: row.parameters)
    share = _("{percent} % of them in layer {number}").format(
        percent=round(100 * largest.parameters / total), number=rows.index(largest) + 1
    )
    return f"{line}, {share}"


def memory_line(needs: Memory) -> str:
    return _("memory {total}: weights and optimizer {weights}, maps of a batch {maps}").format(
        total=bytes_text(needs.total), weights=bytes_text(needs.weights), maps=bytes_text(needs.maps)
    )


def bytes_text(count: int) -> str:
    """A size in memory: 12 kB, 3.4 MB, 120 MB, 2.1 GB."""
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            number = count / size
            return f"{number:.1f} {unit}" if number < 9.95 else f"{number:.0f} {unit}"
    return f"{max(1, round(count / 1000))} kB"


def time_line(state: BuilderState, each: float) -> str:
    """The time of an epoch, if a training image takes `each` seconds."""
    config = state.accepted()
    known = classes_of(config.design) != 2
    images = config.limit or (FASHION_IMAGES if known else 1000)
    return _("an epoch of {images} images takes about {time}").format(
        images=f"{images:,}", time=duration(epoch_seconds(config, images, each))
    )


def row_line(state: BuilderState) -> str:
    """The layer under the cursor in a sentence."""
    if state.layer is None:
        return _("The network has no layers: i adds one, p opens a ready one.")
    row = state.rows[state.at]
    name = _("Layer {number} of {count}: {layer}").format(
        number=state.at + 1, count=len(state.rows), layer=row.spec.kind
    )
    option = state.chosen
    if option is None:
        return name
    return f"{name}, {option.name} {value_text(option, row.spec.value(option.name))}"
