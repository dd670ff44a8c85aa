"""A value's arithmetic in words: the layer's rule, the value's position, every stage with its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.i18n import N_, _
from tui.network.value_listing import tidy

if TYPE_CHECKING:
    from cnncore.network.explain import Explanation, FlatIndex, Stage

ACTIVATIONS = {
    "linear": N_("z stays as it is."),
    "relu": N_("ReLU turns every negative z into 0."),
    "sigmoid": N_("Sigmoid, 1 / (1 + e^-z), maps z to a number between 0 and 1."),
    "tanh": N_("tanh maps z to a number between -1 and 1."),
    "softmax": N_("Softmax divides e^z by the sum of e^z of all units."),
}


@dataclass(frozen=True, slots=True)
class StageText:
    """`label  expression = value`, and a remark. `short` replaces what stands before '=' if there is little room."""

    label: str
    expression: str
    value: str
    negative: bool
    note: str = ""
    short: str = ""


def position_words(index: tuple[int, ...]) -> str:
    """ "row 3, column 4, map 17" or "unit 5"."""
    if len(index) == 3:
        return _("row {row}, column {column}, map {map}").format(row=index[0], column=index[1], map=index[2])
    if len(index) == 1:
        return _("unit {unit}").format(unit=index[0])
    return _("position {place}").format(place=", ".join(map(str, index)))


def formula_words(explanation: Explanation) -> str:
    """The rule by which this kind of layer computes the value."""
    e = explanation
    count = len(e.sources)
    match e.kind:
        case "Conv2D" if e.channels is not None:
            words = _(
                "Each of the {channels} channels has a kernel, which gives {taps} products. "
                "z is the sum of the channel sums + bias."
            ).format(channels=e.channels.count, taps=e.channels.taps)
        case "Conv2D":
            words = _("The kernel lies on the input: {count} products value x weight. z is their sum + bias.").format(
                count=count
            )
        case "DepthwiseConv2D":
            words = _("The kernel lies on map {map} alone: {count} products. z is their sum + bias.").format(
                map=e.sources[0].position[-1], count=count
            )
        case "Dense":
            words = _(
                "Each of the {count} inputs is multiplied by its weight; z is the sum of all products + bias."
            ).format(count=count)
        case "MaxPooling2D":
            return _("Only the largest of the {count} values in the window passes.").format(count=count)
        case "AveragePooling2D":
            return _("The mean of the window: the sum of its values / their number; padding is not counted.")
        case "GlobalAveragePooling2D":
            return _("The mean of the whole map: the sum of its {count} values / {count}.").format(count=count)
        case "Flatten":
            return _("The maps are laid out in one row. Nothing is computed: each position gets an index.")
        case "Dropout":
            return _("Active only in training: here the value passes unchanged.")
        case "InputLayer":
            return _("The network's input, unchanged.")
        case "ZeroPadding2D":
            return _("Zeros are added around the map; the values inside pass unchanged.")
        case "BatchNormalization":
            return _("(x - mean) / sqrt(variance + epsilon) x gamma + beta, with this map's numbers from training.")
        case "Rescaling":
            return _("x times the scale, plus the offset.")
        case "ReLU" if [stage.operation for stage in e.stages] != ["relu"]:
            return _(
                "ReLU with its own settings: a value above the threshold passes, up to the limit; any other "
                "becomes slope x (value - threshold)."
            )
        case "ReLU":
            return _("ReLU: a negative value becomes 0, any other passes.")
        case _:
            if e.softmax is not None:
                return _("Softmax: e^z of this unit / the sum of e^z of all units. The probabilities add up to 1.")
            return _("An activation alone; z is the value of the layer before.") + " " + _(ACTIVATIONS[e.activation])
    return words + " " + _(ACTIVATIONS[e.activation])


def stage_texts(explanation: Explanation) -> list[StageText]:
    """Every stage with the numbers that go into it."""
    texts: list[StageText] = []
    table = explanation.softmax
    own = table.index if table is not None and table.logits_from == "before" else 0
    before = explanation.sources.values[own].item()
    for stage in explanation.stages:
        label, expression, note = _stage(explanation, stage, before)
        short = _short(stage, expression)
        texts.append(StageText(label, expression, tidy(stage.value), stage.value < 0, note, short))
        before = stage.value
    return texts


def _stage(e: Explanation, stage: Stage, before: float) -> tuple[str, str, str]:
    was = tidy(before)
    by = "" if stage.operand is None else tidy(stage.operand)
    match stage.operation:
        case "sum":
            none = _("and this layer has no bias") if e.bias is None else ""
            if e.channels is not None:
                return _("sum"), _("all {count} channel sums").format(count=e.channels.count), none
            if e.counted is not None:
                return _("sum"), _("all {count} values").format(count=e.counted), ""
            return _("sum"), _("all {count} products").format(count=len(e.sources)), none
        case "bias":
            return _("z, with the bias"), added(was, stage.operand), ""
        case "relu":
            return "ReLU", f"max(0, {was})", _("negative, so 0") if before < 0 else ""
        case "tanh":
            return "tanh", f"tanh({was})", ""
        case "exponential":
            if stage.operand is None:
                return "e^-z", f"e^-({was})", ""
            return "e^(z - max)", f"e^({was} {_minus(by)})", ""
        case "sigmoid":
            return "sigmoid", f"1 / (1 + {was})", ""
        case "softmax":
            return "softmax", f"{was} / {by}", ""
        case "maximum":
            values = [v for v, out in zip(e.sources.values.tolist(), e.sources.padded.tolist(), strict=True) if not out]
            many = _("{count} are equally large; the first is marked").format(count=e.ties) if e.ties > 1 else ""
            if len(values) > 9:
                return _("largest"), _("of {count} values").format(count=len(values)), many
            return _("largest"), f"max({', '.join(tidy(v, 4) for v in values)})", many
        case "mean":
            return _("mean"), f"{was} / {e.counted}", ""
        case "copy":
            return _("unchanged"), "", ""
        case "padding":
            return _("padding"), "", _("outside the map, so 0")
        case "subtract":
            return _("x - mean"), f"{was} {_minus(by)}", ""
        case "variance":
            return _("variance + epsilon"), f"{by} + {e.epsilon:g}", ""
        case "root":
            return _("its square root"), f"sqrt({was})", ""
        case "divide":
            return _("normalized"), f"{tidy(e.stages[0].value)} / {by}", ""
        case "multiply":
            label = _("x gamma") if e.kind == "BatchNormalization" else _("x scale")
            return label, f"{was} x {by}", ""
        case "add":
            return (_("+ beta") if e.kind == "BatchNormalization" else _("+ offset")), added(was, stage.operand), ""
        case "threshold":
            return _("threshold"), f"{was} <= {by}", _("not above the threshold, so 0")
        case "slope":
            return _("slope"), f"{by} x ({was} {_minus(tidy(e.threshold or 0.0))})", ""
        case "cap":
            return _("at most {most}").format(most=by), f"min({was}, {by})", ""


def _short(stage: Stage, expression: str) -> str:
    """The operation without the number just written; empty if the label is as short."""
    by = "" if stage.operand is None else tidy(stage.operand)
    match stage.operation:
        case "bias":
            sign, _space, bias = added("", stage.operand).strip().partition(" ")
            return f"{_('sum')} {sign} " + _("bias {value}").format(value=bias)
        case "exponential":
            return f"e^(z {_minus(by)})" if by else "e^-z"
        case "softmax" | "mean" | "divide":
            return f"/ {by}"
        case "sigmoid":
            return "1 / (1 + e^-z)"
        case "maximum" | "variance" | "subtract" | "slope" | "cap":
            return expression
        case _:
            return ""


def added(was: str, operand: float | None) -> str:
    """ "0.5 + 0.1" or "0.5 - 0.1"."""
    by = tidy(operand or 0.0)
    return f"{was} - {by[1:]}" if by.startswith("-") else f"{was} + {by}"


def _minus(by: str) -> str:
    return f"+ {by[1:]}" if by.startswith("-") else f"- {by}"


def index_words(flat: FlatIndex) -> tuple[str, ...]:
    """Both formulas with their numbers: from position to index, and from index back to position."""
    names = (
        (_("row"), _("column"), _("map")) if len(flat.shape) == 3 else tuple(f"[{i}]" for i in range(len(flat.shape)))
    )
    *steps, last = flat.terms
    there = " + ".join([*(f"{name} x {step}" for name, (_at, step, _p) in zip(names, steps, strict=False)), names[-1]])
    numbers = " + ".join([*(f"{at} x {step}" for at, step, _product in steps), str(last[0])])
    back = [
        _("{number} / {divisor} = {quotient}, rest {rest}").format(number=n, divisor=d, quotient=q, rest=r)
        for n, d, q, r in flat.divisions
    ]
    position = ", ".join(f"{name} {at}" for name, at in zip(names, flat.position, strict=True))
    size = " x ".join(map(str, flat.shape))
    return (
        _("index = {formula}, because the maps are {shape}").format(formula=there, shape=size),
        _("index = {numbers} = {index}").format(numbers=numbers, index=flat.index),
        _("and back: {steps}").format(steps="; ".join([*back, position])),
    )


def dropout_words(explanation: Explanation) -> tuple[str, ...]:
    """The effect of dropout on this value in training."""
    drop = explanation.dropout
    if drop is None:
        return ()
    value = tidy(explanation.stages[0].value)
    first = _("In training it would become 0 with a probability of {rate:.0%}.").format(rate=drop.rate)
    if drop.kept is None:
        return (first,)
    kept = _("Otherwise it is divided by {keep:g} to keep the mean: {value} / {keep:g} = {kept}.").format(
        keep=drop.keep, value=value, kept=tidy(drop.kept)
    )
    return first, kept


def remarks(explanation: Explanation) -> tuple[str, ...]:
    """The remarks under the listing: the formulas of a flatten, the effect of dropout in training."""
    formulas = () if explanation.flat is None else index_words(explanation.flat)
    return (*formulas, *dropout_words(explanation))
