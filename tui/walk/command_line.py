"""Writes the command line that reopens the app on the current view of a walking screen."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from cnncore.lesson.kernels import CUSTOM, KERNELS, Kernel
from tui.app.paths import command_text, given
from tui.i18n.words import language_words
from tui.walk.operation import Pair
from tui.walk.padding import padding_text
from tui.walk.view import CHANNELS

if TYPE_CHECKING:
    from tui.walk.workbench import Workbench


def command_line(
    workbench: Workbench,
    at: Pair,
    *,
    screen: str = "convolution",
    data: str = "",
    model: str = "",
    term: int | None = None,
    pixel: Pair | None = None,
    speed: int = 0,
) -> str:
    """Return the command that opens the app as the workbench is now.

    `at` is the cursor (row, column) in the output of `screen`, `term` its products shown if the value is unfinished,
    `pixel` the cursor on the input, `speed` an unusual speed.
    """
    sample = workbench.sample
    words = ["cnn-tui", *language_words()]
    if screen != "convolution":
        words += ["--screen", screen]
    if data:
        words += ["--data", given(data)]
    if sample.path:
        words += ["--image", sample.path]
    else:
        words += ["--picture", str(sum(not s.path for s in workbench.samples[: workbench.sample_index]))]
    if sample.channels and sample.channel:
        words += ["--channel", CHANNELS[sample.channel]]
    network = workbench.network and workbench.layer is not None
    if network or any(choice.network for choice in workbench.maps):
        words += ["--model", model]
    words += ["--filter", str(workbench.filter)] if network else _kernel_words(workbench.kernel)
    words += _custom_words(workbench, selected=not network and workbench.kernel_index == workbench.custom_index)
    if workbench.maps:
        names = [str(each.index) if each.network else workbench.kernels[each.index].id for each in workbench.maps]
        words += ["--keep", map_names_text(names)]
    words += _window_words(workbench)
    words += ["--at", f"{at[0]},{at[1]}"]
    words += [] if term is None else ["--term", str(term)]
    words += [] if pixel is None else ["--pixel", f"{pixel[0]},{pixel[1]}"]
    words += ["--speed", str(speed)] if speed else []
    return command_text(words)


def _window_words(workbench: Workbench) -> list[str]:
    """Return the window's options that differ from their defaults."""
    words: list[str] = []
    for option, padding in (("--padding", workbench.padding), ("--pool-padding", workbench.pool_padding)):
        if padding != "valid":
            words += [option, padding_text(padding)]
    for option, pair, usual in (
        ("--stride", workbench.strides, (1, 1)),
        ("--dilation", workbench.dilation, (1, 1)),
        ("--pool", workbench.pool_size, (2, 2)),
        ("--pool-stride", workbench.pool_strides, None),
    ):
        if pair is not None and pair != usual:
            words += [option, _pair_text(pair)]
    return words


def _pair_text(pair: Pair) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]},{pair[1]}"


def _kernel_words(kernel: Kernel) -> list[str]:
    if kernel.id != CUSTOM.id:
        return ["--kernel", kernel.id]
    return _rows_words(kernel, "--kernel", "--scale")


def _custom_words(workbench: Workbench, *, selected: bool) -> list[str]:
    """Return the options of an edited custom kernel that is not the selected one."""
    kernel = workbench.kernels[workbench.custom_index]
    return [] if selected or kernel == CUSTOM else _rows_words(kernel, "--custom", "--custom-scale")


def _rows_words(kernel: Kernel, option: str, scale: str) -> list[str]:
    rows = "; ".join(" ".join(weight_text(weight) for weight in row) for row in kernel.weights)
    return [*_option(option, rows), *(_option(scale, str(kernel.scale)) if kernel.scale != 1 else [])]


def _option(option: str, value: str) -> list[str]:
    """Join option and value if the value's minus could be read as another option's."""
    return [f"{option}={value}"] if value.startswith("-") else [option, value]


def weight_text(weight: float) -> str:
    """Write a weight exactly, as one would type it: 2, -0.5, 1/3."""
    for text in (f"{weight:.9g}", str(Fraction(weight).limit_denominator(10**6))):
        if "e" not in text and float(Fraction(text)) == weight:
            return text
    return f"{weight:.9f}"


def map_names_text(names: Sequence[str]) -> str:
    """Write kernels so that `typed_maps` parses them, as short as possible."""
    every = [kernel.id for kernel in KERNELS]
    if list(names[: len(every)]) == every:
        names = ["all", *names[len(every) :]]
    parts: list[str] = []
    run: list[int] = []

    def finish() -> None:
        if run:
            parts.append(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]))
            run.clear()

    for name in names:
        if not name.isdigit() or (run and int(name) != run[-1] + 1):
            finish()
        if name.isdigit():
            run.append(int(name))
        else:
            parts.append(name)
    finish()
    return ",".join(parts)
