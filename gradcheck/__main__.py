"""`python -m gradcheck` is the console script."""

from .cli import main

main()
