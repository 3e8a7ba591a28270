"""What is judged: a unit, what it declares, its reference, and the files it is found in."""
