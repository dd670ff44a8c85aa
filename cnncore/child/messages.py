"""Messages between the app and its child processes: one line of JSON each, in which "kind" names the message's class.

A child says `Stage` and `Progress` while it works, then messages of its own, and `Failed` when it cannot go on. A
sentence is a template with its values, so that the app can translate it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, is_dataclass
from functools import cache
from typing import Any, Generic, Self, TypeVar, get_args, get_origin, get_type_hints

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Stage:
    """The child has begun another stage, which may take seconds."""

    stage: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress within a stage: `done` of `total` in `unit` (images, bytes); total 0 when unknown."""

    stage: str
    done: int
    total: int
    unit: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The child cannot go on: a sentence (a template with its values), and a detail for those who want one."""

    message: str
    values: dict[str, Any] = field(default_factory=dict)
    detail: str = ""


def same_failure(one: object, other: object) -> bool:
    """True for two failures with the same sentence."""
    if not (isinstance(one, Failed) and isinstance(other, Failed)):
        return False
    return (one.message, one.values) == (other.message, other.values)


class AsJson:
    """Gives a dataclass of plain values `to_json` and `from_json`: requests are sent so, and configurations kept."""

    __slots__ = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self))  # type: ignore[call-overload]

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**json.loads(text))


class Messages(Generic[M]):
    """The kinds of message that one child sends, all of them dataclasses. After one of `ends` it sends nothing more."""

    def __init__(self, *kinds: type[M], ends: tuple[type[M], ...]) -> None:
        self._kinds: dict[str, type[M]] = {kind.__name__: kind for kind in (*kinds, *ends)}
        self.ends = ends

    def from_json(self, line: str) -> M:
        """The message in a line. Raises `ValueError` for a line that holds none."""
        try:
            fields = json.loads(line)
            message: M = _decoded(self._kinds[fields.pop("kind")], fields)
            return message
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(f"not a message: {line[:200]!r}") from error


def to_json(message: Any) -> str:
    """One line, without the newline. NaN and infinity are written as JSON extensions that `from_json` reads."""
    return json.dumps({"kind": type(message).__name__, **asdict(message)}, default=str)


def _decoded(kind: Any, value: Any) -> Any:
    """A value from JSON with its dataclasses and tuples restored, as the type `kind` has them."""
    if is_dataclass(kind) and isinstance(value, dict):
        types = _types(kind)  # type: ignore[arg-type]
        return kind(**{name: _decoded(types.get(name), part) for name, part in value.items()})  # type: ignore[operator]
    if get_origin(kind) is tuple and isinstance(value, list):
        return tuple(_decoded(get_args(kind)[0], part) for part in value)
    if isinstance(value, dict):
        inner = next((option for option in get_args(kind) if is_dataclass(option)), None)
        return value if inner is None else _decoded(inner, value)
    return value


@cache
def _types(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
