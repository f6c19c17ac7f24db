"""智算 zhisuan: the operating platform of a public AI computing centre."""

__version__ = "0.1.0"
