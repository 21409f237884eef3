"""Google Cloud on loopback: a token service, a model behind it, and who may ask it."""

from __future__ import annotations

import threading
import time
import urllib.parse
from typing import Any

import edgequake_python as eq
from loopback import MESSAGES, Loopback, Reply, Request
from service_account import service_account

MODEL = "vertex_ai/gemini-2.5-flash"
ANSWER = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "Hello!"}]}, "finishReason": "STOP"}],
    "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 2, "totalTokenCount": 5},
}


class Cloud(Loopback):
    """A token service and a model behind it, which takes the tokens that are good."""

    def __init__(self) -> None:
        super().__init__(self.tokens_and_answers)
        self.lifetime = 3600.0
        self.given: list[str] = []
        self.refused: set[str] = set()
        self.forms: list[dict[str, str]] = []
        self.calls: list[Request] = []
        self.slow = 0.0
        self.status = 200
        self.lock = threading.Lock()

    def tokens_and_answers(self, request: Request) -> Reply:
        if request.path != "/v1/token":
            self.calls.append(request)
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            if token in self.refused or not token:
                error = {"code": 401, "message": f"no: {token}", "status": "UNAUTHENTICATED"}
                return Reply({"error": error}, status=401)
            return Reply(ANSWER)
        time.sleep(self.slow)
        with self.lock:
            self.forms.append(dict(urllib.parse.parse_qsl(request.body.decode())))
            if self.status != 200:
                body = {"error": "invalid_grant", "error_description": "Account not found"}
                return Reply(body, status=self.status)
            token = f"ya29.canary-number-{len(self.given)}"
            self.given.append(token)
        return Reply({"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer"})


def account(cloud: Cloud, name: str) -> dict[str, Any]:
    """A service account of its own, so that no test meets another's token."""
    return service_account(cloud.base_url, name, "proj")


def call(cloud: Cloud, **more: Any) -> Any:
    return eq.completion(model=MODEL, messages=MESSAGES, api_base=cloud.base_url, num_retries=0, **more)
