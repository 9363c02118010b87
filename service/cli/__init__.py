"""The command line: the same use cases as the API, with nothing else running."""

from service.cli.main import main

__all__ = ["main"]
