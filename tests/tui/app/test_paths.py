"""Paths on the command line and in every field: any of them gives the file or an error sentence."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hostile import KINDS, READ, WRITE, at_most, is_clean, path_of
from hypothesis import given as given_
from hypothesis import strategies as st
from screens_of import ready, screen_text
from textual.widgets import Static

from cnncore.datasets.pictures import save_picture
from cnncore.errors import CnnError
from tui.app import paths
from tui.app.path_input import PathInput
from tui.app.settings import usual_theme
from tui.cli import main as cli
from tui.cnn_app import CnnApp, Options
from tui.training.options import TrainingOptions
from tui.training.words import file_lines

IMAGE = np.zeros((8, 8), np.uint8)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "my photo (1)'s.png"
    save_picture(IMAGE, path)
    return path


# As they are dropped.


def test_every_terminals_way_of_dropping_a_file(picture: Path) -> None:
    text = str(picture)
    escaped = "".join(c if c.isalnum() or c in "/._-" else "\\" + c for c in text)
    for dropped in (
        text, f" {text}\n", shlex.quote(text), '"' + text + '"', escaped, escaped + " ", picture.as_uri(),
        picture.as_uri().replace("file://", "file://localhost"), picture.as_uri().replace("file://", "file:"),
        shlex.quote(picture.as_uri()), paths.command_text([text]),
    ):  # fmt: skip
        assert paths.typed(dropped) == text, dropped


def test_korean_and_bytes_that_are_no_text_come_percent_encoded(tmp_path: Path) -> None:
    for raw in ("한글 그림.png".encode(), b"\273\347.png", b"a%20b.png"):
        path = os.fsdecode(os.fsencode(tmp_path) + b"/" + raw)
        Path(path).touch()
        assert paths.typed(Path(path).as_uri()) == path
        assert paths.given(Path(path).as_uri()) == path


def test_what_is_there_as_it_was_typed_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("'quoted'", "a\\ b", "file:x", "~nouser", '"', "$'x'"):
        Path(name).touch()
        assert paths.typed(name) == str(tmp_path / name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert paths.typed("~/new.png") == str(tmp_path / "home" / "new.png")
    assert paths.typed("it's.png") == str(tmp_path / "it's.png")


def test_what_names_no_one_file_is_refused() -> None:
    for text, words in (("", "empty"), ("'a' 'b'", "more than one"), ("file://elsewhere/x.png", "another machine")):
        with pytest.raises(CnnError, match=words):
            paths.typed(text)


NAMES = st.text(st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1, max_size=20)


@given_(
    name=st.one_of(NAMES.map(os.fsencode), st.binary(min_size=1, max_size=20).filter(lambda b: not set(b) & {0, 47}))
)
def test_a_shell_reads_a_copied_command_back(name: bytes) -> None:
    word = os.fsdecode(b"/tmp/" + name)
    text = paths.command_text(["cnn-tui", word])
    assert is_clean(text) and "\n" not in text
    done = subprocess.run(["bash", "-c", f'set -- {text}; printf %s "$2"'], capture_output=True, check=True)
    assert done.stdout == os.fsencode(word)
    assert paths.typed(text.removeprefix("cnn-tui ")) in (word, word.rstrip())


# As they are completed.


def test_completion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("photo-1.png", "photo-2.PNG", "phone.txt", ".hidden.png", "net.keras"):
        Path(name).touch()
    Path("pictures").mkdir()
    Path("pictures/한글.png").touch()
    Path(os.fsdecode(b"pictures/\273\347.png")).touch()
    pictures = (".png",)
    assert paths.complete("ph", pictures) == ("photo-", ("photo-1.png", "photo-2.PNG"))
    assert paths.complete("p", pictures).names == ("photo-1.png", "photo-2.PNG", "pictures/")
    assert paths.complete("pi", pictures) == ("pictures/", ())
    assert paths.complete("~/n", (".keras",)) == ("~/net.keras", ())
    assert paths.complete(f"{tmp_path}/pictures/한", pictures) == (f"{tmp_path}/pictures/한글.png", ())
    assert paths.complete(".h") == (".hidden.png", ())
    assert paths.complete("p", folders=True) == ("pictures/", ())
    assert paths.complete("nothing") == ("nothing", ())
    assert paths.complete("'photo-1", pictures) == ("photo-1.png", ())
    Path("pictures/한글.png").unlink()
    completion = paths.complete("pictures/", pictures)
    assert is_clean(completion.text) and paths.typed(completion.text) == os.fsdecode(
        os.fsencode(tmp_path) + b"/pictures/\273\347.png"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_completion_breaks_on_nothing(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = path_of(kind, tmp_path, ".png", monkeypatch)
    with at_most(10):
        assert is_clean(paths.complete(path).text) or paths.complete(path).text == path


# In the fields of the app.

FIELDS: dict[str, tuple[str, list[str], str]] = {
    "a picture to walk": ("convolution", ["o"], ".png"),
    "a picture for the network": ("network", ["o"], ".png"),
    "a network": ("network", ["O"], ".keras"),
    "a file to write": ("convolution", ["x", "i"], ".png"),
    "numbers to write": ("convolution", ["x", "n"], ".npy"),
    "code to write": ("network", ["x", "k"], ".py"),
    "the data folder": ("training", ["o"], ""),
}


def test_every_field_that_takes_a_path_is_one() -> None:
    """They are all `PathInput`s, made in two modules; FIELDS lists their uses."""
    makers: list[str] = []
    for path in Path(cli.__file__).parents[1].rglob("*.py"):
        text = path.read_text("utf-8")
        makers += [path.name] * (text.count("AskPath(") + text.count("PathInput(") - text.count("class PathInput("))
    assert sorted(set(makers)) == [
        "cnn_app.py", "dialogs.py", "menu.py", "options.py", "questions.py",
    ]  # fmt: skip


@pytest.mark.usefixtures("no_keras_and_few_pictures")
@pytest.mark.parametrize("field", FIELDS)
async def test_a_field_says_what_is_wrong_and_keeps_what_was_typed(field: str, tmp_path: Path) -> None:
    screen, keys, suffix = FIELDS[field]
    to_write = "write" in field
    app = CnnApp(Options(), start=screen)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*keys)
        await pilot.pause()
        input_ = app.screen.query_one(PathInput)
        for kind in [*(WRITE if to_write else READ), "locked"]:
            if kind == "folder" and not suffix:
                continue
            with pytest.MonkeyPatch.context() as patch:
                path = path_of(kind, tmp_path, suffix, patch)
                if not is_clean_text(path):  # what no terminal can send
                    continue
                input_.value = path
                input_.focus()
                await pilot.press("enter")
                await pilot.pause()
                await pilot.pause()
            assert app.screen.query(PathInput), f"{kind}: the dialog was left"
            said = str(app.screen.query_one("#wrong", Static).render())
            assert said and "One moment" not in said, kind
            assert input_.value == path
        await pilot.press("escape")
        await pilot.pause()
        assert not app.screen.query(PathInput)


def is_clean_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.usefixtures("no_keras_and_few_pictures")
async def test_tab_completes_a_path_and_says_where_it_can_go_on(picture: Path, tmp_path: Path) -> None:
    save_picture(IMAGE, tmp_path / "my plot.png")
    app = CnnApp()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("o")
        await pilot.pause()
        field = app.screen.query_one(PathInput)
        field.value = f"{tmp_path}/m"
        await pilot.press("tab")
        await pilot.pause()
        assert field.value == f"{tmp_path}/my p"
        assert "my plot.png" in screen_text(app)
        await pilot.press("h", "tab")
        await pilot.pause()
        assert field.value == str(picture)
        await pilot.press("enter")
        await pilot.pause()
        assert not app.screen.query(PathInput)
        assert app.open_workbench().sample.path == str(picture)


async def test_in_the_options_tab_completes_the_folder_and_goes_on_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "fashion").mkdir()
    app = CnnApp(Options(), start="training")
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        await pilot.press("o")
        await pilot.pause()
        assert isinstance(app.screen, TrainingOptions)
        await pilot.press("tab")
        assert app.focused is app.screen.query_one("#epochs")
        field = app.screen.query_one("#data", PathInput)
        field.focus()
        field.value = f"{tmp_path}/f"
        await pilot.press("tab")
        await pilot.pause()
        assert field.value == f"{tmp_path}/fashion/"
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen.state.config.data == str(tmp_path / "fashion")  # type: ignore[attr-defined]


@pytest.mark.usefixtures("no_keras_and_few_pictures")
@pytest.mark.parametrize("screen", ["convolution", "pooling", "network"])
async def test_a_name_that_is_no_text_is_shown_and_copied(
    screen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\273\347\n\x1b.png")
    save_picture(IMAGE, path)
    copied: list[str] = []
    monkeypatch.setattr(CnnApp, "copy_to_clipboard", lambda _self, text: copied.append(text))
    app = CnnApp(Options(image=path), start=screen)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert "\\xbb\\xe7" in screen_text(app)
        screen_text(app).encode()
        await pilot.press("x")
        await pilot.pause()
        screen_text(app).encode()
        await pilot.press("c")
        await pilot.pause()
    (command,) = copied
    done = subprocess.run(["bash", "-c", f"printf '%s\\0' {command}"], capture_output=True, check=True)
    assert os.fsencode(path) in done.stdout.split(b"\0")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("folder", "nul")])
async def test_a_data_folder_that_cannot_be_looked_at_leaves_pictures_and_says_why(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = path_of(kind, tmp_path, "", monkeypatch)
    if is_clean_text(path):
        monkeypatch.setenv("CNN_TUI_DATA", path)
    app = CnnApp(Options(data="" if is_clean_text(path) else path))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert app.open_workbench().samples
        assert any(words in screen_text(app) for words in ("no such folder", "cannot be read", "is a file"))


def test_pipes_in_the_place_of_our_own_files_are_not_waited_for() -> None:
    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "cnn-tui" / "settings.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.unlink(missing_ok=True)
    os.mkfifo(settings)
    try:
        with at_most(10):
            assert usual_theme() == "dark"
    finally:
        settings.unlink()


def test_paths_of_files_are_told_as_they_can_be_shown() -> None:
    from cnncore.training.events import Finished

    lines = file_lines(Finished(False, 1, 1.0, "/\udcbb.keras", "/\x1b.csv"))
    assert all(map(is_clean, lines))
