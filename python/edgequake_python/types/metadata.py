"""How a call went, beside what it answered: ``_hidden_params``, ``_response_headers``, ``_response_ms``.

The extension module puts one small opaque object, the *meta*, under ``"_meta"`` in a response's private dict.
The dicts users see are made from it when first asked for: a caller who never looks pays nothing for them.
"""

from __future__ import annotations

from threading import get_ident
from typing import TYPE_CHECKING, Any, Optional, Protocol

from .._reported import Reported
from .base import Model

if TYPE_CHECKING:
    from typing_extensions import Self


class Meta(Protocol):
    """What the extension module's meta object offers."""

    response_ms: float
    """Wall time of the call in milliseconds."""
    request_id: Optional[str]
    """The provider's id of the request, when it gave one."""

    def hidden_params(self) -> dict[str, Any]:
        """A new dict at each call: response_cost, model_id, api_base, additional_headers, ..."""

    def headers(self) -> dict[str, Any]:
        """A new dict at each call: the provider's response headers, names in lower case."""


_UNSET: Any = object()


class Response(Reported, Model):
    """A ``Model`` that came out of a call and knows how the call went."""

    def _meta_value(self, name: str, make: Any) -> Any:
        """The private value ``name``; made from the meta, and then kept, at first use."""
        private = self._privates()
        value = private.get(name, _UNSET)
        if value is _UNSET:
            meta = private.get("_meta")
            # setdefault: of two threads that come here at once, both must end up with the same dict.
            value = private.setdefault(name, make(meta))
        return value

    @property
    def _hidden_params(self) -> Any:
        """The call's metadata: a dict the caller and the callbacks may write to.

        ``response_cost`` in it is in USD, worked out when the dict is first asked for, and None where the
        price is not known.
        """
        private = self._privates()
        params = self._meta_value("_hidden_params", self._make_hidden_params)
        if "_priced" not in private and private.get("_meta") is not None:
            self._price(private, params)
        return params

    @_hidden_params.setter
    def _hidden_params(self, value: Any) -> None:
        private = self._privates()
        private["_hidden_params"], private["_priced"] = value, True

    def _price(self, private: dict[str, Any], params: Any) -> None:
        """Work out what the call cost. Of two threads that want to know at once, each does: neither may be
        told that it is not known.
        """
        here = f"_pricing_{get_ident()}"
        if here in private:  # what is priced is looked at from within
            return
        if params.get("response_cost") is None and self._is_billed():
            from ..response_cost import of_response

            private[here] = True
            try:
                params["response_cost"] = of_response(self, params)
            finally:
                private.pop(here, None)
        private["_priced"] = True

    def _is_billed(self) -> bool:
        """Whether this is a whole answer, which has a price; a chunk of one has none unless it has the
        counts.
        """
        return "usage" in self.__dict__ or bool(self._extras().get("usage"))

    @staticmethod
    def _make_hidden_params(meta: Optional[Meta]) -> Any:
        return {} if meta is None else meta.hidden_params()

    @property
    def _response_headers(self) -> Optional[dict[str, Any]]:
        """The provider's response headers, or None when the object did not come from a provider."""
        headers: Optional[dict[str, Any]] = self._meta_value(
            "_response_headers", lambda meta: None if meta is None else meta.headers()
        )
        return headers

    @_response_headers.setter
    def _response_headers(self, value: Optional[dict[str, Any]]) -> None:
        self._privates()["_response_headers"] = value

    @property
    def _response_ms(self) -> Optional[float]:
        """Wall time of the call in milliseconds, or None when there was no call."""
        ms: Optional[float] = self._meta_value(
            "_response_ms", lambda meta: None if meta is None else meta.response_ms
        )
        return ms

    @_response_ms.setter
    def _response_ms(self, value: Optional[float]) -> None:
        self._privates()["_response_ms"] = value

    @property
    def hidden_params(self) -> Any:
        """Public name of ``_hidden_params``."""
        return self._hidden_params

    @property
    def headers(self) -> dict[str, Any]:
        """The provider's response headers, names in lower case; empty when there was no call."""
        return self._response_headers or {}

    @property
    def request_id(self) -> Optional[str]:
        """The provider's id of the request, from its headers or its answer: what to quote to its support."""
        request_id: Optional[str] = self._meta_value(
            "_request_id", lambda meta: None if meta is None else meta.request_id
        )
        return request_id or self.headers.get("x-request-id") or self._extras().get("request_id")

    def _settle_metadata(self) -> None:
        """Replace the meta by plain values, because it can be neither pickled nor copied."""
        private: Optional[dict[str, Any]] = getattr(self, "__pydantic_private__", None)
        if private and private.get("_meta") is not None:
            _ = self._hidden_params, self._response_headers, self._response_ms, self.request_id
            private["_meta"] = None

    def __getstate__(self) -> dict[Any, Any]:
        self._settle_metadata()
        return super().__getstate__()

    def __copy__(self) -> Self:
        self._settle_metadata()
        return super().__copy__()

    def __deepcopy__(self, memo: Optional[dict[int, Any]] = None) -> Self:
        self._settle_metadata()
        return super().__deepcopy__(memo)

    def _start_metadata(
        self,
        hidden_params: Optional[dict[str, Any]],
        headers: Optional[dict[str, Any]],
        response_ms: Optional[float],
    ) -> None:
        """Give a user-built object the private dict that a call's result has."""
        private = self._privates()
        private["_meta"] = None
        if hidden_params is not None:
            private["_hidden_params"] = hidden_params
        if headers is not None:
            private["_response_headers"] = headers
        if response_ms is not None:
            private["_response_ms"] = response_ms
