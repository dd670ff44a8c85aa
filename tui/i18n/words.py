"""Words that several places use: durations, shapes, sources, the titles of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.i18n import N_, _

if TYPE_CHECKING:
    pass
from typing import TYPE_CHECKING

from tui.i18n import language, system_language

if TYPE_CHECKING:
    pass


def language_words() -> list[str]:
    """Return the option for the language, if it is not the system's."""
    return [] if language() == system_language() else ["--lang", language()]


CLASS_TITLES = (
    N_("T-shirt/top"),
    N_("Trouser"),
    N_("Pullover"),
    N_("Dress"),
    N_("Coat"),
    N_("Sandal"),
    N_("Shirt"),
    N_("Sneaker"),
    N_("Bag"),
    N_("Ankle boot"),
)


def figure(value: float | None, digits: int = 4) -> str:
    """Write a loss or an accuracy; "-" if there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def duration(seconds: float) -> str:
    """Write a time span with suitable precision: 3.2 s, 48 s, 2 min 05 s, 1 h 02 min."""
    if not 0 <= seconds < 1e9:
        return "-"
    if seconds < 9.95:
        return _("{seconds} s").format(seconds=f"{seconds:.1f}")
    whole = round(seconds)
    if whole < 60:
        return _("{seconds} s").format(seconds=whole)
    if whole < 3600:
        return _("{minutes} min {seconds} s").format(minutes=whole // 60, seconds=f"{whole % 60:02d}")
    return _("{hours} h {minutes} min").format(hours=whole // 3600, minutes=f"{whole % 3600 // 60:02d}")


def shape_text(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def source_text(source: str) -> str:
    """Write the source of images; a long path is cut to its end, which distinguishes folders."""
    return _(source) if len(source) <= 32 or "/" not in source else "..." + source[-29:]
