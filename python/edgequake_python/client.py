"""Clients: calls whose settings are an object's and not the process's.

The functions of the package are the same calls with the package's attributes as settings. A client reads none
of those attributes; what it is not told it takes as if nobody had ever assigned one.
"""

from __future__ import annotations

from . import _eq_core
from ._call import AROUND_ATTRIBUTES, _settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Final

    from typing_extensions import Self

    from ._timeouts import Timeouts
    from .anthropic.messages import acreate as _acreate
    from .anthropic.messages import create as _create
    from .audio import aspeech as _aspeech
    from .audio import atranscription as _atranscription
    from .audio import speech as _speech
    from .audio import transcription as _transcription
    from .batches.main import acancel_batch as _acancel_batch
    from .batches.main import acreate_batch as _acreate_batch
    from .batches.main import alist_batches as _alist_batches
    from .batches.main import aretrieve_batch as _aretrieve_batch
    from .batches.main import cancel_batch as _cancel_batch
    from .batches.main import create_batch as _create_batch
    from .batches.main import list_batches as _list_batches
    from .batches.main import retrieve_batch as _retrieve_batch
    from .budget import Budgets
    from .completion import acompletion as _acompletion
    from .completion import completion as _completion
    from .embedding import aembedding as _aembedding
    from .embedding import embedding as _embedding
    from .files.main import acreate_file as _acreate_file
    from .files.main import afile_content as _afile_content
    from .files.main import afile_delete as _afile_delete
    from .files.main import afile_list as _afile_list
    from .files.main import afile_retrieve as _afile_retrieve
    from .files.main import create_file as _create_file
    from .files.main import file_content as _file_content
    from .files.main import file_delete as _file_delete
    from .files.main import file_list as _file_list
    from .files.main import file_retrieve as _file_retrieve
    from .images.main import aimage_edit as _aimage_edit
    from .images.main import aimage_generation as _aimage_generation
    from .images.main import aimage_variation as _aimage_variation
    from .images.main import image_edit as _image_edit
    from .images.main import image_generation as _image_generation
    from .images.main import image_variation as _image_variation
    from .models import alist_models as _alist_models
    from .models import list_models as _list_models
    from .moderations import amoderation as _amoderation
    from .moderations import moderation as _moderation
    from .rerank_api.main import arerank as _arerank
    from .rerank_api.main import rerank as _rerank
    from .responses.main import acancel_responses as _acancel_responses
    from .responses.main import acompact_responses as _acompact_responses
    from .responses.main import adelete_responses as _adelete_responses
    from .responses.main import aget_responses as _aget_responses
    from .responses.main import alist_input_items as _alist_input_items
    from .responses.main import aresponses as _aresponses
    from .responses.main import cancel_responses as _cancel_responses
    from .responses.main import compact_responses as _compact_responses
    from .responses.main import delete_responses as _delete_responses
    from .responses.main import get_responses as _get_responses
    from .responses.main import list_input_items as _list_input_items
    from .responses.main import responses as _responses
    from .text_completions import atext_completion as _atext_completion
    from .text_completions import text_completion as _text_completion

#: Operations by the name of the method; where each is, and its name there (asynchronous: with an ``a`` in
#: front, where nothing else is said).
_OPERATIONS: dict[str, tuple[str, str, str]] = {
    "completion": ("completion", "completion", "acompletion"),
    "embedding": ("embedding", "embedding", "aembedding"),
    "text_completion": ("text_completions", "text_completion", "atext_completion"),
    "responses": ("responses.main", "responses", "aresponses"),
    "get_responses": ("responses.main", "get_responses", "aget_responses"),
    "delete_responses": ("responses.main", "delete_responses", "adelete_responses"),
    "cancel_responses": ("responses.main", "cancel_responses", "acancel_responses"),
    "compact_responses": ("responses.main", "compact_responses", "acompact_responses"),
    "list_input_items": ("responses.main", "list_input_items", "alist_input_items"),
    "messages": ("anthropic.messages", "create", "acreate"),
    "moderation": ("moderations", "moderation", "amoderation"),
    "rerank": ("rerank_api.main", "rerank", "arerank"),
    "image_generation": ("images.main", "image_generation", "aimage_generation"),
    "image_edit": ("images.main", "image_edit", "aimage_edit"),
    "image_variation": ("images.main", "image_variation", "aimage_variation"),
    "transcription": ("audio", "transcription", "atranscription"),
    "speech": ("audio", "speech", "aspeech"),
    "create_file": ("files.main", "create_file", "acreate_file"),
    "file_retrieve": ("files.main", "file_retrieve", "afile_retrieve"),
    "file_delete": ("files.main", "file_delete", "afile_delete"),
    "file_list": ("files.main", "file_list", "afile_list"),
    "file_content": ("files.main", "file_content", "afile_content"),
    "create_batch": ("batches.main", "create_batch", "acreate_batch"),
    "retrieve_batch": ("batches.main", "retrieve_batch", "aretrieve_batch"),
    "list_batches": ("batches.main", "list_batches", "alist_batches"),
    "cancel_batch": ("batches.main", "cancel_batch", "acancel_batch"),
    "list_models": ("models", "list_models", "alist_models"),
}


class _Settings:
    """What both kinds of client are told. See `Client`."""

    def __init__(
        self,
        *,
        api_keys: Mapping[str, str] | None = None,
        api_bases: Mapping[str, str] | None = None,
        environment: bool = True,
        timeout: float | Timeouts | dict[str, float | None] | None = None,
        num_retries: int | None = None,
        drop_params: bool = False,
        headers: Mapping[str, str] | None = None,
        callbacks: Sequence[Any] = (),
        cache: Any = None,
        budgets: Budgets | None = None,
        fallbacks: Sequence[Any] = (),
        model_alias_map: Mapping[str, str] | None = None,
        ssl_verify: bool | str = True,
        ssl_certificate: str | None = None,
        http2: bool = False,
        proxy: str | bool | None = None,
        pool_size: int | None = None,
        keep_alive: float | None = None,
        max_response_bytes: int | None = None,
        request_hooks: Sequence[Callable[[Any], Any]] = (),
        handler: Callable[[Any], Any] | None = None,
        defaults: Mapping[str, Any] | None = None,
    ) -> None:
        for name, given in (("pool_size", pool_size), ("keep_alive", keep_alive)):
            if given is not None and (isinstance(given, bool) or not 0 <= given < 2**31):
                raise ValueError(f"{name} is {given!r}, not a number from 0 on")
        most = max_response_bytes
        if most is not None and (type(most) is not int or most < 1):
            raise ValueError(f"max_response_bytes is {most!r}, not a number from 1 on")
        held: dict[str, Any] = dict.fromkeys(AROUND_ATTRIBUTES)
        held.update(
            api_keys={str(name): key for name, key in (api_keys or {}).items() if key},
            api_bases={str(name): base for name, base in (api_bases or {}).items() if base},
            use_environment=environment,
            request_timeout=timeout,
            num_retries=num_retries,
            drop_params=drop_params,
            headers=dict(headers or {}) or None,
            callbacks=list(callbacks),
            cache=cache,
            budgets=budgets,
            model_fallbacks=list(fallbacks),
            model_alias_map=dict(model_alias_map or {}),
            ssl_verify=ssl_verify,
            ssl_certificate=ssl_certificate,
            http2=http2,
            proxy=proxy,
            pool_size=pool_size,
            keep_alive=None if keep_alive is None else float(keep_alive),
            max_response_bytes=most,
            request_hooks=list(request_hooks),
            _network=handler,
            _process=_settings,
            _pool=_eq_core.new_pool(),
        )
        self._settings = held
        self._defaults = dict(defaults or {})
        self._closed = False

    def _arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        if self._closed:
            raise RuntimeError("the client is closed")
        return {**self._defaults, **given, "_held": self._settings}

    def close(self) -> None:
        """Close the client's connections. Streams that are being read go on; a further call is refused."""
        self._closed = True
        _eq_core.close_pool(self._settings["_pool"])

    def __repr__(self) -> str:
        named = sorted({*self._settings["api_keys"], *self._settings["api_bases"]})
        state = ", closed" if self._closed else ""
        return f"<{type(self).__name__} for {', '.join(named) or 'any provider'}{state}>"

    def __reduce__(self) -> Any:
        raise TypeError(
            "a client holds keys and connections and cannot be pickled; make one where it is used"
        )


class _Method:
    """An operation as a method: found when first asked for, then an attribute of the client."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, client: Any, owner: type) -> Any:
        if client is None:
            return self
        from importlib import import_module

        module, blocking, asynchronous = _OPERATIONS[self.name]
        found = import_module(f".{module}", __package__)
        if isinstance(client, AsyncClient):
            method = _asynchronous(client, getattr(found, asynchronous))
        else:
            method = _blocking(client, getattr(found, blocking))
        method.__name__ = method.__qualname__ = self.name
        client.__dict__[self.name] = method
        return method


def _blocking(client: _Settings, function: Any) -> Any:
    def method(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **client._arguments(kwargs))

    method.__doc__, method.__wrapped__ = function.__doc__, function  # type: ignore[attr-defined]
    return method


def _asynchronous(client: _Settings, function: Any) -> Any:
    async def method(*args: Any, **kwargs: Any) -> Any:
        return await function(*args, **client._arguments(kwargs))

    method.__doc__, method.__wrapped__ = function.__doc__, function  # type: ignore[attr-defined]
    return method


class Client(_Settings):
    """Blocking calls with settings and connections of their own.

    ``client.completion(...)`` and the others take what the functions of the same name take, and an argument
    of a call wins over the client's setting. Use it from as many threads as you like; close it, or leave its
    ``with``, to close its connections.

    Args:
        api_keys: keys by the provider's name (``openai``, ...). Each goes to its provider only.
        api_bases: base URLs by the provider's name.
        environment: whether what is not said here is looked for in environment variables: keys, bases,
            proxies, authorities.
        timeout: seconds, or `Timeouts`. None: 600 s.
        num_retries: how often a failed request is repeated. None: 2.
        drop_params: leave out what a provider does not take, instead of refusing the call.
        headers: added to every request.
        callbacks, cache, budgets, fallbacks, model_alias_map: as the package's attributes.
        ssl_verify, ssl_certificate, http2: as the package's attributes.
        proxy: URL of a proxy for everything; False for none; None for the environment's.
        pool_size: idle connections kept for each host. None: no limit.
        keep_alive: seconds an idle connection is kept. None: 120.
        max_response_bytes: how large an answer may be, unpacked; of a stream, one event. None: 1 GiB, and
            64 MiB for an event.
        request_hooks: functions that are called with each `PreparedRequest` before it is sent; what one
            raises stops the call.
        handler: answers in the network's place, see `edgequake_python.testing.handler`.
        defaults: further arguments for every call, by name.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    if TYPE_CHECKING:
        completion: Final = staticmethod(_completion)
        embedding: Final = staticmethod(_embedding)
        text_completion: Final = staticmethod(_text_completion)
        responses: Final = staticmethod(_responses)
        get_responses: Final = staticmethod(_get_responses)
        delete_responses: Final = staticmethod(_delete_responses)
        cancel_responses: Final = staticmethod(_cancel_responses)
        compact_responses: Final = staticmethod(_compact_responses)
        list_input_items: Final = staticmethod(_list_input_items)
        messages: Final = staticmethod(_create)
        moderation: Final = staticmethod(_moderation)
        rerank: Final = staticmethod(_rerank)
        image_generation: Final = staticmethod(_image_generation)
        image_edit: Final = staticmethod(_image_edit)
        image_variation: Final = staticmethod(_image_variation)
        transcription: Final = staticmethod(_transcription)
        speech: Final = staticmethod(_speech)
        create_file: Final = staticmethod(_create_file)
        file_retrieve: Final = staticmethod(_file_retrieve)
        file_delete: Final = staticmethod(_file_delete)
        file_list: Final = staticmethod(_file_list)
        file_content: Final = staticmethod(_file_content)
        create_batch: Final = staticmethod(_create_batch)
        retrieve_batch: Final = staticmethod(_retrieve_batch)
        list_batches: Final = staticmethod(_list_batches)
        cancel_batch: Final = staticmethod(_cancel_batch)
        list_models: Final = staticmethod(_list_models)


class AsyncClient(_Settings):
    """As `Client`, for asyncio: the same methods, to be awaited."""

    async def aclose(self) -> None:
        """As `close`."""
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.close()

    if TYPE_CHECKING:
        completion: Final = staticmethod(_acompletion)
        embedding: Final = staticmethod(_aembedding)
        text_completion: Final = staticmethod(_atext_completion)
        responses: Final = staticmethod(_aresponses)
        get_responses: Final = staticmethod(_aget_responses)
        delete_responses: Final = staticmethod(_adelete_responses)
        cancel_responses: Final = staticmethod(_acancel_responses)
        compact_responses: Final = staticmethod(_acompact_responses)
        list_input_items: Final = staticmethod(_alist_input_items)
        messages: Final = staticmethod(_acreate)
        moderation: Final = staticmethod(_amoderation)
        rerank: Final = staticmethod(_arerank)
        image_generation: Final = staticmethod(_aimage_generation)
        image_edit: Final = staticmethod(_aimage_edit)
        image_variation: Final = staticmethod(_aimage_variation)
        transcription: Final = staticmethod(_atranscription)
        speech: Final = staticmethod(_aspeech)
        create_file: Final = staticmethod(_acreate_file)
        file_retrieve: Final = staticmethod(_afile_retrieve)
        file_delete: Final = staticmethod(_afile_delete)
        file_list: Final = staticmethod(_afile_list)
        file_content: Final = staticmethod(_afile_content)
        create_batch: Final = staticmethod(_acreate_batch)
        retrieve_batch: Final = staticmethod(_aretrieve_batch)
        list_batches: Final = staticmethod(_alist_batches)
        cancel_batch: Final = staticmethod(_acancel_batch)
        list_models: Final = staticmethod(_alist_models)


if not TYPE_CHECKING:
    for _name in _OPERATIONS:
        setattr(_Settings, _name, _Method(_name))
