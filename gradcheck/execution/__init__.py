"""One run of a unit on one case: its outputs and gradients, and what they must look like."""
