"""The operation that a walking screen walks: what convolution and pooling have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from tui.walk.padding import Padding

if TYPE_CHECKING:
    from cnncore.lesson.highlights import Highlight
    from tui.walk.walks import Walk
    from tui.walk.workbench import Workbench

Pair: TypeAlias = tuple[int, int]
LARGEST_STRIDE = 4
"""The last stride that one key reaches; a typed one may be larger."""


class Operation(Protocol):
    """Convolution or pooling, with the part of the workbench that is its own."""

    @property
    def name(self) -> Literal["convolution", "pooling"]:
        """The id of the operation's screen."""

    help: str
    """A description of the screen, English text for the help."""
    hint: str
    """The first keys to press, shown until a key was pressed."""
    padding_counts: bool
    """True if padding adds zeros; False if it adds nothing."""
    padding_prompt: str
    """The English question of the dialog for a typed padding."""

    def walk(self, workbench: Workbench) -> Walk:
        """Return the current walk. Raises `CnnError` if the window does not fit."""

    def input_alone(self, workbench: Workbench) -> tuple[Any, Any] | None:
        """Return the input's values and grey levels where no window fits; None if there is no input either."""

    def highlight_text(self, workbench: Workbench, highlight: Highlight) -> str:
        """Say why an output cell is worth a look."""

    def kernel_description(self, workbench: Workbench) -> str:
        """Say what the selected kernel does, or nothing."""

    def strides(self, workbench: Workbench) -> Pair:
        """Return the stride along rows and columns."""

    def set_strides(self, workbench: Workbench, strides: Pair) -> None:
        """Set the stride."""

    def next_stride(self, workbench: Workbench, by: int) -> None:
        """Set the next stride of the cycle."""

    def padding(self, workbench: Workbench) -> Padding:
        """Return the padding."""

    def set_padding(self, workbench: Workbench, padding: Padding) -> None:
        """Set the padding."""

    def padding_words(self, padding: Padding) -> str:
        """Return a sentence about a newly chosen padding."""

    def next_padding(self, workbench: Workbench) -> Padding:
        """Return the next padding of the cycle."""

    def parse_padding(self, workbench: Workbench, text: str) -> Padding:
        """Parse a typed padding. Raises `CnnError`."""
