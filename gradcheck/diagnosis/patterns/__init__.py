"""Known patterns of faults.  Each predicts wrong gradients, which are compared with those of the unit."""
