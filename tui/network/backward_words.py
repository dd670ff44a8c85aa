"""The backward view in words: its loss, the rule of each gradient, its stages, the optimizer's update, a step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnncore.backward import GradientExplanation, WeightExplanation
from tui.drawing.numbers import significant as amount
from tui.i18n import N_, _
from tui.network.value_words import StageText, position_words

if TYPE_CHECKING:
    from cnncore.backward import GradientStage, StepResult, Update
    from cnncore.backward.update_stages import UpdateStage
    from tui.network.backward_state import Explained
    from tui.network.state import NetworkState

# The loss.


def loss_texts(state: NetworkState) -> tuple[str, ...]:
    """The loss and its batch, from the longest text to the shortest; that it is awaited if it is not known yet."""
    gradients = state.backward.gradients
    if gradients is None:
        return (_("Gradient of the loss: computing"),)
    loss, count = f"{gradients.passed.loss:.4f}", len(gradients.batch)
    brief = _("Gradient of the loss {loss}").format(loss=loss)
    if count > 1:
        long, short = (
            _("mean of this picture and {others} others").format(others=count - 1),
            _("mean of {count} pictures").format(count=count),
        )
    else:
        name = state.class_name(int(gradients.batch.labels[0]))
        if gradients.batch.assumed:
            long = _("this picture alone; class unknown, so for its answer {name}").format(name=name)
            short = _("for its answer {name}").format(name=name)
        else:
            long = _("this picture alone, class {name}").format(name=name)
            short = _("this picture")
    return f"{brief}: {long}", f"{brief}: {short}", brief


def changed_texts(state: NetworkState) -> tuple[str, ...]:
    """A note that the weights are no longer those of the file, from the longest text to the shortest."""
    steps = state.by_hand.steps
    if not steps:
        return ()
    return (
        _("Weights changed by hand, steps: {steps}. U undoes; the file stays as it is.").format(steps=steps),
        _("Weights changed by hand, steps: {steps}. U undoes").format(steps=steps),
        _("CHANGED by hand, U undoes"),
    )


def step_words(result: StepResult, count: int) -> str:
    """The loss of the batch before and after a step."""
    words = _("One step of all weights. ") if result.update is None else _("One step of this weight. ")
    words += (
        _("Loss of this picture: {before} -> {after}")
        if count == 1
        else _("Loss of these {count} pictures: {before} -> {after}")
    ).format(count=count, before=f"{result.before:.6f}", after=f"{result.after:.6f}")
    return words + f" ({result.after - result.before:+.2g})"


# The gradient of a value.


def gradient_title(explained: Explained) -> str:
    """The value or the weight whose gradient is explained."""
    if isinstance(explained, WeightExplanation):
        return _("gradient of {weight}").format(weight=weight_title(explained.weight_name, explained.position))
    place = position_words(explained.position)
    if explained.fused:
        return _("gradient of z, {position}").format(position=place)
    return _("gradient of {position}").format(position=place)


def weight_title(name: str, position: tuple[int, ...]) -> str:
    """ "weight [0, 1], input map 3, map 17" for one of a kernel, "bias 4" for a bias."""
    if name != "kernel":
        return f"{name} {position[-1]}"
    if len(position) == 4:
        return _("weight [{row}, {column}], input map {channel}, map {map}").format(
            row=position[0], column=position[1], channel=position[2], map=position[3]
        )
    return _("weight of input {number}, unit {unit}").format(number=position[0], unit=position[-1])


def rule_words(explained: Explained, reader_kind: str, reader_name: str) -> str:
    """The rule by which the gradient is computed. `reader` is the layer that reads the value; empty after the last."""
    if isinstance(explained, WeightExplanation):
        return _weight_rule(explained)
    if explained.reader is None:
        return _loss_rule(explained)
    count = len(explained.terms)
    if not count:
        return _("No value of {layer} reads this one, so its gradient is 0.").format(layer=reader_name)
    return _(_READERS.get(reader_kind, _SAME)).format(count=f"{count:,}", layer=reader_name)


_SAME = N_("{layer} passes the value on, so its gradient comes back unchanged.")
_READERS = {
    "Conv2D": N_(
        "{count} sums of {layer} contain this value. Through each comes back the gradient of that sum x the weight."
    ),
    "DepthwiseConv2D": N_(
        "{count} sums of {layer} contain this value. Through each comes back the gradient of that sum x the weight."
    ),
    "Dense": N_(
        "All {count} units of {layer} read this value. Through each comes back the gradient of its z x the weight."
    ),
    "MaxPooling2D": N_(
        "A maximum gives its gradient to the winner of the window alone (x 1); the others of the window get 0 (x 0)."
    ),
    "AveragePooling2D": N_("A mean gives each value of its window an equal share of its gradient."),
    "GlobalAveragePooling2D": N_("A mean gives each value of the map an equal share of its gradient."),
    "BatchNormalization": N_(
        "The normalization multiplies by gamma / sqrt(variance + epsilon); its gradient is multiplied by the same."
    ),
    "Rescaling": N_("The value is multiplied by the scale; so is its gradient."),
    "ReLU": N_("ReLU is a gate: open (x 1) for the gradient where the value was positive, shut (x 0) elsewhere."),
    "Activation": N_("Through the activation comes back its gradient x the slope of the activation at this value."),
    "Softmax": N_("Softmax joins all units: p x (gradient - the sum of all p x gradient)."),
}  # fmt: skip


def _loss_rule(explained: GradientExplanation) -> str:
    if not explained.fused:
        return _("The gradient of the loss itself, by its formula.")
    if explained.shape == (1,):
        return _("Sigmoid and cross-entropy together: the gradient of z is p - y. y is the class, 1 or 0.")
    return _("Softmax and cross-entropy together: the gradient of z is p - y. y is 1 for the true class, else 0.")


def _weight_rule(explained: WeightExplanation) -> str:
    count, pictures = f"{len(explained.terms):,}", explained.count
    added = explained.weight_name in ("bias", "beta")
    if count == "1":
        return _("Added once: the gradient of z.") if added else _("Used once: its input value x the gradient of z.")
    if pictures > 1:
        words = (
            _("Added {count} times: the sum of the gradients of z, each with 1/{pictures} in it.")
            if added
            else _("Used {count} times: the sum of value x gradient of z, each with 1/{pictures} in it.")
        )
        return words.format(count=count, pictures=pictures)
    words = (
        _("Added {count} times: the sum of the gradients of z.")
        if added
        else _("Used {count} times: the sum of value x gradient of z.")
    )
    return words.format(count=count)


def stage_texts(explained: Explained) -> list[StageText]:
    """Every stage with its numbers; for a value, also what its own activation makes of the gradient."""
    texts: list[StageText] = []
    before = 0.0
    for stage in explained.stages:
        label, expression, note = _stage(explained, stage, before)
        texts.append(_text(label, expression, stage.value, note))
        before = stage.value
    if isinstance(explained, GradientExplanation) and explained.own_gate is not None:
        texts.append(_own_gate(explained))
    return texts


def _text(label: str, expression: str, value: float, note: str = "") -> StageText:
    return StageText(label, expression, amount(value), value < 0, note)


def _stage(explained: Explained, stage: GradientStage, before: float) -> tuple[str, str, str]:
    was, by = amount(before), "" if stage.operand is None else amount(stage.operand)
    match stage.operation:
        case "sum" if not explained.rows:
            return _("sum"), _("of no product"), ""
        case "sum" if explained.rows == 1:
            return _("sum"), _("the only product"), ""
        case "sum":
            return _("sum"), _("all {count} products").format(count=f"{explained.rows:,}"), ""
        case "probability":
            return _("p, the probability"), "", ""
        case "output":
            return _("output"), "", ""
        case "subtract":
            note = _("y = 1: this is the class") if stage.operand == 1 else ""
            return "p - y" if explained.stages[0].operation == "probability" else _("output - y"), f"{was} - {by}", note
        case "multiply":
            return _("product"), f"{was} x {by}", ""
        case "divide":
            note = _("the loss is the mean over the pictures") if stage.operand != 1 else _("one picture")
            return _("gradient"), f"{was} / {by}", note
        case "loss":
            return _("gradient"), _("by the loss's formula"), ""


def _own_gate(explained: GradientExplanation) -> StageText:
    """The gradient of z, which goes on into the weights of this layer."""
    gate = explained.own_gate or 0.0
    label = _("ReLU's gate") if gate in (0.0, 1.0) else _("through the activation")
    note = ""
    if gate == 0.0 and explained.output == 0.0:
        note = _("shut: the value is 0")
    elif gate == 1.0:
        note = _("open: the value is above 0")
    return _text(label, f"{amount(explained.core)} x {amount(gate)}", explained.sum_gradient, note)


# The optimizer.


def update_title(update: Update) -> tuple[str, ...]:
    """The optimizer, the step and the learning rate, from the longest text to the shortest."""
    words = _("{optimizer}, step {step}").format(optimizer=update.optimizer, step=f"{update.step:,}")
    rate = _("learning rate {rate}").format(rate=amount(update.learning_rate))
    origin = {
        "file": _("averages from the file"),
        "zeros": _("its averages begin at 0"),
        "steps": _("averages after the steps by hand"),
    }[update.origin]
    return f"{words}, {rate}, {origin}", f"{words}, {rate}", words


def update_texts(update: Update) -> list[StageText]:
    """The stages of an update with their numbers. Those that are part of one division are one line."""
    texts: list[StageText] = []
    known: dict[str, UpdateStage] = {}
    for stage in update.stages:
        label, expression = _update_stage(update, stage, known)
        if label:
            texts.append(_text(label, expression, stage.value))
        known[stage.operation] = stage
    return texts


def _update_stage(update: Update, stage: UpdateStage, known: Mapping[str, UpdateStage]) -> tuple[str, str]:
    """The label and the expression of a stage; both empty for a stage that the next one contains."""
    g, by = _few(update.gradient), "" if stage.operand is None else _few(stage.operand)
    m, v, a = (_few(update.before.get(name, 0.0)) for name in ("momentum", "velocity", "average_gradient"))
    values = {name: _few(each.value) for name, each in known.items()}
    adam = "beta_1" in update.numbers
    match stage.operation:
        case "decay":
            return _("weight decay"), f"{_few(update.weight)} x (1 - {by})"
        case "momentum" if adam:
            return _("average m"), f"{m} + ({g} {_minus(m)}) x {by}"
        case "momentum":
            sign = "-" if update.optimizer == "SGD" else "+"
            return _("momentum m"), f"{by} x {m} {sign} {values['step']}"
        case "velocity":
            return _("average v"), f"{v} + ({_few(abs(update.gradient))}^2 - {v}) x {by}"
        case "average_gradient":
            return _("average gradient"), f"{a} + ({g} {_minus(a)}) x {by}"
        case "centered":
            return _("v without its square"), f"{values['velocity']} - {by}"
        case "momentum_correction":
            return _("m corrected"), f"{values['momentum']} / {by}"
        case "velocity_correction":
            return _("v corrected"), f"{values['velocity']} / {by}"
        case "root" | "epsilon":
            return "", ""
        case "step" if adam:
            epsilon = _few(known["epsilon"].operand or 0.0)
            below = f"(sqrt({values['velocity_correction']}) + {epsilon})"
            return _("step"), f"{by} x {values['momentum_correction']} / {below}"
        case "step" if "epsilon" in known:
            return _("step"), f"{by} x {g} / sqrt({values['epsilon']})"
        case "step":
            return _("step"), f"{by} x {g}"
        case "change" if stage.operand is not None:
            return _("change"), f"{by} x {values['momentum']} - {values['step']}"
        case "change":
            return "", ""
        case "weight":
            change = known["change"].value
            before = values.get("decay", _few(update.weight))
            return _("new weight"), f"{before} {'-' if change < 0 else '+'} {_few(abs(change))}"


def _few(value: float) -> str:
    """A number within an expression, which six digits would make too long."""
    return amount(value, 4)


def _minus(text: str) -> str:
    return f"+ {text[1:]}" if text.startswith("-") else f"- {text}"
