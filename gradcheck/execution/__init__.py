"""One case of one unit, run."""
