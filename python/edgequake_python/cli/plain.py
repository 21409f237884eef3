"""The commands that need nothing but this package: ``simulate`` and ``run``."""

from __future__ import annotations

import argparse
import sys
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Run the command line ``argv`` and return its exit status."""
    from .. import __version__

    parser = argparse.ArgumentParser(prog="edgequake", description="Talk to language models.")
    parser.add_argument("--version", action="version", version=f"edgequake_python {__version__}")
    parser.epilog = (
        "More commands (chat, models, cost, doctor, bench, batch) come with: "
        "pip install 'edgequake-python[cli]'"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    simulate_parser = commands.add_parser(
        "simulate",
        help="run the simulator, an OpenAI-compatible server for trying and testing",
        description="Run the simulator until Ctrl-C. Point an OpenAI client at the URL it prints.",
    )
    simulate_parser.add_argument(
        "--port", type=_port, default=8080, help="port to listen on; 0 for a free one (%(default)s)"
    )
    simulate_parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    run_parser = commands.add_parser(
        "run",
        help="run a program that imports litellm, with this package in its place",
        description="Run a Python program; wherever it imports litellm it gets this package.",
    )
    run_parser.add_argument("-m", dest="module", action="store_true", help="PROGRAM is a module's name")
    run_parser.add_argument("program", metavar="PROGRAM", help="path of a program, or a module's name")
    run_parser.add_argument("arguments", nargs=argparse.REMAINDER, help="the program's arguments")
    options = parser.parse_args(argv)
    if options.command == "run":
        return run(options.program, options.arguments, module=options.module)
    return simulate(options.host, options.port)


def _port(given: str) -> int:
    """A port's number, for the parser."""
    if not given.isascii() or not given.isdigit() or len(given) > 5 or int(given) > 65535:
        raise argparse.ArgumentTypeError(f"{given!r} is no port: a number from 0 to 65535")
    return int(given)


def run(program: str, arguments: Sequence[str], *, module: bool = False) -> int:
    """Run ``program`` as Python itself would, with this package as ``litellm``."""
    import os
    import runpy

    from .. import install_as_litellm

    install_as_litellm()
    sys.argv = [program, *arguments]
    if module:
        sys.path.insert(0, os.getcwd())
        runpy.run_module(program, run_name="__main__", alter_sys=True)
        return 0
    if not os.path.exists(program):
        print(f"edgequake: no such file: {program}", file=sys.stderr)
        return 2
    sys.path.insert(0, os.path.dirname(os.path.abspath(program)))
    runpy.run_path(program, run_name="__main__")
    return 0


def simulate(host: str, port: int) -> int:
    """Serve until interrupted."""
    from .. import Simulator

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
