"""A FastAPI endpoint that hands an answer on as it arrives. To serve it: uvicorn streaming_endpoint:app."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

import edgequake_python as eq

MODEL = os.environ.get("EXAMPLE_MODEL", "sim/demo")
app = FastAPI()


class Question(BaseModel):
    """What a client sends."""

    text: str


async def events(question: Question) -> AsyncIterator[str]:
    """Server-sent events; a client that goes away closes the provider's connection, too."""
    try:
        stream = await eq.acompletion(MODEL, [{"role": "user", "content": question.text}], stream=True)
        async with stream:
            async for chunk in stream:
                piece = chunk.choices[0].delta.content
                if piece:
                    yield f"data: {json.dumps({'text': piece})}\n\n"
    except eq.EdgeQuakeError as error:
        # The status line is gone by now: a failure is an event of its own.
        yield f"event: error\ndata: {json.dumps({'type': type(error).__name__})}\n\n"
    yield "data: [DONE]\n\n"


@app.post("/ask")
async def ask(question: Question) -> StreamingResponse:
    """Answer a question, piece by piece."""
    return StreamingResponse(events(question), media_type="text/event-stream")


def check() -> str:
    """Serve on a free port, ask once, and return what was streamed."""
    import socket
    import threading
    import urllib.request

    import uvicorn

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        request = urllib.request.Request(
            f"http://127.0.0.1:{listener.getsockname()[1]}/ask",
            json.dumps({"text": "Hello"}).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            lines = [line.decode().strip() for line in response if line.strip()]
    finally:
        server.should_exit = True
        thread.join()
    assert lines[-1] == "data: [DONE]"
    assert len(lines) > 2, "it came in one piece"
    return "".join(json.loads(line[len("data: ") :])["text"] for line in lines[:-1])


if __name__ == "__main__":
    said = check()
    print(said)
    assert "Hello" in said
