"""What is on a walking screen, as data: said by a command line, and put on the workbench; and read off it again.

`View` is plain values, so that reading the command line needs no numpy; the functions are for when it is there.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tui.i18n import language, system_language

if TYPE_CHECKING:
    from cnncore.kernels import Kernel
    from tui.bench import Bench

Pair = tuple[int, int]
Padding = Literal["valid", "same", ""]


@dataclass(frozen=True, slots=True)
class View:
    """Where to begin; what was not said is 0, "" or None. `picture` counts the pictures from 1, without one's own;
    `filter` the network's kernels from 1. The rest are the options' names."""

    picture: int = 0
    kernel: str = ""
    scale: str = ""
    filter: int = 0
    padding: Padding = ""
    stride: Pair | None = None
    dilation: Pair | None = None
    pool: Pair | None = None
    pool_stride: Pair | None = None
    pool_padding: Padding = ""
    at: Pair | None = None


NOTHING_SAID = View()


def apply_view(view: View, bench: Bench) -> None:
    """Puts the view on a bench that has its pictures, as far as its kernel is not the network's. Raises `CnnError`."""
    from cnncore.errors import CnnError

    if view.padding not in ("", bench.padding):
        bench.toggle_padding()
    if view.stride:
        bench.set_strides(view.stride)
    if view.dilation:
        bench.set_dilation(view.dilation)
    if view.pool or view.pool_stride:
        bench.set_pool(view.pool or bench.pool_size, view.pool_stride or bench.pool_strides)
    if view.pool_padding not in ("", bench.pool_padding):
        bench.toggle_pool_padding()
    if view.kernel:
        _apply_kernel(view, bench)
    if view.picture:
        shared = [i for i, sample in enumerate(bench.samples) if not sample.path]
        if view.picture > len(shared):
            raise CnnError(
                "{name} is {value}; it must be from {least} to {most}",
                name="--picture",
                value=view.picture,
                least=1,
                most=len(shared),
            )
        bench.next_sample(shared[view.picture - 1] - bench.sample_index)


def apply_filter(view: View, bench: Bench) -> None:
    """The network's kernel, once the network is there. Raises `CnnError`."""
    from cnncore.errors import CnnError
    from tui.bench import Choice

    if not view.filter or bench.layer is None:
        return
    if view.filter > bench.layer.filters:
        raise CnnError(
            "{name} is {value}; it must be from {least} to {most}",
            name="--filter",
            value=view.filter,
            least=1,
            most=bench.layer.filters,
        )
    bench.choose(Choice(view.filter - 1, network=True))


def _apply_kernel(view: View, bench: Bench) -> None:
    from cnncore.kernels import CUSTOM
    from tui.bench import Choice
    from tui.commands.filter import parse_kernel

    kernel = parse_kernel(view.kernel, view.scale)
    if kernel.id == CUSTOM.id:
        bench.set_custom(kernel)
    else:
        bench.choose(Choice(next(i for i, known in enumerate(bench.kernels) if known.id == kernel.id)))


def command_line(bench: Bench, at: Pair, *, screen: str = "convolution", data: str = "", model: str = "") -> str:
    """The command that opens the app on what the bench has, with the cursor `at` (row, column) of `screen`'s output."""
    sample = bench.sample
    words = ["cnn-tui"]
    if language() != system_language():
        words += ["--lang", language()]
    if screen != "convolution":
        words += ["--screen", screen]
    if data:
        words += ["--data", str(Path(data).expanduser().absolute())]
    if sample.path:
        words += ["--image", sample.path]
    else:
        words += ["--picture", str(sum(not s.path for s in bench.samples[: bench.sample_index + 1]))]
    if bench.network and bench.layer is not None:
        words += ["--model", model, "--filter", str(bench.filter + 1)]
    else:
        words += _kernel_words(bench.kernel)
    words += _window_words(bench)
    words += ["--at", f"{at[0]},{at[1]}"]
    return shlex.join(words)


def _window_words(bench: Bench) -> list[str]:
    """What is not as it is without a word."""
    words: list[str] = []
    for option, padding in (("--padding", bench.padding), ("--pool-padding", bench.pool_padding)):
        if padding != "valid":
            words += [option, padding]
    for option, pair, usual in (
        ("--stride", bench.strides, (1, 1)),
        ("--dilation", bench.dilation, (1, 1)),
        ("--pool", bench.pool_size, (2, 2)),
        ("--pool-stride", bench.pool_strides, None),
    ):
        if pair is not None and pair != usual:
            words += [option, _pair_text(pair)]
    return words


def _pair_text(pair: Pair) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]},{pair[1]}"


def _kernel_words(kernel: Kernel) -> list[str]:
    from cnncore.kernels import CUSTOM

    if kernel.id != CUSTOM.id:
        return ["--kernel", kernel.id]
    rows = "; ".join(" ".join(weight_text(weight) for weight in row) for row in kernel.weights)
    return [*_said("--kernel", rows), *(_said("--scale", str(kernel.scale)) if kernel.scale != 1 else [])]


def _said(option: str, value: str) -> list[str]:
    """One word where a minus in front could be read as another option's."""
    return [f"{option}={value}"] if value.startswith("-") else [option, value]


def weight_text(weight: float) -> str:
    """A weight as one would type it, exactly: 2, -0.5, 1/3."""
    for text in (f"{weight:.9g}", str(Fraction(weight).limit_denominator(10**6))):
        if "e" not in text and float(Fraction(text)) == weight:
            return text
    return f"{weight:.9f}"
