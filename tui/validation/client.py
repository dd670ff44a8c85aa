"""Validation in a child process."""

from __future__ import annotations

from collections.abc import Sequence

from cnncore.keras.validate_child import MESSAGES, Message, Request
from tui.app.child_client import ChildClient
from tui.app.child_process import python_module


def validation_client(request: Request, *, command: Sequence[str] | None = None) -> ChildClient[Message]:
    """The client of one validation; its last message is `Checked` or `Failed`. `command` replaces the real child's, for
    tests."""
    real = python_module("cnncore.keras.validate_child", request.to_json())
    return ChildClient(command or real, MESSAGES, grace=1)
