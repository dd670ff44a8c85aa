"""Opens any `.keras` file, without Keras, and asks Keras for its own values.

A child process converts the file. Another one owns Keras and stays alive to answer questions. The screen never waits
for either.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from cnncore._dtypes import Array
from cnncore._files import content_digest, reason_of
from cnncore.child.messages import Failed, Stage
from cnncore.errors import CnnError
from cnncore.keras import network_child
from cnncore.keras.network_child import MESSAGES, Computed, Converted, Question, Ready, Request
from cnncore.network import Network, storage
from cnncore.training.config import NetworkName
from tui.app.child_client import ChildClient
from tui.app.child_process import python_module
from tui.i18n import N_
from tui.network.opening_words import lacks_tensorflow

__all__ = ["Failed", "Loaded", "Message", "NetworkClient", "Ready", "Stage", "Values"]


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """The network is converted."""

    network: Network


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Keras's answer to question `id`: one array for every layer of the network, None for an input layer.

    The arrays have a batch axis if the question had one.
    """

    id: int
    arrays: tuple[Array | None, ...]


Message: TypeAlias = Stage | Loaded | Ready | Values | Failed


class NetworkClient:
    """One network: iterate `messages()` once; `ask()`, `stop()` and `close()` at any time.

        Stage("convert"), Loaded(network), Stage("import"), Stage("load"), Ready(), Values ...

    `Failed` is always the last message; after `Loaded` it means only that Keras's values are missing. `stop()` ends the
    messages without another one.

    `source` is the path of a `.keras` file, or a network without a file, made by `fresh_network`: `name` says which
    one, and `Loaded` comes first. With `keras` False the child ends once the file is converted, and a network without
    a file needs none.

    `content` is the digest of the file when it was opened before. It is not converted again then; if it has changed
    since, `Failed` says so, and no values of another network arrive. `command` replaces the real child's in tests; the
    request is appended to it.
    """

    def __init__(
        self,
        source: str | Network,
        *,
        name: NetworkName = "fashion",
        keras: bool = True,
        content: str = "",
        command: Sequence[str] | None = None,
    ) -> None:
        self._source = source
        self._name: NetworkName = name
        self._keras = keras
        self.content = content
        """The digest of the file's content, "" before it is known and for a network in no file."""
        self._command = command
        self._child: ChildClient[network_child.Message] | None = None
        self._folder: Path | None = None
        self._asked = 0
        self._waiting: tuple[int, Array] | None = None
        self._stopped = False

    def ask(self, x: Any) -> int:
        """Ask Keras for the output of every layer for `x`, one input or a batch of the network's shape.

        Returns the `id` of the `Values` to come. A question replaces those before it that have no answer yet; one asked
        before the child is up waits for it.
        """
        self._asked += 1
        self._waiting = (self._asked, np.array(x, np.float32))
        self._send()
        return self._asked

    def stop(self) -> None:
        """End the child; no message follows."""
        self._stopped = True
        if self._child is not None:
            self._child.stop()

    async def close(self) -> None:
        """End the child and wait until it is gone."""
        self.stop()
        if self._child is not None:
            await self._child.close()

    async def messages(self) -> AsyncGenerator[Message]:
        try:  # not in a thread: a cancelled task would not know which folder to remove
            self._folder = folder = Path(tempfile.mkdtemp(prefix="cnn-tui-network-"))
        except OSError as error:
            yield Failed(N_("No folder for temporary files could be made: {reason}"), {"reason": reason_of(error)})
            return
        try:
            async with contextlib.aclosing(self._opened(folder)) as messages:
                async for message in messages:
                    if self._stopped:
                        return
                    yield message
        except CnnError as error:
            if not self._stopped:
                yield Failed(error.template, error.values)
        except OSError as error:
            if not self._stopped:
                sentence = N_("The files of the network could not be read or written: {reason}")
                yield Failed(sentence, {"reason": reason_of(error)})
        finally:
            self._folder = None
            shutil.rmtree(folder, ignore_errors=True)

    async def _opened(self, folder: Path) -> AsyncGenerator[Message]:
        """The messages; errors of this process are raised."""
        if isinstance(self._source, Network):
            yield Loaded(self._source)
            if not self._keras:
                return
            weights = folder / "weights.npz"
            await asyncio.to_thread(storage.save, self._source, weights)
            request = Request(str(folder), convert=False, network=self._name, weights=str(weights))
        else:
            content, opened_before = await asyncio.to_thread(content_digest, self._source), self.content
            if opened_before not in ("", content):
                raise CnnError("{path} was changed since it was opened; open it again", path=self._source)
            self.content = content
            request = Request(str(folder), self._source, content, convert=not opened_before, keras=self._keras)
        if self._stopped:
            return
        async with contextlib.aclosing(self._from_child(request)) as messages:
            async for message in messages:
                yield message

    async def _from_child(self, request: Request) -> AsyncGenerator[Message]:
        command = self._command or python_module("cnncore.keras.network_child")
        self._child = child = ChildClient([*command, request.to_json()], MESSAGES, grace=1, listens=True)
        async with contextlib.aclosing(child.messages()) as messages:
            async for message in messages:
                self._send()
                match message:
                    case Converted(path):
                        yield Loaded(await asyncio.to_thread(_read_network, path))
                        if not self._keras:
                            return
                    case Computed():
                        values = await asyncio.to_thread(_read_values, message)
                        if message.id == self._asked:
                            yield values
                    case _:
                        yield message

    def _send(self) -> None:
        """Send the waiting question once there is a child to send it to."""
        if self._waiting is None or self._child is None or self._folder is None:
            return
        number, x = self._waiting
        path = self._folder / f"question-{number}.npy"
        with contextlib.suppress(OSError):  # on a full disk the question keeps waiting
            np.save(path, x, allow_pickle=False)
            if self._child.send(Question(number, str(path)).to_json()):
                self._waiting = None


def can_be_tried_again(failed: Failed) -> bool:
    """True if the same question may be answered later: false once the file has changed, and without TensorFlow."""
    return not (failed.message.startswith("{path} was changed since") or lacks_tensorflow(failed))


def _read_network(path: str) -> Network:
    network = storage.load(path)
    Path(path).unlink(missing_ok=True)  # of many megabytes, while Keras may go on for hours
    return network


def _read_values(message: Computed) -> Values:
    path = Path(message.path)
    with np.load(path, allow_pickle=False) as archive:
        arrays = tuple(archive.get(str(i)) for i in range(message.layers))
    path.unlink(missing_ok=True)
    return Values(message.id, arrays)
