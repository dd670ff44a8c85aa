"""Measures the C core against other libraries, on one machine and in one run. See README.md; no part of the package."""
