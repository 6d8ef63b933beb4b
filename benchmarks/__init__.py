"""Benchmarks: how fast, how much memory, and how both grow. Run by `make bench`."""
