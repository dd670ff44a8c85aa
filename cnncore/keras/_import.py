"""The one door to Keras: every import of it goes through here, late, as quietly as can be, or with a clear refusal."""

from __future__ import annotations

import importlib
import logging
import os
import platform
import sys
from typing import Any

from cnncore.errors import CnnError, MissingExtraError

EXTRA = "cnn-tui[train]"


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
        keras = importlib.import_module("keras")
    except ModuleNotFoundError as error:
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
