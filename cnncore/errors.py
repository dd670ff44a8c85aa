"""What `cnncore` raises.

A message is kept as a template beside the values that fill it, so that an interface can show the same
sentence in another language: `_(error.template).format(**error.values)`.
"""

from __future__ import annotations

from typing import Any

from cnncore._text import printable


class CnnError(ValueError):
    """Wrong input. The message names the argument, what was given and what would be right.

    `template` is a `str.format` template in English and `values` what fills it; `str(error)` is the two together. Text
    among the values, such as a file's name, may hold anything: it is kept as a screen can show it.
    """

    def __init__(self, template: str, /, **values: Any) -> None:
        values = {name: printable(value) if isinstance(value, str) else value for name, value in values.items()}
        self.template = template
        self.values = values
        super().__init__(template.format(**values) if values else template)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.template, self.values))


def _rebuild(kind: type[CnnError], template: str, values: dict[str, Any]) -> CnnError:
    return kind(template, **values)


class MissingExtraError(CnnError):
    """Something optional is not installed. The message says in one line what to install."""
