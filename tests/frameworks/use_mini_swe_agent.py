"""mini-SWE-agent: its model over litellm, with what it cost."""

# requires: mini-swe-agent

from __future__ import annotations

import json
import os
from typing import Any

os.environ["MSWEA_CONFIGURED"] = "true"
os.environ["MSWEA_SILENT_STARTUP"] = "true"

import litellm
from minisweagent.agents.default import DefaultAgent
from minisweagent.environments.local import LocalEnvironment
from minisweagent.models.litellm_model import LitellmModel

import edgequake_python
from loopback import Loopback, chat

assert litellm is edgequake_python


def commands(request: Any) -> Any:
    """First a command, then the end."""
    done = "hello from the shell" in json.dumps(request.json["messages"][1:])
    command = (
        "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT; echo done"
        if done
        else "echo hello from the $(echo shell)"
    )
    if request.json.get("tools"):
        function = {"name": "bash", "arguments": json.dumps({"command": command})}
        call = {"id": f"call_{done}", "type": "function", "function": function}
        message = {"role": "assistant", "content": "next", "tool_calls": [call]}
        return chat(choices=[{"index": 0, "message": message, "finish_reason": "tool_calls"}])
    return chat(f"THOUGHT: next\n\n```bash\n{command}\n```")


with Loopback(commands) as server:
    model = LitellmModel(
        model_name="openai/gpt-4o", model_kwargs={"api_base": server.base_url, "api_key": "k"}
    )
    agent = DefaultAgent(
        model,
        LocalEnvironment(),
        system_template="You fix things.",
        instance_template="Task: {{task}}",
        step_limit=5,
        cost_limit=3.0,
    )
    agent.run("Say hello")
    assert len(server.requests) == 2, len(server.requests)
    assert agent.cost > 0

print("ok")
