"""`python -m derivcheck.cli`."""

from derivcheck.cli import main

main()
