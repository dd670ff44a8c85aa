"""What is on a walking screen, as data: said by a command line, and put on the workbench; and read off it again.

`View` is plain values, so that reading the command line needs no numpy; the functions are for when it is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from cnncore.errors import CnnError
from tui.app.numbers import whole_number
from tui.i18n import N_
from tui.i18n.words import language_words
from tui.walk.padding import Padding, padding_text

if TYPE_CHECKING:
    from cnncore.errors import CnnError
    from cnncore.lesson.kernels import Kernel
    from tui.walk.cursor import Cursor, Pixel
    from tui.walk.workbench import Workbench

Pair = tuple[int, int]
CHANNELS = ("grey", "red", "green", "blue")
CHANNEL_WORDS = (
    N_("grey = 0.299 R + 0.587 G + 0.114 B (c)"),
    N_("red alone (c)"),
    N_("green alone (c)"),
    N_("blue alone (c)"),
)
"""Which numbers of a picture in colours are walked; c is the key that chooses."""


@dataclass(frozen=True, slots=True)
class View:
    """Where to begin; what was not said is "", None or empty, and of the speed 0. `picture` counts the pictures from 0,
    without one's own; `filter` the network's kernels from 0. `kept` are the kernels whose maps stand side by side:
    presets by their names, "custom", or the network's by their numbers. The rest are the options' names."""

    picture: int | None = None
    channel: str = ""
    kernel: str = ""
    scale: str = ""
    custom: str = ""
    custom_scale: str = ""
    filter: int | None = None
    kept: tuple[str, ...] = ()
    padding: Padding | Literal[""] = ""
    stride: Pair | None = None
    dilation: Pair | None = None
    pool: Pair | None = None
    pool_stride: Pair | None = None
    pool_padding: Padding | Literal[""] = ""
    at: Pair | None = None
    term: int | None = None
    pixel: Pair | None = None
    speed: int = 0


NOTHING_SAID = View()


def typed_kept(text: str) -> tuple[str, ...]:
    """Kernels by their names, all presets as "all", or the network's by their numbers from 0, by comma: 0,2,8-63. Each
    once. Raises `CnnError`."""
    from cnncore.lesson.kernels import KERNELS, kernel_by_id

    names: dict[str, None] = {}
    for part in text.split(","):
        name = part.strip().lower()
        first, dash, last = name.partition("-")
        if _counts(first) and (_counts(last) if dash else not last):
            names |= dict.fromkeys(map(str, range(int(first), int(last or first) + 1)))
        elif name == "all":
            names |= dict.fromkeys(kernel.id for kernel in KERNELS)
        else:
            names[kernel_by_id(name).id] = None
    return tuple(names)


def _counts(text: str) -> bool:
    """Whether it is a number of a kernel: as many as no layer has more."""
    return whole_number(text, most=99_999) is not None


def kept_text(names: Sequence[str]) -> str:
    """The shortest that `typed_kept` reads as the same."""
    from cnncore.lesson.kernels import KERNELS

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


def misplaced(view: View, rows: int, columns: int) -> CnnError | None:
    """Why the output has no such place as the view asks for, where it has none."""
    if view.at is not None:
        for name, value, size in (("row", view.at[0], rows), ("column", view.at[1], columns)):
            if value >= size:
                return CnnError("{name} is {value}; it must be from 0 to {last}", name=name, value=value, last=size - 1)
    return None


def begin_at(view: View, cursor: Cursor, pixel: Pixel | None) -> None:
    """Puts a cursor that knows its output where the view says, else in the middle, where a picture has something to
    see, and with a part of the output there to read; and where there is a `pixel`, the hand on it."""
    cursor.jump(*(view.at or (cursor.rows // 2 - 1, cursor.columns // 2)))
    if view.term is not None:
        cursor.go_term(view.term)
    cursor.speed = view.speed or cursor.speed
    if view.pixel is not None and pixel is not None:
        pixel.on = True
        pixel.choose(*view.pixel)


def apply_view(view: View, workbench: Workbench) -> None:
    """Put the view, but a network's kernel, on a workbench that has its pictures. Raises `CnnError`."""
    if view.padding:
        workbench.set_padding(view.padding)
    if view.stride:
        workbench.set_strides(view.stride)
    if view.dilation:
        workbench.set_dilation(view.dilation)
    if view.pool or view.pool_stride:
        workbench.set_pool(view.pool or workbench.pool_size, view.pool_stride or workbench.pool_strides)
    if view.pool_padding:
        workbench.set_pool_padding(view.pool_padding)
    if view.custom:
        workbench.put_custom(own_kernel(view.custom, view.custom_scale))
    if view.kernel:
        _apply_kernel(view, workbench)
    _apply_kept(view, workbench)
    if view.picture is not None:
        shared = [i for i, sample in enumerate(workbench.samples) if not sample.path]
        if view.picture >= len(shared):
            raise CnnError(
                "{name} is {value}; it must be from {least} to {most}",
                name="--picture",
                value=view.picture,
                least=0,
                most=len(shared) - 1,
            )
        workbench.next_sample(shared[view.picture] - workbench.sample_index)
    if view.channel:
        workbench.set_channel(CHANNELS.index(view.channel))


def apply_filter(view: View, workbench: Workbench) -> None:
    """The network's kernel, once the network is there. Raises `CnnError`."""
    from tui.walk.workbench import Choice

    if workbench.layer is None:
        return
    for name, number in (("--filter", view.filter), *(("--keep", int(n)) for n in view.kept if n.isdigit())):
        if number is not None and number >= workbench.layer.filters:
            raise CnnError(
                "{name} is {value}; it must be from {least} to {most}",
                name=name,
                value=number,
                least=0,
                most=workbench.layer.filters - 1,
            )
    if any(name.isdigit() for name in view.kept):
        _apply_kept(view, workbench)
    if view.filter is not None:
        workbench.choose(Choice(view.filter, network=True))
    elif view.kernel:
        workbench.choose(Choice(workbench.kernel_index))


def _apply_kept(view: View, workbench: Workbench) -> None:
    """The kernels whose maps stand side by side, as far as they are there."""
    from tui.walk.workbench import Choice

    places = {kernel.id: place for place, kernel in enumerate(workbench.kernels)}
    found = [
        Choice(int(name), network=True) if name.isdigit() else Choice(places[name])
        for name in view.kept
        if not name.isdigit() or workbench.layer is not None
    ]
    if found:
        workbench.set_chosen(found)


def _apply_kernel(view: View, workbench: Workbench) -> None:
    from cnncore.lesson.kernels import CUSTOM, parse_kernel
    from tui.walk.workbench import Choice

    kernel = parse_kernel(view.kernel, view.scale)
    if kernel.id == CUSTOM.id:
        workbench.set_custom(kernel)
    else:
        workbench.choose(Choice(next(i for i, known in enumerate(workbench.kernels) if known.id == kernel.id)))


def own_kernel(rows: str, scale: str) -> Kernel:
    """The custom kernel of rows of numbers. Raises `CnnError`, for a preset's name as well."""
    from cnncore.lesson.kernels import CUSTOM, parse_kernel

    kernel = parse_kernel(rows, scale)
    if kernel.id != CUSTOM.id:
        raise CnnError('--custom is {value}; write rows of numbers: "0 -1 0; -1 5 -1; 0 -1 0"', value=repr(rows))
    return kernel


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
    """The command that opens the app on what the workbench has, the cursor `at` (row, column) of `screen`'s output,
    there at `term` where the value is not finished, the hand on the input's `pixel`, and a `speed` where it is not the
    usual one."""
    from tui.app.paths import command_text, given

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
    if network or any(choice.network for choice in workbench.chosen):
        words += ["--model", model]
    words += ["--filter", str(workbench.filter)] if network else _kernel_words(workbench.kernel)
    words += _custom_words(workbench, walked=not network and workbench.kernel_index == workbench.custom_index)
    if workbench.chosen:
        names = [str(each.index) if each.network else workbench.kernels[each.index].id for each in workbench.chosen]
        words += ["--keep", kept_text(names)]
    words += _window_words(workbench)
    words += ["--at", f"{at[0]},{at[1]}"]
    words += [] if term is None else ["--term", str(term)]
    words += [] if pixel is None else ["--pixel", f"{pixel[0]},{pixel[1]}"]
    words += ["--speed", str(speed)] if speed else []
    return command_text(words)


def _window_words(workbench: Workbench) -> list[str]:
    """What is not as it is without a word."""
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
    from cnncore.lesson.kernels import CUSTOM

    if kernel.id != CUSTOM.id:
        return ["--kernel", kernel.id]
    return _written(kernel, "--kernel", "--scale")


def _custom_words(workbench: Workbench, *, walked: bool) -> list[str]:
    """An edited kernel that is not the one that is walked, which says its own rows."""
    from cnncore.lesson.kernels import CUSTOM

    kernel = workbench.kernels[workbench.custom_index]
    return [] if walked or kernel == CUSTOM else _written(kernel, "--custom", "--custom-scale")


def _written(kernel: Kernel, option: str, scale: str) -> list[str]:
    rows = "; ".join(" ".join(weight_text(weight) for weight in row) for row in kernel.weights)
    return [*_said(option, rows), *(_said(scale, str(kernel.scale)) if kernel.scale != 1 else [])]


def _said(option: str, value: str) -> list[str]:
    """One word where a minus in front could be read as another option's."""
    return [f"{option}={value}"] if value.startswith("-") else [option, value]


def weight_text(weight: float) -> str:
    """A weight as one would type it, exactly: 2, -0.5, 1/3."""
    for text in (f"{weight:.9g}", str(Fraction(weight).limit_denominator(10**6))):
        if "e" not in text and float(Fraction(text)) == weight:
            return text
    return f"{weight:.9f}"
