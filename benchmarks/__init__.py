"""Measures the C core against other libraries, on one machine and in one run. See README.md; no part of the package."""

import sys
from pathlib import Path

# `python -m benchmarks` puts the checkout first on the path, where `cnncore` lies without its compiled part: the
# installed one is measured, so the checkout goes last.
_CHECKOUT = str(Path(__file__).parent.parent)
sys.path[:] = [entry for entry in sys.path if entry not in ("", _CHECKOUT)] + [_CHECKOUT]
