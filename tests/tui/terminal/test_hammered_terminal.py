"""Keys, pastes, clicks and resizes hammered at random in a real pseudo-terminal, in the real event loop.

CNN_TUI_HAMMER is how many keys, pastes and clicks each screen gets, 10000 for a long run; CNN_TUI_HAMMER_SEED begins
elsewhere. `pytest -rP` shows how many there were and the memory before and after.
"""

from __future__ import annotations

import os
import random
import signal
import string
import sys
from pathlib import Path

import pytest
from in_terminal import InTerminal, children, in_terminal
from screen_model import screen_after
from screens_of import SUPPORT
from terminal_app import MARK

from tui.app.places import SCREENS

STROKES = int(os.environ.get("CNN_TUI_HAMMER", "200"))
SEED = int(os.environ.get("CNN_TUI_HAMMER_SEED", "1"))
PATIENCE = 300
"""Seconds that what was typed may take: a few on a machine that has nothing else to do, with ten others a minute."""
GROWTH = 64
"""Megabytes that a session may come to have more: each screen brings what it needs the first time."""

NAMED = [f"\x1b[{code}" for code in ("A", "B", "C", "D", "Z", "H", "F", "5~", "6~", "3~", "20~", "12618;2u", "27u")]
NAMED += ["\r", "\x1b", "\t", "\x7f", "\x1bOP", "\x10", "\x15", "\x17", "\x0b", "\x01", "\x05", "\x16", "\x1a"]
KEYS = [*string.ascii_letters, *string.digits, *".,+-?/[]<>()=_ ", *NAMED, *NAMED, "ㅂ", "한", "ㅊ"]
PASTES = ["3, 5", "abc\ndef", "1 2 3\n4 5 6", "/tmp/none.png", "한글"]
SIZES = [(80, 24), (20, 5), (120, 40), (81, 22), (79, 24), (200, 60), (2, 2), (1, 1), (80, 1), (100, 36)]
WITHIN_A_FRAME = [
    "\x10\r\r",
    "\x10\x1b[27u\x1b[27u",
    "g\r\r",
    "o\r\r\x1b[27u\x1b[27u",
    "\x10\x1b[B\x1b[5~\x1b[6~",
    "?hh",
    "x\x1b[27u\x1b[27u",
    "4o\r\r",
]


class Hammer:
    def __init__(self, app: InTerminal, chance: random.Random) -> None:
        self.app, self.chance = app, chance
        self.struck = 0

    def strike(self) -> None:
        """Some keys and what else there is, as fast as they are taken."""
        for _ in range(self.chance.randrange(1, 60)):
            self.app.type(self._something())
            self.struck += 1
        if self.chance.random() < 0.2:
            self.app.resize(*self.chance.choice(SIZES))

    def _something(self) -> str:
        chance = self.chance.random()
        if chance < 0.88:
            return str(self.chance.choice(KEYS))
        column, row = self.chance.randrange(1, 120), self.chance.randrange(1, 40)
        if chance < 0.93:
            return f"\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"
        if chance < 0.95:
            return f"\x1b[<35;{column};{row}M\x1b[<{self.chance.choice([64, 65])};{column};{row}M"
        if chance < 0.98:
            return self.chance.choice(WITHIN_A_FRAME)
        return "\x1b[200~" + self.chance.choice(PASTES) + self.chance.choice(["\x1b[201~"] * 3 + [""])

    def settle(self) -> None:
        """Until all of it was dealt with."""
        app = self.app
        before = app.output.count(MARK)
        app.type("\x1b[201~\x1b[57387u")
        app.until(lambda: app.output.count(MARK) > before or app.ended(), PATIENCE)
        assert not app.ended(), app.text[-4000:]
        assert "Traceback" not in app.text
        app.forget(but=100_000)


def megabytes(pid: int) -> int:
    (line,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) >> 10


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
@pytest.mark.parametrize("number", range(len(SCREENS)))
def test_nothing_gives_way(number: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # what is written lands there
    chance = random.Random(SEED * len(SCREENS) + number)
    child = chance.choice(["good", "slow", "crash", "stoppable"])
    program = (sys.executable, str(SUPPORT / "terminal_app.py"))
    with in_terminal(program=program, CNN_TUI_TEST_STAYS="1", CNN_TUI_TEST_CHILD=child) as app:
        app.shows("cnn-tui", PATIENCE)
        app.until_quiet(seconds=PATIENCE)
        hammer = Hammer(app, chance)
        for at in range(1, len(SCREENS) + 1):  # each place once: what it needs is in the memory before it is measured
            app.type(SCREENS[(number + at) % len(SCREENS)].key)
            hammer.settle()
        before = megabytes(app.process.pid)
        while hammer.struck < STROKES:
            hammer.strike()
            if chance.random() < 0.3:
                hammer.settle()
        hammer.settle()
        after = megabytes(app.process.pid)
        print(f"{hammer.struck} strokes, {before} MB before, {after} MB after")
        assert after - before < GROWTH
        app.resize(120, 40)
        for _ in range(8):  # every dialog closes on Escape
            app.type("\x1b[27u")
        for entry in SCREENS:  # and every place is still to be had
            app.type(f"\x1b[{10 + int(entry.key)}~")
            app.until(lambda key=entry.key: f"[{key} " in screen_after(app.output[-300_000:], 120, 40)[0], PATIENCE)
        app.type(".jk" * 1000)
        os.kill(app.process.pid, signal.SIGTERM)
        assert app.status(12) == 143
        assert "Traceback" not in app.text
        assert not children(app.process.pid)
