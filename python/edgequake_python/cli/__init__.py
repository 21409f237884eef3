"""The command ``edgequake``.

``simulate`` and ``run`` need nothing but this package. The other commands are written with Typer and Rich,
which the extra ``cli`` brings; they are imported when such a command is given.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

#: What works without the extra.
PLAIN = frozenset({"simulate", "run", "--version"})
#: What does not.
RICH = frozenset({"chat", "models", "cost", "doctor", "bench", "batch"})


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (default: the process's).

    Returns:
        The exit status: 0 done, 1 something failed, 2 not understood, 130 interrupted.

    Raises:
        SystemExit: where the parser has answered itself (``--help``, ``--version``, a wrong option).
    """
    from . import plain

    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] in PLAIN:
        return plain.main(arguments)
    try:
        from .application import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("typer", "rich"):
            raise
        if arguments and arguments[0] in RICH:
            print(
                f"edgequake: `{arguments[0]}` needs Typer and Rich: pip install 'edgequake-python[cli]'",
                file=sys.stderr,
            )
            return 2
        return plain.main(arguments)
    return run(arguments)
