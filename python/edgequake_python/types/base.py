"""What every response class shares: item access, dumps that never warn, and lazily made call metadata.

The classes are pydantic v2 models. Three decisions shape them:

* A field that is "present only when there is one" (reasoning text, annotations, cost, ...) is an *extra*, not
  a declared field: when absent, ``hasattr`` is false and no dump has the key.
* Fields are validated when a user constructs an object but serialised by the value they hold. Declared types
  in serialisers are what makes pydantic warn when a provider, or a user, puts something else there.
* No method relies on ``__init__`` having run, because the extension module builds instances directly
  (see ``trusted.py``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Optional, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic_core import core_schema

if TYPE_CHECKING:
    from pydantic.annotated_handlers import GetCoreSchemaHandler, GetJsonSchemaHandler

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
Values = dict[str, Any]
"""Values by name. ``Model`` has a method called ``dict``, which hides the builtin in its annotations."""


class _ByValue:
    """Field marker behind ``Open``."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        # A chain is serialised by its last step, so dumps need no Python function for this, and it works on
        # every pydantic from 2.5 on (the shorter `simple_ser_schema("any")` is refused by the older ones).
        return core_schema.chain_schema([handler(source), core_schema.any_schema()])

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        # JSON Schema describes what the field is meant to hold.
        return handler(schema["steps"][0] if schema["type"] == "chain" else schema)


Open = Annotated[T, _ByValue()]
"""``Open[X]``: validated as ``X``, serialised as whatever it holds."""


_HERE = __name__.partition(".")[0]

#: What the classes call this package; see `edgequake_python.alias`.
known_as: Optional[str] = "litellm" if sys.modules.get("litellm") is sys.modules[_HERE] else None


class Model(BaseModel):
    """Base of all response classes: keeps unknown fields, reads like a dict.

    ``x["k"]`` is ``getattr`` (a missing key raises AttributeError), ``"k" in x`` is ``hasattr``, and
    ``x.get("k", default)`` is ``getattr`` with a default. ``json()``, ``dict()`` and ``to_dict()``
    return ``model_dump()``.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", protected_namespaces=())

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if known_as is not None and cls.__module__.startswith(_HERE):
            cls.__module__ = known_as + cls.__module__[len(_HERE) :]

    def _fill(self, **values: Any) -> None:
        """Validate ``values`` into this instance. Constructors end here, after their own coercions."""
        BaseModel.__init__(self, **values)

    def __getitem__(self, key: str) -> Any:
        return getattr(self, key)

    def __contains__(self, key: str) -> bool:
        return hasattr(self, key)

    def get(self, key: str, default: Any = None) -> Any:
        """The attribute ``key``, or ``default`` when there is none."""
        return getattr(self, key, default)

    def to_dict(self, *, use_api_names: bool = True, **kwargs: Any) -> Values:
        """``model_dump(**kwargs)``. Names are the API's own whatever ``use_api_names`` says."""
        return self.model_dump(**kwargs)

    def to_json(self, *, use_api_names: bool = True, indent: Optional[int] = 2, **kwargs: Any) -> Any:
        """``model_dump_json``, as the openai package has it."""
        kwargs.pop("mode", None)
        return self.model_dump_json(indent=indent, **kwargs)

    def dict(self, **kwargs: Any) -> Values:
        """``model_dump(**kwargs)``."""
        return self.model_dump(**kwargs)

    def json(self, **kwargs: Any) -> Values:  # type: ignore[override]
        """``model_dump(**kwargs)``: a dict, as in LiteLLM. For text use ``model_dump_json``."""
        return self.model_dump(**kwargs)

    def __eq__(self, other: Any) -> bool:
        """Same class, same fields and extras. How a call went (``_hidden_params``) is not part of the
        value.
        """
        if not isinstance(other, Model):
            return NotImplemented
        return (
            type(self) is type(other)
            and self.__dict__ == other.__dict__
            and (self.__pydantic_extra__ or {}) == (other.__pydantic_extra__ or {})
        )

    __hash__: None = None  # type: ignore[assignment]

    def __repr_args__(self) -> Iterator[tuple[Optional[str], Any]]:
        """Fields that hold something, so that a short answer prints short."""
        for values in (self.__dict__, self.__pydantic_extra__ or {}):
            for name, value in values.items():
                if value is not None:
                    yield name, value

    def _extras(self) -> Values:
        """The live dict of fields that are not declared."""
        if self.__pydantic_extra__ is None:
            object.__setattr__(self, "__pydantic_extra__", {})
        return self.__pydantic_extra__  # type: ignore[return-value]

    def _privates(self) -> Values:
        """The live dict of values that no dump shows."""
        private: Optional[Values] = getattr(self, "__pydantic_private__", None)
        if private is None:
            private = {}
            object.__setattr__(self, "__pydantic_private__", private)
        return private


def coerce(cls: type[M], value: Any) -> Any:
    """``value`` as ``cls``, from a dict or from another class's model (the OpenAI client's, say).

    Anything else comes back as it is: None is fine for many fields, and the rest is for validation to refuse.
    """
    if isinstance(value, dict):
        return cls(**value)
    if isinstance(value, BaseModel) and not isinstance(value, cls):
        return cls(**value.model_dump())
    return value


class ItemAssignable(Model):
    """A ``Model`` that also takes ``x["k"] = value``."""

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self, key, value)


class ProviderFields(ItemAssignable):
    """``provider_specific_fields`` reads as None when there is none, and is then in no dump."""

    @property
    def provider_specific_fields(self) -> Optional[dict[str, Any]]:
        """What only this provider says about the object, or None."""
        return self._extras().get("provider_specific_fields")

    @provider_specific_fields.setter
    def provider_specific_fields(self, value: Optional[dict[str, Any]]) -> None:
        if value is None:
            self._extras().pop("provider_specific_fields", None)
        else:
            self._extras()["provider_specific_fields"] = value


def add_provider_specific_fields(target: Any, fields: Optional[dict[str, Any]]) -> None:
    """Set ``target.provider_specific_fields``, unless there are none to set."""
    if fields:
        target.provider_specific_fields = fields
