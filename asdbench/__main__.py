"""``python -m asdbench``."""

from asdbench.cli import main

main()
