"""Forward passes in PyTorch, plain loops; autograd does the rest.  Same file names as in `manual`."""
