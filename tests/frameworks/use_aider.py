"""Aider: its check of litellm's exceptions, and a coder that edits a file."""

# requires: aider-chat==0.86.2
# litellm: 1.81.10

from __future__ import annotations

import os
import tempfile
from pathlib import Path

folder = Path(tempfile.mkdtemp())
os.chdir(folder)
os.environ["OPENAI_API_KEY"] = "k"
os.environ["AIDER_ANALYTICS"] = "false"

import edgequake_python
from loopback import Loopback, Reply, chat, events

EDIT = """Here it is:

hello.py
```
<<<<<<< SEARCH
print("hello")
=======
print("goodbye")
>>>>>>> REPLACE
```
"""


def edit(request: object) -> object:
    """The edit, in the manner asked for."""
    return Reply(events(EDIT)) if request.json.get("stream") else chat(EDIT)  # type: ignore[attr-defined]


with Loopback(edit) as server:
    os.environ["OPENAI_API_BASE"] = server.base_url
    from aider.coders import Coder
    from aider.exceptions import LiteLLMExceptions
    from aider.io import InputOutput
    from aider.llm import litellm
    from aider.models import Model

    assert litellm.completion is edgequake_python.completion
    known = LiteLLMExceptions()
    assert known.exceptions_tuple()
    assert known.get_ex_info(
        edgequake_python.RateLimitError(message="m", llm_provider="openai", model="x")
    ).retry

    (folder / "hello.py").write_text('print("hello")\n')
    model = Model("openai/gpt-4o")
    coder = Coder.create(
        main_model=model,
        edit_format="diff",
        fnames=["hello.py"],
        io=InputOutput(yes=True, pretty=False),
        use_git=False,
        stream=True,
        map_tokens=0,
    )
    coder.run("Say goodbye instead")
    assert (folder / "hello.py").read_text() == 'print("goodbye")\n'
    assert model.token_count("hello world") == 2

print("ok")
