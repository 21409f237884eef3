"""Every call in one ledger: model, tokens, cost, time, and what failed."""

from __future__ import annotations

from typing import Any

import edgequake_python as eq
from edgequake_python.integrations.custom_logger import CustomLogger


class Ledger(CustomLogger):
    """What was asked, and what it came to."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[dict[str, Any]] = []

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """A call, or a stream that has ended."""
        self.rows.append(
            {
                "model": kwargs["model"],
                "tokens": response_obj.usage.total_tokens,
                "cost": kwargs["response_cost"],
                "seconds": (end_time - start_time).total_seconds(),
            }
        )

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """A call that came to nothing."""
        self.rows.append({"model": kwargs["model"], "error": type(kwargs["exception"]).__name__})


def main() -> list[dict[str, Any]]:
    """Three calls, one of which is refused."""
    ledger = Ledger()
    eq.callbacks = [ledger]
    question = [{"role": "user", "content": "Hello"}]
    # The simulator stands for the provider, so that this runs without a key.
    with eq.Simulator() as sim:
        at = {"api_base": sim.base_url, "api_key": "k"}
        eq.completion("openai/gpt-4o-mini", question, **at)
        for _ in eq.completion("openai/gpt-4o-mini", question, stream=True, **at):
            pass
        try:
            eq.completion("openai/sim/401", question, **at)
        except eq.AuthenticationError as error:
            print(f"refused: {error.status_code}")
        eq.flush()  # callbacks run beside the calls: wait for them before the program ends
    return ledger.rows


if __name__ == "__main__":
    rows = main()
    for row in rows:
        print(row)
    assert len(rows) == 3
    assert sum(row.get("cost") or 0 for row in rows) > 0
    assert sum("error" in row for row in rows) == 1
