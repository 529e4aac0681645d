"""`python -m spacepact.cli`: the same as the command `spacepact`."""

from spacepact.cli import main

main()
