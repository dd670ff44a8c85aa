"""A training run as a program: for Keras, or with its import lines changed for `cnncore`.

    for line in script(config, style="list", library="keras"):
        line.text, line.part, line.layer
    print(script_text(config, library="cnncore"))

The program loads the images, divides them by 255, builds, compiles and fits the network, and plots its history. It is
what a learner would write by hand; each line knows which part and which layer it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from cnncore._arguments import one_of
from cnncore.training.architecture.outline import Row, check, classes_of, loss_of
from cnncore.training.config import OPTIMIZER_CLASSES, TrainConfig

Style: TypeAlias = Literal["add", "list"]
Library: TypeAlias = Literal["keras", "cnncore"]
Part: TypeAlias = Literal["import", "load", "divide", "model", "compile", "callback", "fit", "evaluate", "plot"]
PARTS: tuple[Part, ...] = get_args(Part)
STYLES: tuple[Style, ...] = get_args(Style)
LIBRARIES: tuple[Library, ...] = get_args(Library)

ABOUT = "A training run from cnn-tui. Needs {library}, numpy and matplotlib."
OWN_PICTURES = "the pictures of this network are read by cnncore; any arrays of this shape would do"


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One line of the program, the part it belongs to, and the layer, from 0, that it adds to the network."""

    text: str
    part: Part
    layer: int | None = None


def script_text(
    config: TrainConfig, *, style: Style = "list", library: Library = "keras", say: Callable[[str], str] = str
) -> str:
    """The program as one text. See `script`."""
    return "".join(f"{line.text}\n" for line in script(config, style=style, library=library, say=say))


def script(
    config: TrainConfig, *, style: Style = "list", library: Library = "keras", say: Callable[[str], str] = str
) -> tuple[ScriptLine, ...]:
    """The program that trains the network of `config` with `library`. `style` "add" adds the layers one by one, "list"
    gives them to Sequential at once. `say` translates the comments.

    Raises `CnnError` for a network that cannot be trained, and for another style or library.
    """
    one_of(style, "style", STYLES)
    one_of(library, "library", LIBRARIES)
    writer = _Writer(config, style, library, say)
    lines: list[ScriptLine] = []
    for part in PARTS:
        written = list(writer.part(part))
        if written and lines:
            # PEP 8: two lines before a class.
            lines += [ScriptLine("", part)] * (2 if part == "callback" or lines[-1].part == "callback" else 1)
        lines += written
    return tuple(lines)


class _Writer:
    def __init__(self, config: TrainConfig, style: Style, library: Library, say: Callable[[str], str]) -> None:
        self._config, self._style, self._library, self._say = config, style, library, say
        self._design = config.design
        self._rows = check(self._design)
        self._pictures = classes_of(self._design) == 2
        """True where the images are not those that `fashion_mnist.load_data` gives; the rule of `data.load`."""

    def part(self, part: Part) -> Iterator[ScriptLine]:
        if part == "model":
            yield from self._model()
            return
        writers: dict[str, Callable[[], Iterator[str]]] = {
            "import": self._imports,
            "load": self._load,
            "divide": self._divide,
            "compile": self._compile,
            "callback": self._callback,
            "fit": self._fit,
            "evaluate": self._evaluate,
            "plot": self._plot,
        }
        for text in writers[part]():
            yield ScriptLine(text, part)

    def _imports(self) -> Iterator[str]:
        library = self._library
        yield f'"""{self._say(ABOUT).format(library=library)}"""'
        yield ""
        yield "import matplotlib.pyplot as plt"
        if self._pictures:
            yield "from cnncore.datasets.folders import load_binary"
        kinds = sorted({row.spec.kind for row in self._rows} | {"Input"})
        imports = {
            f"{library}.layers": ", ".join(kinds),
            f"{library}.models": "Sequential",
            f"{library}.utils": "set_random_seed",
        }
        if not self._pictures:
            imports[f"{library}.datasets"] = "fashion_mnist"
        if self._config.stop_at_accuracy:
            imports[f"{library}.callbacks"] = "Callback"
        if self._config.learning_rate:
            imports[f"{library}.optimizers"] = OPTIMIZER_CLASSES[self._config.optimizer]
        yield from (f"from {module} import {names}" for module, names in sorted(imports.items()))
        yield ""
        yield f"set_random_seed({self._config.seed})"

    def _load(self) -> Iterator[str]:
        limit = self._config.limit
        if self._pictures:
            yield f"# {self._say(OWN_PICTURES)}"
            yield f"data = load_binary({_written(self._config.data)})"
            yield "x_train, y_train = data.train_images, data.train_labels"
            yield "x_test, y_test = data.test_images, data.test_labels"
        else:
            yield "(x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()"
        if limit:
            yield f"x_train, y_train = x_train[:{limit}], y_train[:{limit}]"
        shape = ", ".join(map(str, self._design.input_shape))
        for name in ("x_train", "x_test"):
            yield f"{name} = {name}.reshape(-1, {shape})"

    def _divide(self) -> Iterator[str]:
        if self._config.normalize:
            yield "x_train = x_train / 255.0"
            yield "x_test = x_test / 255.0"

    def _model(self) -> Iterator[ScriptLine]:
        shape = f"Input({self._design.input_shape})"
        if self._style == "list":
            yield ScriptLine("model = Sequential([", "model")
            yield ScriptLine(f"    {shape},", "model")
            for number, row in enumerate(self._rows):
                yield ScriptLine(f"    {_call(row)},", "model", number)
            yield ScriptLine("])", "model")
        else:
            yield ScriptLine("model = Sequential()", "model")
            yield ScriptLine(f"model.add({shape})", "model")
            for number, row in enumerate(self._rows):
                yield ScriptLine(f"model.add({_call(row)})", "model", number)
        yield ScriptLine("model.summary()", "model")

    def _compile(self) -> Iterator[str]:
        config = self._config
        optimizer = repr(config.optimizer)
        if config.learning_rate:
            optimizer = f"{OPTIMIZER_CLASSES[config.optimizer]}(learning_rate={config.learning_rate!r})"
        yield "model.compile("
        yield f"    optimizer={_quoted(optimizer)},"
        yield f'    loss="{loss_of(self._design)}",'
        yield '    metrics=["accuracy"],'
        yield ")"

    def _callback(self) -> Iterator[str]:
        if self._config.stop_at_accuracy:
            yield "class MyCallback(Callback):"
            yield "    def on_epoch_end(self, epoch, logs=None):"
            yield f'        if logs["accuracy"] >= {self._config.stop_at_accuracy!r}:'
            yield "            self.model.stop_training = True"

    def _fit(self) -> Iterator[str]:
        config = self._config
        yield "history = model.fit("
        yield "    x_train,"
        yield "    y_train,"
        yield f"    epochs={config.epochs},"
        yield f"    batch_size={config.batch_size},"
        if config.validation_split:
            yield f"    validation_split={config.validation_split!r},"
        if config.stop_at_accuracy:
            yield "    callbacks=[MyCallback()],"
        yield ")"

    def _evaluate(self) -> Iterator[str]:
        yield "loss, accuracy = model.evaluate(x_test, y_test)"
        yield 'print("test accuracy:", accuracy)'

    def _plot(self) -> Iterator[str]:
        yield 'plt.plot(history.history["accuracy"], label="accuracy")'
        if self._config.validation_split:
            yield 'plt.plot(history.history["val_accuracy"], label="val_accuracy")'
        yield 'plt.xlabel("epoch")'
        yield "plt.legend()"
        yield "plt.show()"


def _call(row: Row) -> str:
    """The layer as a person would write it: the sizes first and without their names."""
    arguments = dict(row.spec.arguments)
    first = [_written(arguments.pop(name)) for name in ("filters", "units", "rate") if name in arguments]
    sizes = [
        _written(arguments.pop(name))
        for name in ("kernel_size", "pool_size")
        if name in arguments and (first or name == "pool_size" or row.spec.kind == "DepthwiseConv2D")
    ]
    if row.spec.kind == "Activation":
        first.append(_written(arguments.pop("activation")))
    return f"{row.spec.kind}({', '.join([*first, *sizes, *(f'{k}={_written(v)}' for k, v in arguments.items())])})"


def _written(value: Any) -> str:
    return _quoted(repr(value)) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    """Python's own spelling of a text with double quotes, which most programs use."""
    return f'"{text[1:-1]}"' if text.startswith("'") and '"' not in text else text
