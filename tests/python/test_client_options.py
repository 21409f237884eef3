"""What is said to the library is not sent to the provider."""

from __future__ import annotations

from typing import Any

import pytest

from edgequake_python import completion
from loopback import Loopback

#: Arguments that are the library's, other providers' credentials among them.
CLIENT_SIDE: dict[str, Any] = {
    "api_base": None,
    "ssl_verify": True,
    "num_retries": 1,
    "max_retries": 1,
    "request_timeout": 30,
    "stream_timeout": 30,
    "http2": False,
    "drop_params": False,
    "additional_drop_params": ["nothing"],
    "allowed_openai_params": ["nothing"],
    "custom_llm_provider": "openai",
    "organization": "org",
    "project": "proj",
    "headers": {"x-a": "1"},
    "extra_query": {"a": "1"},
    "extra_body": {},
    "metadata": {"trace": object()},
    "litellm_metadata": {"a": 1},
    "tags": ["a"],
    "litellm_call_id": "id",
    "litellm_trace_id": "id",
    "litellm_session_id": "id",
    "no-log": True,
    "logger_fn": print,
    "verbose": True,
    "turn_off_message_logging": True,
    "model_info": {"id": "x"},
    "base_model": "gpt-4o",
    "input_cost_per_token": 0.1,
    "output_cost_per_token": 0.1,
    "proxy_server_request": {"url": "x"},
    "caching": True,
    "api_type": "openai",
    "azure_ad_token": "secret",
    "azure_ad_token_provider": lambda: "secret",
    "tenant_id": "secret",
    "client_id": "secret",
    "client_secret": "secret",
    "aws_access_key_id": "secret",
    "aws_secret_access_key": "secret",
    "aws_session_token": "secret",
    "aws_region_name": "us-east-1",
    "aws_profile_name": "secret",
    "aws_role_name": "secret",
    "vertex_project": "secret",
    "vertex_location": "secret",
    "vertex_credentials": {"private_key": "secret"},
    "watsonx_token": "secret",
    "use_litellm_proxy": False,
}


class TestClientSide:
    @pytest.mark.parametrize("name", CLIENT_SIDE)
    def test_never_in_a_body(self, server: Loopback, name: str) -> None:
        completion(**server.call(**({name: CLIENT_SIDE[name]} if CLIENT_SIDE[name] is not None else {})))
        assert set(server.bodies[0]) == {"model", "messages"}

    def test_all_at_once(self, server: Loopback, complete: Any) -> None:
        complete(**{**CLIENT_SIDE, **server.call()})
        assert set(server.bodies[0]) == {"model", "messages"}
        assert b"secret" not in server.requests[0].body
        assert "secret" not in str(server.requests[0].headers)

    def test_the_key_is_in_its_header_alone(self, server: Loopback) -> None:
        completion(**server.call(api_key="sk-canary"))
        request = server.requests[0]
        assert request.headers["authorization"] == "Bearer sk-canary"
        assert b"sk-canary" not in request.body
        assert "sk-canary" not in request.path + str(request.query)
