"""`python -m lippen.cli` is `lippen`."""

from lippen.cli import main

main()
