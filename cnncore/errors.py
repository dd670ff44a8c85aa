"""The exceptions of `cnncore`.

A message is kept as a template with its values, so that an interface can show it in another language:
`_(error.template).format(**error.values)`.
"""

from __future__ import annotations

from typing import Any

from cnncore._text import printable


class CnnError(ValueError):
    """Invalid input. The message names the argument, the value given and what is valid.

    `template` is a `str.format` template in English, `values` are its fields, and `str(error)` is the formatted
    message. Control characters in text values, such as file names, are escaped.
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
    """An optional dependency is missing. The message says in one line what to install."""
