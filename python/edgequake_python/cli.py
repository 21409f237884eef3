"""The command ``edgequake``."""

from __future__ import annotations

import argparse
import sys
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (default: the process's) and return its exit status."""
    from . import __version__

    parser = argparse.ArgumentParser(prog="edgequake", description="Talk to language models.")
    parser.add_argument("--version", action="version", version=f"edgequake_python {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    simulate_parser = commands.add_parser(
        "simulate",
        help="run the simulator, an OpenAI-compatible server for trying and testing",
        description="Run the simulator until Ctrl-C. Point an OpenAI client at the URL it prints.",
    )
    simulate_parser.add_argument(
        "--port", type=int, default=8080, help="port to listen on; 0 for a free one (%(default)s)"
    )
    simulate_parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    options = parser.parse_args(argv)
    return simulate(options.host, options.port)


def simulate(host: str, port: int) -> int:
    """Serve until interrupted."""
    from . import Simulator

    try:
        simulator = Simulator(port, host)
    except (OSError, OverflowError, ValueError) as error:
        print(f"edgequake: cannot listen on {host} port {port}: {error}", file=sys.stderr)
        return 1
    with simulator:
        try:
            print(simulator.base_url, flush=True)
            threading.Event().wait()
        except KeyboardInterrupt:
            return 130
    return 0
