"""How results leave the program: files that are written whole, and what a notebook shows."""
