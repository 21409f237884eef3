"""LiteLLM's `BudgetManager`: what each user of a program may spend, kept in a file."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from threading import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_DAYS = {"daily": 1, "weekly": 7, "monthly": 28, "yearly": 365}


class BudgetManager:
    """Budgets of users by name, and what they have spent, in ``user_cost.json`` of the working directory.

    It counts what it is told with `update_cost`. To have calls refused before they are sent, see `Budgets`.

    Args:
        project_name: the program's name.
        client_type: ``local``. LiteLLM's ``hosted`` is a service of theirs.
        api_base: not used.
        headers: not used.

    Raises:
        NotImplementedError: for ``hosted``.
    """

    FILE = "user_cost.json"

    def __init__(
        self,
        project_name: str,
        client_type: str = "local",
        api_base: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        if client_type != "local":
            raise NotImplementedError(f"there is no client of type {client_type!r} here; use 'local'")
        self.project_name = project_name
        self.client_type = client_type
        self.headers = headers
        self._lock = Lock()
        self.user_dict: dict[str, dict[str, Any]] = {}
        self.load_data()

    def load_data(self) -> None:
        """Read the file again."""
        try:
            found = json.loads(Path(self.FILE).read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            found = {}
        self.user_dict = found if isinstance(found, dict) else {}

    def save_data(self) -> dict[str, str]:
        """Write the file; at once or not at all."""
        text = json.dumps(self.user_dict, indent=4)
        beside = Path(f"{self.FILE}.{os.getpid()}")
        beside.write_text(text, "utf-8")
        os.replace(beside, self.FILE)
        return {"status": "success"}

    def create_budget(
        self, total_budget: float, user: str, duration: str | None = None, created_at: float | None = None
    ) -> dict[str, Any]:
        """Give a user a budget in USD, for ever or anew ``daily``, ``weekly``, ``monthly``, ``yearly``.

        Raises:
            ValueError: for another duration.
        """
        if duration is not None and duration not in _DAYS:
            raise ValueError(f"duration is {duration!r}, not one of {', '.join(_DAYS)}")
        entry: dict[str, Any] = {"total_budget": total_budget}
        if duration is not None:
            entry["duration"] = _DAYS[duration]
            entry["created_at"] = time.time() if created_at is None else created_at
            entry["last_updated_at"] = entry["created_at"]
        with self._lock:
            self.user_dict[user] = entry
            self.save_data()
        return entry

    def projected_cost(self, model: str, messages: Sequence[Any], user: str) -> float:
        """What the user will have spent once the prompt is paid for."""
        from .cost import cost_per_token
        from .tokens import token_counter

        prompt, _ = cost_per_token(model, token_counter(model, messages=messages))
        return self.get_current_cost(user) + prompt

    def get_total_budget(self, user: str) -> float:
        """The user's budget in USD."""
        budget: float = self.user_dict[user]["total_budget"]
        return budget

    def update_cost(
        self,
        user: str,
        completion_obj: Any = None,
        model: str | None = None,
        input_text: str | None = None,
        output_text: str | None = None,
    ) -> dict[str, Any]:
        """Count what a response cost, or what texts cost with ``model``.

        Raises:
            ValueError: for neither.
        """
        from .cost import completion_cost

        if model is not None and input_text is not None and output_text is not None:
            cost = completion_cost(model=model, prompt=input_text, completion=output_text)
        elif completion_obj is not None:
            cost = completion_cost(completion_obj, model=model)
            model = completion_obj["model"]
        else:
            raise ValueError("Either a chat completion object or the text response needs to be passed in.")
        with self._lock:
            entry = self.user_dict[user]
            entry["current_cost"] = cost + entry.get("current_cost", 0.0)
            models = entry.setdefault("model_cost", {})
            models[model] = cost + models.get(model, 0.0)
            entry["last_updated_at"] = time.time()
            self.save_data()
        return {"user": entry}

    def get_current_cost(self, user: str) -> float:
        """What the user has spent in USD."""
        spent: float = self.user_dict[user].get("current_cost", 0.0)
        return spent

    def get_model_cost(self, user: str) -> float | dict[str, float]:
        """What the user has spent, by model; 0 for nothing yet."""
        models: dict[str, float] | float = self.user_dict[user].get("model_cost", 0.0)
        return models

    def is_valid_user(self, user: str) -> bool:
        """Whether the user has a budget."""
        return user in self.user_dict

    def get_users(self) -> list[str]:
        """Everybody who has one."""
        return list(self.user_dict)

    def reset_cost(self, user: str) -> dict[str, Any]:
        """Begin the user's budget anew."""
        with self._lock:
            entry = self.user_dict[user]
            entry["current_cost"] = 0.0
            entry["model_cost"] = {}
            self.save_data()
        return {"user": entry}

    def reset_on_duration(self, user: str) -> None:
        """Begin the user's budget anew if its time is over."""
        entry = self.user_dict[user]
        days = entry.get("duration")
        if days and time.time() - entry["last_updated_at"] >= days * 86400:
            self.reset_cost(user)
            entry["last_updated_at"] = time.time()

    def update_budget_all_users(self) -> None:
        """`reset_on_duration` for everybody."""
        for user in self.get_users():
            if "duration" in self.user_dict[user]:
                self.reset_on_duration(user)
