"""The one door to Keras: every import of it goes through here, late, as quietly as can be, or with a clear refusal.

What is set for Keras elsewhere, in its keras.json and in the environment, is another program's business. A process of
our own, which begins with `own_process`, runs Keras as the mission has it: TensorFlow, float32, channels last, epsilon
1e-7, all epochs and all batches. In a process of somebody else's what is set stays, and a refusal names it.
"""

from __future__ import annotations

import importlib
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
"""Variables that change what Keras does, read when it is imported."""

_BACKENDS = ("jax", "torch", "openvino")
"""Other backends than ours; each needs the module of its name."""

_own = False


def own_process() -> None:
    """To be called first in a process that is there for Keras alone: no setting but ours, and no warning, counts."""
    global _own  # noqa: PLW0603 - of a process
    _own = True
    warnings.simplefilter("ignore")
    for name in _SETTINGS:
        os.environ.pop(name, None)
    os.environ["KERAS_BACKEND"] = BACKEND


@contextmanager
def without_warnings() -> Iterator[None]:
    """For Keras's work, as a block or a decorator: under `python -W error` what it warns of would end it half done."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _without_settings() -> Iterator[None]:
    """Keras's keras.json is not read in this block. Its home is also where data sets are, so it is put back."""
    home = os.environ.get(_HOME)
    os.environ[_HOME] = os.devnull  # in which there is no file, and none can be made
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
    """Whether there is a TensorFlow to install here: the markers of the extra `train`, which a test compares."""
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
        return MissingExtraError("this needs TensorFlow, which is no longer made for Macs with an Intel processor")
    return MissingExtraError(
        "this needs TensorFlow, and there is none for Python {version} yet: use Python 3.11, 3.12 or 3.13",
        version="{}.{}".format(*sys.version_info),
    )


def import_keras() -> Any:
    """The `keras` module. The first call takes seconds: TensorFlow is behind it.

    Raises `MissingExtraError` where Keras or its TensorFlow is not installed, and `CnnError` where it is too old or
    does not start. What TensorFlow's C++ writes to file descriptor 2 cannot be held back from here: a process that
    shows something must import Keras in a child.
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
                ' "backend" in the keras.json of Keras',
                backend=error.name,
                ours=BACKEND,
            ) from error
        raise _missing(error.name or "keras") from error
    except Exception as error:  # a broken installation raises whatever it likes
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
