"""Networks saved by name, in the user's data folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnncore.errors import CnnError
from cnncore.training.architecture import preset, read_architecture
from cnncore.training.architecture.saved import (
    file_name,
    is_saved,
    networks_folder,
    save_network,
    saved_networks,
    saved_path,
)


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def test_a_network_is_saved_by_its_name_and_listed() -> None:
    assert saved_networks() == ()
    for name in ("내 신경망", "small one"):
        network = preset("tiny").renamed(name)
        assert not is_saved(name)
        assert read_architecture(save_network(network)) == network
        assert is_saved(name)
    assert [path.stem for path in saved_networks()] == ["small one", "내 신경망"]


@pytest.mark.parametrize("name", ["../up", "a/b", "..", ".hidden", "C:\\x", "what?*"])
def test_a_name_cannot_leave_the_folder(name: str) -> None:
    path = saved_path(name)
    assert path.parent == networks_folder()
    assert path.resolve().parent == networks_folder().resolve()
    assert not file_name(name).startswith(".")
    save_network(preset("tiny").renamed(name))
    assert saved_networks() == (path,)


def test_a_folder_that_cannot_be_made_is_named() -> None:
    networks_folder().parent.mkdir(parents=True)
    networks_folder().write_text("in the way")
    with pytest.raises(CnnError, match="cannot be written"):
        save_network(preset("tiny"))
    assert saved_networks() == ()
