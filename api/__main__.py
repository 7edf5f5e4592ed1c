"""`python -m api …`: the command line, which the root script `quanke` becomes."""

import sys

from api.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
