"""Messages between the app and its child processes: one line of JSON each, in which "kind" names the message's class.

A child sends `Stage` and `Progress` while it works, then messages of its own, and `Failed` if it cannot continue. A
sentence is sent as a template with its values, so that the app can translate it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, is_dataclass
from functools import cache
from typing import Any, Generic, Self, TypeVar, get_args, get_origin, get_type_hints

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Stage:
    """The child has begun the next stage, which may take seconds."""

    stage: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress within a stage: `done` of `total`, in `unit` (images, bytes). A total of 0 means that it is unknown."""

    stage: str
    done: int
    total: int
    unit: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The child cannot continue: a sentence (a template with its values), and technical details such as a traceback."""

    message: str
    values: dict[str, Any] = field(default_factory=dict)
    detail: str = ""


def same_failure(one: object, other: object) -> bool:
    """Return True if both are failures with the same sentence."""
    if not (isinstance(one, Failed) and isinstance(other, Failed)):
        return False
    return (one.message, one.values) == (other.message, other.values)


class AsJson:
    """Base class that gives a dataclass of simple values `to_json` and `from_json`, to send requests and store
    configurations."""

    __slots__ = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self))  # type: ignore[call-overload]

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**json.loads(text))


class Messages(Generic[M]):
    """The messages, all dataclasses, that one child sends. After one of `ends` it sends no more."""

    def __init__(self, *kinds: type[M], ends: tuple[type[M], ...]) -> None:
        self._kinds: dict[str, type[M]] = {kind.__name__: kind for kind in (*kinds, *ends)}
        self.ends = ends

    def from_json(self, line: str) -> M:
        """Return the message in a line. Raises `ValueError` if it contains none."""
        try:
            fields = json.loads(line)
            message: M = _decoded(self._kinds[fields.pop("kind")], fields)
            return message
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(f"not a message: {line[:200]!r}") from error


def to_json(message: Any) -> str:
    """Return one line of JSON without the newline. NaN and infinity are extensions that `from_json` reads."""
    return json.dumps({"kind": type(message).__name__, **asdict(message)}, default=str)


def _decoded(kind: Any, value: Any) -> Any:
    """Return a JSON value with dataclasses and tuples restored according to the type `kind`."""
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
