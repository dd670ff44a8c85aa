"""The only way to start background work. Its errors are never lost.

start_worker(self, self._load, path, group="network", exclusive=True, failed=self._refuse)
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from textual.dom import DOMNode
from textual.worker import Worker

from tui.app.failures import LOGGER, explain, log_failure

if TYPE_CHECKING:
    import asyncio

_ANSWER: Final = "answer to a key"
"""The name of a worker that keys typed later wait for."""


def start_worker(
    node: DOMNode,
    work: Callable[..., Any],
    *arguments: object,
    failed: Callable[[str], object] | None = None,
    thread: bool = False,
    group: str = "default",
    exclusive: bool = False,
    answers: bool = False,
) -> Worker[Any]:
    """Run `work(*arguments)` in the background: a coroutine function, or with `thread` any function.

    An error is logged, and `failed` gets a sentence about it in the app's own thread, where it makes the place usable
    again. Without `failed` the current place shows the sentence. `answers`: the work answers a key, and keys typed
    meanwhile wait for its result, for a moment at most, because they are meant for what it brings.
    """
    show: Callable[[str], object] = getattr(node.app, "say_failure", node.app.notify) if failed is None else failed
    doing = getattr(work, "__qualname__", repr(work))

    def tell(sentence: str) -> None:
        try:
            show(sentence)
        except Exception as error:  # the place may be gone by now
            log_failure(error, f"telling of {doing}")

    def in_thread() -> None:
        try:
            work(*arguments)
        except Exception as error:
            node.app.call_from_thread(tell, explain(error, doing))

    async def in_loop() -> None:
        try:
            await work(*arguments)
        except Exception as error:
            tell(explain(error, doing))

    return node.run_worker(
        in_thread if thread else in_loop,
        name=_ANSWER if answers else "",
        thread=thread,
        group=group,
        exclusive=exclusive,
    )


def is_answer(worker: Worker[Any]) -> bool:
    """Tell whether `worker` was started as the answer to a key."""
    return worker.name == _ANSWER


def log_stray_failures(loop: asyncio.AbstractEventLoop) -> None:
    """Log failures in tasks and threads started elsewhere; Python would write them over the screen."""

    def in_task(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is None:
            LOGGER.warning("asyncio: %s", context["message"])
        else:
            log_failure(error, str(context["message"]))

    def in_thread(stray: threading.ExceptHookArgs) -> None:
        if stray.exc_value is not None and not issubclass(stray.exc_type, SystemExit):
            log_failure(stray.exc_value, f"thread {stray.thread.name if stray.thread else '?'}")

    loop.set_exception_handler(in_task)
    threading.excepthook = in_thread
