"""The private parts of Textual that are relied on, in `textual_private` and in tests/support/settled.py.

A failure here means: this Textual is another one. Look whether the part has a new name, or is no longer needed.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

import pytest
from packaging.requirements import Requirement
from rich.segment import Segment
from textual._context import active_app
from textual._styles_cache import StylesCache
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.binding import Binding
from textual.command import CommandPalette
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import OptionList

import tui
from tui.widgets.textual_private import WholeStrip, bind_keys, finds_commands, has_nothing_to_run, own_actions

ROOT = Path(tui.__file__).parent
PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))["project"]
PARTS = [
    (App, "_handle_exception", ("error",)),
    (LinuxDriver, "_get_terminal_size", ()),
    (LinuxDriver, "_query_in_band_window_resize", ()),
    (LinuxDriver, "_run_input_thread", ()),
    (XTermParser, "_sequence_to_key_events", ("sequence", "alt")),
    (OptionList, "_move_page", ("direction",)),
    (StylesCache, "get_inner_outer", ("base_background", "background")),
    (App, "_check_resize", ()),  # settled.py from here on
    (Screen, "_on_timer_update", ()),
]
SCREEN_FLAGS = ("_layout_required", "_scroll_required", "_repaint_required", "_recompose_required", "_callbacks")
RESERVED = {"_driver", "_screen_stack", "_screen_stacks", "_binding_chain", "_bindings", "_handle_exception"}


def test_textual_is_one_that_was_tested() -> None:
    pinned = next(r for r in map(Requirement, PROJECT["dependencies"]) if r.name == "textual")
    assert version("textual") in pinned.specifier
    assert "8.3" not in pinned.specifier and "9.0" not in pinned.specifier


@pytest.mark.parametrize(("owner", "name", "parameters"), PARTS, ids=lambda part: getattr(part, "__name__", str(part)))
def test_a_method_is_there_and_takes_what_it_took(owner: type, name: str, parameters: tuple[str, ...]) -> None:
    assert tuple(inspect.signature(getattr(owner, name)).parameters)[1:] == parameters


async def test_an_app_and_its_screen_have_their_state() -> None:
    app: App[None] = App()
    async with app.run_test():
        assert app._screen_stack == app.screen_stack and app._screen_stacks[app.current_mode] == app.screen_stack
        assert app._driver is not None
        assert [node for node, _bindings in app.screen._binding_chain] == [app.screen, app]
        assert (app._batch_count, app._exit, app._resize_event) == (0, False, None)
        assert all(hasattr(app.screen, name) for name in (*SCREEN_FLAGS, "_dirty_widgets"))
        assert active_app.get() is app
        assert not has_nothing_to_run(asyncio.get_running_loop()) or hasattr(asyncio.get_running_loop(), "_ready")


async def test_keys_are_bound_on_one_screen_alone() -> None:
    class Bound(Screen[None]):
        BINDINGS: ClassVar = [("a", "app.bell", "Bell")]
        pressed = 0

        def action_count(self) -> None:
            self.pressed += 1

    one, other = Bound(), Bound()
    bind_keys(one, [Binding("b,c", "count", "Count")])
    assert own_actions(one, "a") == own_actions(other, "a") == ["app.bell"]
    assert own_actions(one, "b") == own_actions(one, "c") == ["count"]
    assert own_actions(other, "b") == []
    app: App[None] = App()
    async with app.run_test() as pilot:
        await app.push_screen(one)
        await pilot.press("b", "c")
        await app.push_screen(other)
        await pilot.press("b")
    assert (one.pressed, other.pressed) == (2, 0)


async def test_the_command_palette_searches_in_a_worker() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        app.push_screen(palette := CommandPalette())
        await pilot.pause()
        palette._gather_commands("quit")
        assert any(finds_commands(worker) for worker in app.workers)


def test_strips_still_remember_themselves_in_a_circle() -> None:
    """If they do not, `WholeStrip` is no longer needed."""
    segments = [Segment("four")]
    plain, whole = Strip(segments, 4), WholeStrip(segments, 4)
    assert plain.divide([4]) == [plain] and any(each is plain for each in plain._divide_cache[4,])
    assert list(whole.divide([4])) == [whole] and (4,) not in whole._divide_cache
    assert hasattr(Strip.render_ansi, "cache_clear") and Strip.render_ansi.cache_info().maxsize == 16384


def test_no_other_file_of_the_app_reaches_for_them() -> None:
    for path in ROOT.rglob("*.py"):
        if path.name == "textual_private.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("textual._"), f"{path}: {node.module}"
            if isinstance(node, ast.Attribute):
                assert node.attr not in RESERVED, f"{path}:{node.lineno}: {node.attr}"
