"""The exceptions of `cnncore`.

A message is kept as a template with its values, so that an interface can show it in another language:
`_(error.template).format(**error.values)`. A reason that is itself such a message is a `Sentence` among the values.
"""

from __future__ import annotations

from typing import Any

from cnncore._text import printable


class Sentence(dict[str, Any]):
    """A sentence within another, as its "template" and "values", which survive JSON. Its text is the English one."""

    def __str__(self) -> str:
        values = self["values"]
        return str(self["template"].format(**values) if values else self["template"])

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class CnnError(ValueError):
    """Invalid input. The message names the argument, the value given and what is valid.

    `template` is a `str.format` template in English, `values` are its fields, and `str(error)` is the formatted
    message. Control characters in text values, such as file names, are escaped. A value that is a `CnnError` is kept as
    a `Sentence`.
    """

    def __init__(self, template: str, /, **values: Any) -> None:
        values = {name: _kept(value) for name, value in values.items()}
        self.template = template
        self.values = values
        super().__init__(template.format(**values) if values else template)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.template, self.values))


def _kept(value: Any) -> Any:
    if isinstance(value, CnnError):
        return Sentence(template=value.template, values=value.values)
    return printable(value) if isinstance(value, str) else value


def _rebuild(kind: type[CnnError], template: str, values: dict[str, Any]) -> CnnError:
    return kind(template, **values)


class MissingExtraError(CnnError):
    """An optional dependency is missing. The message says in one line what to install."""
