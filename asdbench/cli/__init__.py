"""The command line; the only part of asdbench that knows a terminal."""

from asdbench.cli.app import main

__all__ = ["main"]
