"""The training screen, with children that only pretend, at several sizes and in both languages."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from child_screens import fits, until
from screens_of import screen_lines, screen_text
from textual.widgets import Input

from cnncore.training.checkpoint import Checkpoint
from cnncore.training.config import TrainConfig
from cnncore.training.events import Epoch
from cnncore.training.files import checkpoint_path
from cnncore.training.runs import Run, list_runs, new_run
from tui.cnn_app import CnnApp, Options
from tui.i18n import set_language
from tui.training.options import TrainingOptions
from tui.training.screen import TrainingScreen

SIZES = [(80, 24), (200, 60)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "ko"])
async def test_a_run_from_start_to_end(child: Callable[[str], None], size: tuple[int, int], language: str) -> None:
    child("good")
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start="training")
    async with app.run_test(size=size) as pilot:
        before = await until(pilot, "243,786")
        assert "conv2d_1" in before
        assert "11 x 11 x 64" in before
        await pilot.press("t")
        text = await until(pilot, "Finished:" if language == "en" else "끝났습니다.")
        assert ("training 0.8250" if language == "en" else "훈련 0.8250") in text
        assert ("validation 0.8467" if language == "en" else "검증 0.8467") in text
        assert "3/3" in text
        assert "20/20" in text
        assert ("Drawn garments replace" if language == "en" else "대신 프로그램이 그린 옷") in text
        assert ("0.022 above training" if language == "en" else "훈련 정확도보다 0.022") in text
        assert fits(app)
        for _ in range(4):
            if "0.2250" in screen_text(app) and "val_loss" in screen_text(app):
                break
            await pilot.press("v")
            await pilot.pause()
            assert fits(app)
        text = screen_text(app)
        assert "val_accuracy" in text
        assert "*3" in text
        assert len(list_runs()) == 1


async def test_the_next_view_is_offered_where_only_one_is_in_sight() -> None:
    app = CnnApp(start="training")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "243,786")
        assert "v View" not in screen_lines(app)[-1]
        await pilot.press("question_mark")
        await pilot.pause()
        assert re.search(r"\bv .*View", screen_text(app))
        await pilot.press("escape")
        await pilot.resize_terminal(120, 24)
        await until(pilot, "[network]")
        assert "v View" in screen_lines(app)[-1]
        await pilot.press("v")
        await until(pilot, "[accuracy]")


async def test_the_command_line_starts_a_run(child: Callable[[str], None]) -> None:
    child("good")
    app = CnnApp(Options(train=TrainConfig(epochs=3, dropout=0.3)), start="training")
    async with app.run_test(size=(120, 40)) as pilot:
        text = await until(pilot, "Finished:")
        assert "dropout 0.3" in text


async def test_a_second_run_keeps_the_first_for_comparison(child: Callable[[str], None]) -> None:
    child("good")
    app = CnnApp(start="training")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "Ready.")
        await pilot.press("t")
        await until(pilot, "Finished:")
        screen = app.screen
        assert isinstance(screen, TrainingScreen)
        first = screen.state.run
        await pilot.press("t")
        await pilot.pause()
        await until(pilot, "Finished:")
        assert screen.state.run is not first
        assert screen.state.earlier is first
        assert "earlier run 0.8467" in screen_text(app)


async def test_the_same_options_again_keep_the_run_to_compare_with(child: Callable[[str], None]) -> None:
    child("good")
    app = CnnApp(start="training")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "Ready.")
        screen = app.screen
        assert isinstance(screen, TrainingScreen)
        runs = []
        for dropout in (0.0, 0.5, 0.5):
            screen.state.config = TrainConfig(dropout=dropout)
            await pilot.press("t")
            await pilot.pause()
            await until(pilot, "Finished:")
            runs.append(screen.state.run)
        assert screen.state.run is runs[2]
        assert screen.state.earlier is runs[0]


@pytest.mark.parametrize(
    ("mode", "words"),
    [("killed", "signal 9"), ("fails", "TensorFlow is not installed"), ("crash", "exit status 3")],
)
async def test_a_death_is_a_sentence_and_the_app_stays(child: Callable[[str], None], mode: str, words: str) -> None:
    child(mode)
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Ready.")
        await pilot.press("t")
        text = await until(pilot, words)
        assert "t Train" in text
        child("good")
        await pilot.press("t")
        await until(pilot, "Finished:")


def process_of(app: CnnApp) -> int:
    screen = app.screen
    assert isinstance(screen, TrainingScreen)
    assert screen.client is not None
    assert screen.client.child.pid is not None
    return screen.client.child.pid


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_stop_ends_the_run_and_keeps_what_was_trained(child: Callable[[str], None]) -> None:
    child("stoppable")
    app = CnnApp(start="training")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "Ready.")
        await pilot.press("t")
        text = await until(pilot, "0.7800")
        assert "s Stop" in text
        await pilot.press("s")
        text = await until(pilot, "Stopped after 1 of 3 epochs")
        assert "Model: /runs/1/model.keras" in text
        assert "s Stop" not in text


async def test_closing_the_app_leaves_no_process(child: Callable[[str], None]) -> None:
    child("hangs")
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Ready.")
        await pilot.press("t")
        await until(pilot, "1/3")
        pid = process_of(app)
        assert alive(pid)
        await pilot.press("q")
    assert not alive(pid)


async def test_other_screens_and_languages_while_it_runs(child: Callable[[str], None]) -> None:
    child("slow")
    app = CnnApp(start="training")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "Ready.")
        await pilot.press("t")
        await until(pilot, "batch ")
        await pilot.press("5")
        await until(pilot, "t checks the network")
        await pilot.press("4")
        await pilot.press("l")
        await until(pilot, "끝났습니다.")
        await pilot.press("l")
        await until(pilot, "Finished:")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "ko"])
async def test_options_are_checked_and_kept(child: Callable[[str], None], size: tuple[int, int], language: str) -> None:
    child("good")
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start="training")
    async with app.run_test(size=size) as pilot:
        await until(pilot, "243,786")
        await pilot.press("o")
        await pilot.pause()
        form = app.screen
        assert isinstance(form, TrainingOptions)
        assert fits(app)
        form.query_one("#epochs", Input).value = "many"
        await pilot.press("enter")
        text = await until(pilot, "'many'")
        assert ("whole number" if language == "en" else "정수여야") in text
        form.query_one("#epochs", Input).value = "1_0"
        await pilot.press("enter")
        await until(pilot, "'1_0'")
        form.query_one("#epochs", Input).value = "-3"
        await pilot.press("enter")
        await until(pilot, "-3")
        form.query_one("#epochs", Input).value = "2"
        form.query_one("#dropout", Input).value = "1.5"
        await pilot.press("enter")
        await until(pilot, "1.5")
        form.query_one("#dropout", Input).value = "0.25"
        form.query_one("#network", Input).value = "binary"
        form.query_one("#engine", Input).value = "fast"
        await pilot.press("enter")
        await until(pilot, "'fast'")
        form.query_one("#engine", Input).focus()
        await pilot.press("space", "space", "left")
        assert form.query_one("#engine", Input).value == "auto"
        await pilot.press("right")
        await pilot.press("enter")
        text = await until(pilot, "30,917,793")
        assert "0.25" in text
        screen = app.screen
        assert isinstance(screen, TrainingScreen)
        assert screen.state.config == TrainConfig(network="binary", epochs=2, dropout=0.25, engine="core")


def killed_run(config: TrainConfig) -> Run:
    """A run whose process was killed after its second epoch: its folder, with the state in the checkpoint."""
    run = new_run(config)
    epochs = (Epoch(1, 0.5, 0.8, 0.4, 0.85, 1.5), Epoch(2, 0.4, 0.85, 0.4, 0.85, 1.5))
    with zipfile.ZipFile(checkpoint_path(run.config.output), "w") as archive:
        for name, content in Checkpoint(run.config, epochs).members().items():
            archive.writestr(name, content)
    return run


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "ko"])
async def test_a_run_killed_with_the_app_is_offered_and_resumed(
    child: Callable[[str], None], size: tuple[int, int], language: str
) -> None:
    child("good")
    run = killed_run(TrainConfig(epochs=6, dropout=0.5))
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start="training")
    async with app.run_test(size=size) as pilot:
        await until(pilot, "after epoch 2 of 6" if language == "en" else "에포크 6번 가운데 2번을 마치고")
        assert fits(app)
        await pilot.press("r")
        await until(pilot, "Finished:" if language == "en" else "끝났습니다.")
        screen = app.screen
        assert isinstance(screen, TrainingScreen)
        assert screen.state.run is not None
        assert screen.state.run.config == replace(run.config, resume=True)
        assert screen.state.earlier is None
        assert len(list_runs()) == 1
        assert screen.state.config == TrainConfig()  # t trains with the options on the screen, in a new folder


async def test_a_run_that_dies_here_is_offered_at_once(
    child: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    child("killed")
    app = CnnApp(start="training")
    async with app.run_test(size=(120, 40)) as pilot:
        text = await until(pilot, "Ready.")
        assert "r Resume" not in text
        await pilot.press("r")
        await until(pilot, "There is no stopped run to resume")
        monkeypatch.setattr("tui.training.screen.new_run", killed_run)
        await pilot.press("t")
        text = await until(pilot, "signal 9")
        assert "r resumes it after epoch 2 of 6." in text
        assert "r Resume" in text
        child("good")
        await pilot.press("r")
        text = await until(pilot, "Finished:")
        assert "r resumes" not in text
        assert len(list_runs()) == 1
