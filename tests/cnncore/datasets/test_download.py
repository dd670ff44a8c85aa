"""The download, from a server in this process, without a network."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from idx_files import write_fashion_folder

from cnncore.datasets import fashion_mnist
from cnncore.datasets.download import download_fashion_mnist
from cnncore.datasets.fashion_mnist import FILES, OfficialFile, load_fashion
from cnncore.errors import CnnError

Handler = Callable[..., BaseHTTPRequestHandler]
Serve = Callable[[Handler], str]
Published = tuple[Path, list[OfficialFile]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[ThreadingHTTPServer] = []

    def start(handler: Handler) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


class Silent(BaseHTTPRequestHandler):
    """Promises a file, sends a little of it, then goes silent."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "29515")
        self.end_headers()
        self.wfile.write(b"x" * 100)
        self.wfile.flush()
        time.sleep(3)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def published(tmp_path: Path) -> Published:
    folder = tmp_path / "published"
    write_fashion_folder(folder)
    files = []
    for file in FILES:
        data = (folder / file.name).read_bytes()
        files.append(OfficialFile(file.name, len(data), hashlib.md5(data).hexdigest()))
    return folder, files


def test_download_reports_bytes_and_prints_nothing(
    serve: Serve, published: Published, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, files = published
    origin = serve(partial(Quiet, directory=str(folder)))
    told: list[tuple[int, int]] = []
    cache = tmp_path / "cache"
    download_fashion_mnist(cache, lambda done, total: told.append((done, total)), origin=origin, files=files)
    total = sum(file.size for file in files)
    assert told[0] == (0, total) and told[-1] == (total, total)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert sorted(p.name for p in cache.iterdir()) == sorted(file.name for file in files)
    for file in files:
        assert (cache / file.name).read_bytes() == (folder / file.name).read_bytes()
    printed = capfd.readouterr()
    assert "Downloading" not in printed.out + printed.err and "step" not in printed.out


def test_search_ends_in_the_download(
    serve: Serve, published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, files = published
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("CNN_TUI_DATA", raising=False)
    origin = serve(partial(Quiet, directory=str(folder)))
    told: list[str] = []
    got = load_fashion(
        download=partial(download_fashion_mnist, origin=origin, files=files),
        progress=lambda _done, _total, unit: told.append(unit),
    )
    assert not got.substitute and got.reason == "" and set(told) == {"bytes"}
    assert got.train_images.shape == (30, 28, 28)
    again = load_fashion()  # now it is in Keras's cache
    assert again.source == got.source == str(tmp_path / "keras" / "datasets" / "fashion-mnist")


def test_a_damaged_cache_is_fetched_again(
    serve: Serve, published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, files = published
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("CNN_TUI_DATA", raising=False)
    cache = tmp_path / "keras" / "datasets" / "fashion-mnist"
    write_fashion_folder(cache)
    (cache / files[0].name).write_bytes(b"half")
    origin = serve(partial(Quiet, directory=str(folder)))
    got = load_fashion(download=partial(download_fashion_mnist, origin=origin, files=files))
    assert not got.substitute and len(got.train_images) == 30


def test_failures_are_sentences_and_leave_nothing(serve: Serve, published: Published, tmp_path: Path) -> None:
    folder, files = published
    cache = tmp_path / "cache"
    fetch = partial(download_fashion_mnist, cache, lambda *_: None)
    origin = serve(partial(Quiet, directory=str(folder)))
    wrong = [OfficialFile(files[0].name, files[0].size, "0" * 32)]
    with pytest.raises(CnnError, match=r"could not be downloaded: .*md5"):
        fetch(origin=origin, files=wrong)
    with pytest.raises(CnnError, match="larger than"):
        fetch(origin=origin, files=[OfficialFile(files[0].name, 10, files[0].md5)])
    with pytest.raises(CnnError, match=r"could not be downloaded: .*404"):
        fetch(origin=origin, files=[OfficialFile("none.gz", 10, "0" * 32)])
    with pytest.raises(CnnError, match=r"could not be downloaded: 127\.0\.0\.1:9: "):
        fetch(origin="http://127.0.0.1:9/", files=files)
    with pytest.raises(CnnError, match=r"ended after \d+ of \d+ bytes"):
        fetch(origin=origin, files=[OfficialFile(files[0].name, files[0].size + 1, files[0].md5)])
    assert list(cache.iterdir()) == []


def test_a_silent_server_does_not_hold_the_run(serve: Serve, tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(CnnError, match="could not be downloaded"):
        download_fashion_mnist(tmp_path, lambda *_: None, origin=serve(Silent), stall_seconds=0.5)
    assert time.monotonic() - start < 3


def test_progress_can_end_it(serve: Serve, published: Published, tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop(*_: object) -> None:
        raise StoppedError

    folder, files = published
    with pytest.raises(StoppedError):
        download_fashion_mnist(tmp_path / "c", stop, origin=serve(partial(Quiet, directory=str(folder))), files=files)
    assert list((tmp_path / "c").iterdir()) == []


def test_progress_can_end_it_while_the_server_is_silent(serve: Serve, tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop(done: int, _total: int) -> None:
        if done:
            raise StoppedError

    start = time.monotonic()
    with pytest.raises(StoppedError):
        download_fashion_mnist(tmp_path, stop, origin=serve(Silent), stall_seconds=60)
    assert time.monotonic() - start < 3
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CnnError, match=f"could not be written to {tmp_path / 'file'}"):
        download_fashion_mnist(tmp_path / "file", lambda *_: None, origin="http://127.0.0.1:9/")


def test_a_script_downloads_into_the_cache_that_it_then_reads(
    serve: Serve, published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, files = published
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("CNN_TUI_DATA", raising=False)
    origin = serve(partial(Quiet, directory=str(folder)))
    fetch = partial(download_fashion_mnist, origin=origin, files=files)
    monkeypatch.setattr("cnncore.datasets.download.download_fashion_mnist", fetch)
    (x_train, _), _ = fashion_mnist.load_data()
    fetch = partial(download_fashion_mnist, origin="http://127.0.0.1:9/", files=files)
    monkeypatch.setattr("cnncore.datasets.download.download_fashion_mnist", fetch)
    (again, _), _ = fashion_mnist.load_data()
    assert x_train.shape == (30, 28, 28) and np.array_equal(x_train, again)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "other"))
    with pytest.raises(CnnError, match=r"could not be downloaded: .*load_data\(path\) or CNN_TUI_DATA"):
        fashion_mnist.load_data()
