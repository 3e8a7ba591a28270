"""Units: what their annotations declare, their references, and the files in which both are found."""
