"""The known patterns of faults, each with the wrong gradients that it predicts."""
