"""Where `cnncore._files` was, for those who still look here."""

from cnncore._files import PathLike, open_to_read, reason_of, write_atomically

__all__ = ["PathLike", "open_to_read", "reason_of", "write_atomically"]
