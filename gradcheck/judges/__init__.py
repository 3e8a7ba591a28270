"""The judges: independent opinions on outputs and gradients, and the tolerances by which they are compared."""
