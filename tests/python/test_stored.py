"""Files, batches and the list of models, over loopback."""

from __future__ import annotations

import functools
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import BadRequestError, NotFoundError
from forms import fields, parts
from loopback import Loopback, Reply, error, to

FILE = {
    "id": "file-1",
    "object": "file",
    "bytes": 3,
    "created_at": 5,
    "filename": "a.jsonl",
    "purpose": "batch",
    "status": "processed",
}
BATCH = {
    "id": "batch_1",
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "input_file_id": "file-1",
    "completion_window": "24h",
    "status": "in_progress",
    "created_at": 5,
    "request_counts": {"total": 3, "completed": 1, "failed": 0},
    "metadata": {"k": "v"},
}


@pytest.fixture
def store(ask: Any, server: Loopback) -> Any:
    """Call a function of this name, or its asynchronous twin, at the server."""
    return functools.partial(ask, **to(server))


def asked(server: Loopback) -> tuple[str, str]:
    request = server.requests[-1]
    return request.method, request.path


def test_create_file(server: Loopback, store: Any) -> None:
    server.handler = lambda _: FILE
    expires = {"anchor": "created_at", "seconds": 3600}
    file = store("create_file", file=("a.jsonl", b"{}\n"), purpose="batch", expires_after=expires)
    assert isinstance(file, edgequake_python.types.OpenAIFileObject)
    assert (file.id, file["bytes"], file.expires_at) == ("file-1", 3, None)
    assert asked(server) == ("POST", "/v1/files")
    assert fields(server.requests[0]) == [
        ("purpose", "batch"),
        ("expires_after[anchor]", "created_at"),
        ("expires_after[seconds]", "3600"),
    ]
    [part] = [part for part in parts(server.requests[0]) if part.filename]
    assert (part.filename, part.content) == ("a.jsonl", b"{}\n")


def test_files(server: Loopback, store: Any) -> None:
    server.handler = lambda _: FILE
    assert store("file_retrieve", file_id="file-1").filename == "a.jsonl"
    assert asked(server) == ("GET", "/v1/files/file-1")
    server.handler = lambda _: {"id": "file-1", "object": "file", "deleted": True}
    assert store("file_delete", file_id="file-1").deleted is True
    assert asked(server) == ("DELETE", "/v1/files/file-1")
    server.handler = lambda _: {"object": "list", "data": [FILE, FILE], "has_more": True}
    page = store("file_list", purpose="batch", limit=2)
    assert [file.id for file in page] == ["file-1", "file-1"]
    assert len(page.data) == 2 and page.has_next_page()
    assert asked(server) == ("GET", "/v1/files")
    assert server.requests[-1].query == {"purpose": "batch", "limit": "2"}
    server.handler = lambda _: Reply(b'{"a": 1}\n{"a": 2}\n', headers={"content-type": "application/json"})
    content = store("file_content", file_id="file-1")
    assert content.content == content.read() == b'{"a": 1}\n{"a": 2}\n'
    assert content.text.splitlines() == ['{"a": 1}', '{"a": 2}']
    assert asked(server) == ("GET", "/v1/files/file-1/content")


def test_batches(server: Loopback, store: Any) -> None:
    server.handler = lambda _: BATCH
    given = {"completion_window": "24h", "endpoint": "/v1/chat/completions", "input_file_id": "file-1"}
    batch = store("create_batch", metadata={"k": "v"}, **given)
    assert isinstance(batch, edgequake_python.types.LiteLLMBatch)
    assert (batch.id, batch.status, batch.output_file_id) == ("batch_1", "in_progress", None)
    assert batch.request_counts is not None
    assert batch.request_counts.completed == batch["request_counts"]["completed"] == 1
    assert asked(server) == ("POST", "/v1/batches")
    assert server.bodies[-1] == {**given, "metadata": {"k": "v"}}
    assert store("retrieve_batch", batch_id="batch_1").id == "batch_1"
    assert asked(server) == ("GET", "/v1/batches/batch_1")
    store("cancel_batch", batch_id="batch_1")
    assert asked(server) == ("POST", "/v1/batches/batch_1/cancel")
    server.handler = lambda _: {"object": "list", "data": [BATCH], "has_more": False}
    page = store("list_batches", after="batch_0", limit=1)
    assert [batch.id for batch in page.data] == ["batch_1"]
    assert asked(server) == ("GET", "/v1/batches")
    assert server.requests[-1].query == {"after": "batch_0", "limit": "1"}


def test_azure(server: Loopback, store: Any) -> None:
    base = server.base_url.removesuffix("/v1")
    azure = {"custom_llm_provider": "azure", "api_base": base, "api_version": "2024-10-21"}
    server.handler = lambda _: FILE
    store("create_file", file=b"{}", purpose="batch", **azure)
    assert asked(server) == ("POST", "/openai/files")
    assert server.requests[-1].query == {"api-version": "2024-10-21"}
    assert server.requests[-1].headers["api-key"] == "k"
    server.handler = lambda _: BATCH
    store("retrieve_batch", batch_id="batch_1", **azure)
    assert asked(server) == ("GET", "/openai/batches/batch_1")


def test_list_models(server: Loopback, store: Any) -> None:
    server.handler = lambda _: {"object": "list", "data": [{"id": "m1", "object": "model", "owned_by": "o"}]}
    page = store("list_models")
    assert [model.id for model in page.data] == ["m1"]
    assert asked(server) == ("GET", "/v1/models")
    store("list_models", custom_llm_provider="groq")
    assert server.requests[-1].headers["authorization"] == "Bearer k"
    base = server.base_url.removesuffix("/v1")
    store("list_models", custom_llm_provider="anthropic", api_base=base)
    assert asked(server) == ("GET", "/v1/models")
    assert server.requests[-1].headers["x-api-key"] == "k"


def test_errors(server: Loopback, store: Any) -> None:
    server.handler = lambda _: error(404, "No such File object: file-9")
    with pytest.raises(NotFoundError):
        store("file_retrieve", file_id="file-9")
    with pytest.raises(NotFoundError):
        store("file_content", file_id="file-9")
    count = len(server.requests)
    with pytest.raises(BadRequestError):
        store("file_retrieve", file_id="")
    with pytest.raises(BadRequestError):
        store("create_file", file=5, purpose="batch")
    assert len(server.requests) == count
