"""`python -m gradcheck` is the console script."""

from .cli.main import main

if __name__ == "__main__":  # processes that are spawned import this file too
    main()
