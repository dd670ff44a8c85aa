"""The import of Keras: late, with as little output as possible, and with a clear error if it fails.

Nothing else in the project imports Keras. Its settings in keras.json and in the environment are meant for other
programs. A process of our own starts with `own_process` and uses Keras's defaults: TensorFlow, float32, channels last,
epsilon 1e-7, all epochs and batches. In a process of the caller's, the settings stay, and errors name them.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import platform
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cnncore.errors import CnnError, MissingExtraError

EXTRA = "cnn-tui[train]"
BACKEND = "tensorflow"
_HOME = "KERAS_HOME"
_SETTINGS = ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH", "KERAS_NNX_ENABLED", "TF_USE_LEGACY_KERAS")
"""Environment variables that change the behaviour of Keras, which it reads on import."""

_BACKENDS = ("jax", "torch", "openvino")
"""Backends other than ours; each needs the module of the same name."""

_own = False


def own_process() -> None:
    """Ignore foreign settings and warnings. Call it first in a process that only runs Keras."""
    global _own  # noqa: PLW0603 - of a process
    _own = True
    warnings.simplefilter("ignore")
    for name in _SETTINGS:
        os.environ.pop(name, None)
    os.environ["KERAS_BACKEND"] = BACKEND


@contextmanager
def without_warnings() -> Iterator[None]:
    """Suppress warnings in a block or a decorated function: under `python -W error` they would abort Keras."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _without_settings() -> Iterator[None]:
    """Keep Keras from reading keras.json in this block. Its home folder also contains data sets, so it is restored."""
    home = os.environ.get(_HOME)
    os.environ[_HOME] = os.devnull  # a folder without files, in which none can be created
    try:
        yield
    finally:
        if home is None:
            del os.environ[_HOME]
        else:
            os.environ[_HOME] = home


def _imported() -> Any:
    with without_warnings():
        if not _own:
            return importlib.import_module("keras")
        with _without_settings():
            return importlib.import_module("keras")


def tensorflow_exists() -> bool:
    """Return True if TensorFlow is available for this system, by the markers of the extra `train`, as a test checks."""
    intel_mac = sys.platform == "darwin" and platform.machine() != "arm64"
    return sys.version_info < (3, 14) and not intel_mac


def _missing(name: str) -> MissingExtraError:
    if tensorflow_exists():
        return MissingExtraError(
            'this needs TensorFlow and Keras ({missing} is not installed): pip install "{extra}"',
            missing=name,
            extra=EXTRA,
        )
    if sys.version_info < (3, 14):
        return MissingExtraError("this needs TensorFlow, which no longer supports Macs with an Intel processor")
    return MissingExtraError(
        "this needs TensorFlow, which does not support Python {version} yet: use Python 3.11, 3.12 or 3.13",
        version="{}.{}".format(*sys.version_info),
    )


def check_installed() -> None:
    """Raise `MissingExtraError` if TensorFlow or Keras is not installed. Neither is loaded, so it takes no time."""
    for name in (BACKEND, "keras"):
        if not _is_there(name):
            raise _missing(name)


def is_installed() -> bool:
    """Return True if TensorFlow and Keras are installed. Neither is loaded."""
    return _is_there(BACKEND) and _is_there("keras")


def _is_there(name: str) -> bool:
    return (sys.modules[name] if name in sys.modules else importlib.util.find_spec(name)) is not None


def import_keras() -> Any:
    """Return the `keras` module. The first call takes seconds, because it loads TensorFlow.

    Raises `MissingExtraError` if Keras or TensorFlow is not installed, and `CnnError` if Keras is too old or does not
    start. The output of TensorFlow's C++ code on file descriptor 2 cannot be suppressed here, so a process with a
    screen must import Keras in a child.
    """
    for name, value in (("TF_CPP_MIN_LOG_LEVEL", "3"), ("ABSL_MIN_LOG_LEVEL", "3"), ("GLOG_minloglevel", "3")):
        os.environ.setdefault(name, value)
    for name in ("tensorflow", "absl"):
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        keras = _imported()
    except ModuleNotFoundError as error:
        if error.name in _BACKENDS and not _own:
            raise CnnError(
                "Keras is set to the backend {backend}, which is not installed; set KERAS_BACKEND={ours}, or change"
                ' "backend" in keras.json',
                backend=error.name,
                ours=BACKEND,
            ) from error
        raise _missing(error.name or "keras") from error
    except Exception as error:  # a broken installation may raise anything
        raise CnnError("Keras does not start: {reason}", reason=f"{type(error).__name__}: {error}") from error
    version = str(getattr(keras, "__version__", "0"))
    major, _, _ = version.partition(".")
    if not major.isdigit() or int(major) < 3:
        raise CnnError(
            'Keras {version} is too old; Keras 3 is needed: pip install --upgrade "{extra}"',
            version=version,
            extra=EXTRA,
        )
    return keras
