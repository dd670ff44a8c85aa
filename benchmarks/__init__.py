"""Benchmarks of the C core against other libraries, on one machine in one run (see README.md)."""
