"""Backward passes derived by hand and written in NumPy, one idea a file."""
