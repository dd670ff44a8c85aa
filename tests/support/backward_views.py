"""The backward view in a test: a state with its moves, whose slow work is done at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from network_screens import some_pictures

from cnncore.network import Network
from tui.drawing.blocks import compose
from tui.drawing.theme import DARK_NAME, palette
from tui.network.backwards import Backwards
from tui.network.messages import Messages
from tui.network.moves import Moves
from tui.network.painter import Painter
from tui.network.state import NetworkState, Source


class FakeHost:
    """A host that runs what is slow at once."""

    def __init__(self, state: NetworkState) -> None:
        self.messages, self.state = Messages(), state
        self.asked: list[str] = []

    def show(self) -> None:
        pass

    def start(self, _work: Callable[..., Any], *arguments: Any, group: str, **_more: Any) -> None:
        self.asked.append(group)
        if group == "backward":
            make, done = arguments
            done(make())


class View:
    """A state with its moves and its backward view."""

    def __init__(self, network: Network, *, pictures: bool = True) -> None:
        self.state = NetworkState(network, Source())
        if pictures:
            self.state.set_pictures(some_pictures(network))
        self.host = FakeHost(self.state)
        self.backwards = Backwards(self.host, self.state, lambda: None)  # type: ignore[arg-type]
        self.moves = Moves(self.state)

    def drawn(self, width: int = 80, height: int = 22) -> str:
        blocks = Painter().draw(self.state, ("", False), width, height, palette(DARK_NAME), "many")
        lines = compose(blocks, width, height)
        assert all(sum(segment.cell_length for segment in line) == width for line in lines)
        return "\n".join("".join(segment.text for segment in line) for line in lines)
