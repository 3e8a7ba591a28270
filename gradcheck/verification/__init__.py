"""The way from a unit to its verdict: judging cases, adding up, concluding, in one process or in many."""
