"""The epochs that a run keeps: which, within what bounds, and that they hold what their names say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_runs import OPTIONS, StopsAfter, drawn_garments, in_folder

from cnncore._dtypes import Array
from cnncore.models import load_model
from cnncore.training import events as ev
from cnncore.training.core.networks import network
from cnncore.training.run import run
from cnncore.training.runs import kept, new_run
from cnncore.training.runs.folder import read_run

TINY = replace(OPTIONS, network="tiny", epochs=4, dropout=0.0)


@pytest.fixture(autouse=True)
def _drawn(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    drawn_garments(monkeypatch, tmp_path_factory)


def weights(path: Path) -> list[Array]:
    return list(load_model(path).get_weights())


def test_every_epoch_is_kept_with_its_own_weights(tmp_path: Path) -> None:
    one = new_run(TINY, tmp_path)
    assert one.epoch_paths() == {}
    list(run(one.config))
    paths = one.epoch_paths()
    assert [path.name for path in paths.values()] == ["000.keras", "001.keras", "002.keras", "003.keras", "004.keras"]
    for epoch in range(1, 5):
        shorter = in_folder(tmp_path, f"of{epoch}", replace(TINY, epochs=epoch))
        list(run(shorter))
        for a, b in zip(weights(paths[epoch]), weights(Path(shorter.output)), strict=True):
            np.testing.assert_array_equal(a, b)
    assert not (tmp_path / "epochs").exists(), "files that the user named get no company"


def test_epoch_0_has_the_initial_weights(tmp_path: Path) -> None:
    one = new_run(replace(TINY, epochs=1), tmp_path)
    list(run(one.config))
    for a, b in zip(weights(one.epoch_paths()[0]), network(one.config).get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_resumed_run_goes_on_keeping(tmp_path: Path) -> None:
    one = new_run(TINY, tmp_path)
    list(run(one.config, engine=StopsAfter(20)))
    before = {epoch: path.read_bytes() for epoch, path in one.epoch_paths().items()}
    assert set(before) == {0, 1, 2}
    kept.epoch_path(one.folder, 3).write_bytes(b"of a life before")
    (one.folder / "epochs" / ".0123456789ab.tmp.keras").write_bytes(b"half")
    list(run(replace(one.config, resume=True)))
    paths = read_run(one.folder).epoch_paths()
    assert sorted(paths) == [0, 1, 2, 3, 4]
    assert {epoch: paths[epoch].read_bytes() for epoch in before} == before
    assert len(weights(paths[3])) == len(weights(paths[0]))
    assert len(list((one.folder / "epochs").iterdir())) == 5


def test_too_many_are_thinned_but_first_last_and_best_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 1000)
    model = tmp_path / "model.keras"
    model.write_bytes(b"x" * 100)
    (tmp_path / "epochs").mkdir()
    kept.epoch_path(tmp_path, 0).write_bytes(b"x" * 100)
    epochs: list[ev.Epoch] = []
    for number in range(1, 101):
        epochs.append(ev.Epoch(number, 0.5, 0.5, 0.5, 0.9 if number == 37 else 0.5 + number / 1000, 1.0))
        kept.keep(model, tmp_path, epochs)
        numbers = list(kept.epoch_paths(tmp_path))
        assert 100 * len(numbers) <= 1000
        assert {0, number} <= set(numbers)
        assert number < 37 or 37 in numbers
        assert len(numbers) >= min(number + 1, 5)
    model.write_bytes(b"x" * 10_000)  # one alone is above the bound: nothing else is left to go
    kept.keep(model, tmp_path, [*epochs, ev.Epoch(101, 0.5, 0.5, 0.5, 0.5, 1.0)])
    assert list(kept.epoch_paths(tmp_path)) == [0, 37, 101]


def test_on_a_nearly_full_disk_none_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "RESERVE", 10**18)
    one = new_run(replace(TINY, epochs=1), tmp_path)
    assert isinstance(list(run(one.config))[-1], ev.Finished)
    assert one.epoch_paths() == {}


def test_the_best_epoch_does_not_count_lost_ones() -> None:
    nan = float("nan")
    assert kept.best(()) == 0
    assert kept.best([ev.Epoch(1, nan, 0.9, nan, 0.9, 1.0)]) == 0
    assert kept.best([ev.Epoch(n, 1.0, 0.5, 1.0, value, 1.0) for n, value in ((1, 0.5), (2, 0.7), (3, 0.7))]) == 2
    assert kept.best([ev.Epoch(n, 1.0, n / 10, None, None, 1.0) for n in (1, 2)]) == 2
