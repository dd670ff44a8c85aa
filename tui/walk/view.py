"""The view with which a walking screen starts, taken from the command line, and its transfer to the workbench.

`View` holds plain values: parsing a command line loads no numpy. `tui.walk.command_line` writes the command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cnncore.errors import CnnError
from cnncore.lesson.kernels import CUSTOM, KERNELS, Kernel, kernel_by_id, parse_kernel
from tui.app.numbers import whole_number
from tui.i18n import N_
from tui.walk.kernel_choice import KernelChoice
from tui.walk.operation import Pair
from tui.walk.padding import Padding

if TYPE_CHECKING:
    from tui.walk.cursor import Cursor, PixelCursor
    from tui.walk.workbench import Workbench

CHANNELS = ("grey", "red", "green", "blue")
CHANNEL_WORDS = (
    N_("grey = 0.299 R + 0.587 G + 0.114 B (c)"),
    N_("red alone (c)"),
    N_("green alone (c)"),
    N_("blue alone (c)"),
)
"""The channel of a colour picture that is walked; the key c chooses it."""


@dataclass(frozen=True, slots=True)
class View:
    """The view to start with. An option that was not given is "", None or empty, and the speed 0.

    `picture` counts the pictures from 0, without the learner's own; `filter` the network's kernels from 0. `maps` are
    the kernels whose maps are shown side by side: presets by name, "custom", or the network's by number. The other
    fields have the names of their options.
    """

    picture: int | None = None
    channel: str = ""
    kernel: str = ""
    scale: str = ""
    custom: str = ""
    custom_scale: str = ""
    filter: int | None = None
    maps: tuple[str, ...] = ()
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


def typed_maps(text: str) -> tuple[str, ...]:
    """Parse kernels separated by commas: presets by name or "all", the network's by number from 0, as in 0,2,8-63. Each
    is returned once. Raises `CnnError`."""
    names: dict[str, None] = {}
    for part in text.split(","):
        name = part.strip().lower()
        first, dash, last = name.partition("-")
        if _is_kernel_number(first) and (_is_kernel_number(last) if dash else not last):
            names |= dict.fromkeys(map(str, range(int(first), int(last or first) + 1)))
        elif name == "all":
            names |= dict.fromkeys(kernel.id for kernel in KERNELS)
        else:
            names[kernel_by_id(name).id] = None
    return tuple(names)


def _is_kernel_number(text: str) -> bool:
    """Return true for a kernel's number, below 100,000: no layer has more."""
    return whole_number(text, most=99_999) is not None


def misplaced(view: View, rows: int, columns: int) -> CnnError | None:
    """Return an error if the view begins at a cell outside the output."""
    if view.at is not None:
        for name, value, size in (("row", view.at[0], rows), ("column", view.at[1], columns)):
            if value >= size:
                return CnnError("{name} is {value}; it must be from 0 to {last}", name=name, value=value, last=size - 1)
    return None


def begin_at(view: View, cursor: Cursor, pixel: PixelCursor | None) -> None:
    """Move a fitted cursor to where the view begins, by default near the middle of the output; and the `pixel` cursor,
    if there is one, to the input value of the view."""
    cursor.jump(*(view.at or (cursor.rows // 2 - 1, cursor.columns // 2)))
    if view.term is not None:
        cursor.go_term(view.term)
    cursor.speed = view.speed or cursor.speed
    if view.pixel is not None and pixel is not None:
        pixel.on = True
        pixel.jump(*view.pixel)


def apply_view(view: View, workbench: Workbench) -> None:
    """Put the view on a workbench that has its pictures, without the network's kernels. Raises `CnnError`."""
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
    _apply_maps(view, workbench)
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
    """Choose the view's kernel of the network, once the network is loaded. Raises `CnnError`."""
    if workbench.layer is None:
        return
    for name, number in (("--filter", view.filter), *(("--keep", int(n)) for n in view.maps if n.isdigit())):
        if number is not None and number >= workbench.layer.filters:
            raise CnnError(
                "{name} is {value}; it must be from {least} to {most}",
                name=name,
                value=number,
                least=0,
                most=workbench.layer.filters - 1,
            )
    if any(name.isdigit() for name in view.maps):
        _apply_maps(view, workbench)
    if view.filter is not None:
        workbench.choose(KernelChoice(view.filter, network=True))
    elif view.kernel:
        workbench.choose(KernelChoice(workbench.kernel_index))


def _apply_maps(view: View, workbench: Workbench) -> None:
    """Show the view's maps side by side, those of the network only once it is loaded."""
    choices = [
        KernelChoice(int(name), network=True) if name.isdigit() else KernelChoice(workbench.preset_index(name))
        for name in view.maps
        if not name.isdigit() or workbench.layer is not None
    ]
    if choices:
        workbench.set_maps(choices)


def _apply_kernel(view: View, workbench: Workbench) -> None:
    kernel = parse_kernel(view.kernel, view.scale)
    if kernel.id == CUSTOM.id:
        workbench.set_custom(kernel)
    else:
        workbench.choose(KernelChoice(workbench.preset_index(kernel.id)))


def own_kernel(rows: str, scale: str) -> Kernel:
    """Parse the custom kernel from rows of numbers. Raises `CnnError`, for a preset's name as well."""
    kernel = parse_kernel(rows, scale)
    if kernel.id != CUSTOM.id:
        raise CnnError('--custom is {value}; write rows of numbers: "0 -1 0; -1 5 -1; 0 -1 0"', value=repr(rows))
    return kernel
