"""LiteLLM's functions that this package does not have, each with what to use instead."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

#: What to use instead, by the names it is said of; an ``a`` in front is the asynchronous twin.
_INSTEAD: tuple[tuple[str, str], ...] = (
    (
        "ask a model that reads documents with completion() (a content part of type file), or use the "
        "provider's own client",
        "ocr",
    ),
    ("use a search service's own client, or a model with web_search_options", "search"),
    (
        "use the provider's own client for videos",
        "video_generation video_status video_content video_list video_remix video_edit video_extension "
        "video_create_character video_get_character",
    ),
    (
        "use completion() with a gemini/ or vertex_ai/ model",
        "generate_content generate_content_stream",
    ),
    (
        "use completion(), embedding() or another function for the operation; extra_body takes the rest",
        "llm_passthrough_route",
    ),
    ("use responses() or completion() with tools", "adapter_completion adapter_generate_content"),
    (
        "use the openai package's client for fine-tuning",
        "create_fine_tuning_job cancel_fine_tuning_job retrieve_fine_tuning_job list_fine_tuning_jobs",
    ),
    (
        "use responses(), which replaces the Assistants API",
        "get_assistants create_assistants delete_assistant create_thread get_thread add_message get_messages "
        "run_thread run_thread_stream a_add_message",
    ),
    (
        "use the vector store's own client",
        "vector_store_create vector_store_search vector_store_retrieve vector_store_list vector_store_update "
        "vector_store_delete vector_store_file_create vector_store_file_list vector_store_file_retrieve "
        "vector_store_file_content vector_store_file_update vector_store_file_delete ingest query",
    ),
    (
        "use the openai package's client for containers",
        "create_container list_containers retrieve_container delete_container upload_container_file "
        "list_container_files",
    ),
    (
        "use the provider's own client",
        "create_skill list_skills get_skill delete_skill create_eval list_evals get_eval "
        "delete_eval cancel_eval create_run list_runs get_run delete_run cancel_run create_agent "
        "list_agents get_agent delete_agent list_agent_versions create_sandbox delete_sandbox "
        "run_code decisions systemone",
    ),
    (
        "use a websocket client; realtime sessions are not requests",
        "_arealtime arealtime_calls create_realtime_client_secret create_realtime_transcription_session "
        "realtime_health_check",
    ),
    ("call completion() with its arguments", "config_completion"),
    ("write the loop around acompletion(), or use an agent framework", "run_tool_loop"),
    ("the core is always native here", "rust"),
    ("use token_counter(), which needs no request", "count_tokens"),
    (
        "pass prompts as messages; prompt files are not read",
        "set_global_prompt_directory set_global_bitbucket_config set_global_gitlab_config",
    ),
)

_ALWAYS_ASYNCHRONOUS = frozenset(("_arealtime", "arealtime_calls", "a_add_message", "realtime_health_check"))


def stand_in(name: str) -> Callable[..., Any] | None:
    """A function that says what to use instead of ``name``; None when LiteLLM has no such function."""
    for instead, names in _INSTEAD:
        known = names.split()
        twin = name[1:] if name.startswith("a") and name not in known else name
        if twin in known:
            asynchronous = twin != name or name in _ALWAYS_ASYNCHRONOUS
            return _refusal(name, instead, asynchronous=asynchronous)
    return None


def _refusal(name: str, instead: str, *, asynchronous: bool) -> Callable[..., Any]:
    text = f"edgequake_python has no {name}(): {instead}"

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(text)

    async def refuse_async(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(text)

    function: Callable[..., Any] = refuse_async if asynchronous else refuse
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Not here: {instead}."
    return function


def missing_class(name: str, instead: str, base: type = object) -> type:
    """A class that cannot be made, and says what to use instead."""

    def refuse(self: object, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(f"edgequake_python has no {name}: {instead}")

    return type(name, (base,), {"__init__": refuse, "__doc__": f"Not here: {instead}."})
