"""What all exceptions share: attributes, text, and the way through pickle and copy."""

from __future__ import annotations

from ._error_response import ErrorRequest, ErrorResponse, Headers, headers_of, request_id_of, retry_after_of
from ._openai_link import link_openai

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, ClassVar

    from .rate_limits import RateLimits

if TYPE_CHECKING:
    _Base = BaseException  # what the classes that use this mix-in are
else:
    _Base = object

_PLAIN = (str, int, float, bool, bytes, type(None), Headers, ErrorRequest, ErrorResponse)


class CopiedByState(_Base):
    """Pickles and copies an exception by its attributes.

    The default calls ``cls(*args)``, which fails for every class whose constructor takes more than the
    message, and would put the prefix on twice. A subclass may have any constructor: it is not called.
    """

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: _portable(value) for name, value in self.__dict__.items()}
        return rebuild, (type(self), _args(self), state)

    def __copy__(self) -> Any:
        return rebuild(type(self), _args(self), self.__dict__)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        from copy import deepcopy

        twin = rebuild(type(self), _args(self), {})
        memo[id(self)] = twin
        for name, value in self.__dict__.items():
            try:
                twin.__dict__[name] = deepcopy(value, memo)
            except Exception:  # a live response, a lock, ...: sharing it is better than losing the error
                twin.__dict__[name] = value
        return twin


class EdgeQuakeError(CopiedByState, Exception):
    """The root of all errors about a call to a model; in openai's tree, `openai.OpenAIError`.

    Attributes:
        message: the text, with its ``litellm.<Class>: `` prefix.
        status_code: the HTTP status, or the one that belongs to the class when there was no answer.
        llm_provider, model: where the call went.
        response, request: what was answered and asked; always present, empty when there was nothing.
        headers: the provider's response headers, lower-case names, look-ups ignore case
            (`litellm_response_headers` is the same).
        request_id: the provider's id of the request, or None.
        retry_after: seconds the provider asked to wait, or None.
        body: the provider's error object, or None; `code`, `param` and `type` come from it.
        dropped_params: parameters that were not sent because ``drop_params`` allowed that.
        rate_limits: what the headers say of the provider's limits, see `RateLimits`.
        num_retries, max_retries: how often the call was retried, and how often it might have been.
        partial, partial_response, usage: what a stream had delivered before it failed.

    None of them holds a request header: those carry the caller's key.
    """

    # Defaults for subclasses of the program's whose constructor does not call ours.
    message: str = ""
    status_code: int = 500
    llm_provider: str | None = None
    model: str | None = None
    litellm_debug_info: str | None = None
    max_retries: int | None = None
    num_retries: int | None = None
    body: Any = None
    code: str | None = None
    param: str | None = None
    type: str | None = None
    request_id: str | None = None
    retry_after: float | None = None
    partial: str = ""
    partial_response: Any = None
    usage: Any = None
    response: Any = None
    request: Any = None
    dropped_params: Sequence[str] = ()
    headers: Any
    litellm_response_headers: Any

    # A class with a fixed status reports it even when the answer's differs (Anthropic's 529 is a 500).
    _status: ClassVar[int] = 500
    _status_fixed: ClassVar[bool] = False
    _code: ClassVar[str | None] = None
    _type: ClassVar[str | None] = None

    def _fill(
        self,
        message: str,
        llm_provider: str | None,
        model: str | None,
        response: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        *,
        body: Any = None,
        request: Any = None,
        status_code: int | None = None,
        headers: Mapping[Any, Any] | None = None,
    ) -> None:
        """Set every common attribute. Constructors call this, and nothing else that could fail."""
        link_openai()
        # By name: after linking, super() would reach openai's constructors, which want an httpx request.
        Exception.__init__(self, message)
        self.message = message
        self.llm_provider = llm_provider
        self.model = model
        self.litellm_debug_info = litellm_debug_info
        self.max_retries = max_retries
        self.num_retries = num_retries
        self.status_code = self._status if status_code is None else status_code
        self._attach(response, request, headers, follow_status=status_code is None)
        self._attach_body(body)

    def _attach(self, response: Any, request: Any, headers: Any, follow_status: bool = True) -> None:
        self.headers = Headers(headers) if headers else headers_of(response)
        self.litellm_response_headers = self.headers
        self.request_id = request_id_of(self.headers)
        self.retry_after = retry_after_of(self.headers)
        answered = getattr(response, "status_code", None)
        if follow_status and not self._status_fixed and isinstance(answered, int) and answered >= 400:
            self.status_code = answered
        if response is None:
            response = ErrorResponse(self.status_code, self.headers, request=request)
        self.response = response
        if request is None:
            try:
                request = response.request
            except Exception:  # httpx raises when a response was made without one
                request = None
        self.request = request if request is not None else ErrorRequest()

    @property
    def rate_limits(self) -> RateLimits:
        """What the provider says of its limits: requests and tokens, each limit, remaining and reset."""
        from .rate_limits import rate_limits_of

        return rate_limits_of(self.headers)

    def _attach_body(self, body: Any) -> None:
        self.body = body
        fields = body if isinstance(body, dict) else {}
        code, param, kind = fields.get("code"), fields.get("param"), fields.get("type")
        self.code = self._code or (None if code is None else str(code))
        self.param = param if isinstance(param, str) else None
        self.type = self._type or (kind if isinstance(kind, str) else None)

    def __str__(self) -> str:
        text = self.message or Exception.__str__(self)
        if self.num_retries:
            text += f" LiteLLM Retried: {self.num_retries} times"
        if self.max_retries:
            text += f", LiteLLM Max Retries: {self.max_retries}"
        return text

    def __repr__(self) -> str:
        return f"{self.__class__.__name__}({str(self)!r})"


# openai's tree in our own words. LiteLLM's public classes are siblings: `litellm.RateLimitError` is an
# `openai.APIError` but not a `litellm.APIError`, and programs list classes to retry on that understanding.


class APIErrorBase(EdgeQuakeError):
    """In openai's tree, `openai.APIError`."""


class StatusErrorBase(APIErrorBase):
    """In openai's tree, `openai.APIStatusError`."""


class ConnectionErrorBase(APIErrorBase):
    """In openai's tree, `openai.APIConnectionError`."""


def rebuild(cls: type[BaseException], args: tuple[Any, ...], state: dict[str, Any]) -> BaseException:
    """The other half of `__reduce__`: an exception from its attributes, its constructor not called."""
    link_openai()
    twin = Exception.__new__(cls, *args)
    twin.__dict__.update(state)
    return twin


def _args(error: Any) -> tuple[Any, ...]:
    return tuple(_portable(value) for value in error.args)


def _portable(value: Any) -> Any:
    """`value`, or a stand-in when it would not survive pickling.

    An exception that fails to *un*pickle takes a whole process pool down, so what the program attached (a
    live httpx response, another library's exception) is tried first.
    """
    if value.__class__ in _PLAIN:
        return value
    import pickle

    try:
        pickle.loads(pickle.dumps(value))
    except Exception:
        if isinstance(value, BaseException):
            return RuntimeError(f"{value.__class__.__name__}: {value}")
        return None
    return value
