"""magentic: a prompt function that gives text, one that streams, one that gives a typed value."""

# requires: magentic
# requires: openai<3

import os

os.environ["OPENAI_API_KEY"] = "k"

import litellm
from magentic import StreamedStr, prompt
from magentic.chat_model.litellm_chat_model import LitellmChatModel

import edgequake_python

assert litellm is edgequake_python

with edgequake_python.Simulator() as simulator:
    model = LitellmChatModel("openai/gpt-4o", api_base=simulator.base_url)

    def text(what: str) -> str: ...
    def parts(what: str) -> StreamedStr: ...
    def numbers(what: str) -> list[int]: ...

    assert prompt("Say {what}", model=model)(text)("something")
    assert "".join(prompt("Say {what}", model=model)(parts)("something"))
    assert all(isinstance(one, int) for one in prompt("Count {what}", model=model)(numbers)("something"))

print("ok")
