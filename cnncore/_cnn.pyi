"""The cffi extension built from csrc/cnncore.cdef."""

from typing import Any

ffi: Any
lib: Any
