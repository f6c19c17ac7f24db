"""Measures the core it runs on; see `algorithm.toml`."""
