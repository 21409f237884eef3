"""``python -m edgequake_python``: the command line, with ``run`` for unchanged programs."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
