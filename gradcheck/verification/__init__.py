"""From a unit to its verdict: cases are drawn, checked, shrunk, summed; in one process or many."""
