"""Used in the parent, then in forked children: answers, a hundred times."""

from __future__ import annotations

import child
import edgequake_python as eq

PROOFS = [
    "test_fork.py",
    "test_state_redis.py::test_after_a_fork_the_child_has_connections_of_its_own",
    "test_import.py::test_it_opens_no_socket_and_starts_no_thread",
]


PROGRAM = """
call["model"] = "openai/a-model"
parts = text(eq.completion(**call)), streamed(), asyncio.run(astreamed())
for number in range(100):
    child = os.fork()
    if not child:
        good = False
        try:
            if number % 3 == 0:
                good = text(eq.completion(**call)) == parts[0]
            elif number % 3 == 1:
                good = streamed() == parts[1]
            else:
                good = asyncio.run(astreamed()) == parts[2]
        finally:
            os._exit(0 if good else 1)
    _, status = os.waitpid(child, 0)
    assert status == 0, (number, status)
print("well")
"""


def test_a_hundred_children(simulator: eq.Simulator) -> None:
    """Plain, streamed and asynchronous, each in a child of a parent that has used all three."""
    # Python's own warning of a fork beside threads is not what is tested.
    assert child.run(PROGRAM, simulator.base_url, "-W", "ignore::DeprecationWarning") == "well\n"
