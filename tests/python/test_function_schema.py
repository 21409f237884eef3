"""Functions as tool descriptions, from annotations and from docstrings in three styles."""

from __future__ import annotations

import enum
from typing import Any, Literal, Optional, Union

from pydantic import BaseModel

from edgequake_python import function_to_dict


def numpy_style(location, unit="celsius", days=1):
    """Get the current weather.

    Rain included.

    Parameters
    ----------
    location : str
        The city and state,
        e.g. San Francisco, CA
    unit : {'celsius', 'fahrenheit'}
        Temperature unit
    days : int, optional
        How many

    Returns
    -------
    str
        a sentence
    """


def google_style(location: str, unit: Literal["c", "f"], tags: Optional[list[str]] = None) -> str:
    """Get the current weather.

    Args:
        location (str): The city and state,
            e.g. Berlin
        unit: Temperature unit
        tags: What to add

    Returns:
        A sentence: warm or cold.
    """
    return ""


def sphinx_style(location, count):
    """Get the current weather.

    :param str location: The city
    :param count: How often
    :type count: int
    :returns: a sentence
    """


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Place(BaseModel):
    city: str


def test_numpy() -> None:
    assert function_to_dict(numpy_style) == {
        "name": "numpy_style",
        "description": "Get the current weather.\n\nRain included.",
        "parameters": {
            "type": "object",
            "properties": {
                "location": {
                    "type": "string",
                    "description": "The city and state, e.g. San Francisco, CA",
                },
                "unit": {
                    "type": "string",
                    "enum": ["celsius", "fahrenheit"],
                    "description": "Temperature unit",
                },
                "days": {"type": "integer", "description": "How many"},
            },
            "required": ["location"],
        },
    }


def test_google() -> None:
    described = function_to_dict(google_style)
    assert described["description"] == "Get the current weather."
    assert described["parameters"] == {
        "type": "object",
        "properties": {
            "location": {"type": "string", "description": "The city and state, e.g. Berlin"},
            "unit": {"type": "string", "enum": ["c", "f"], "description": "Temperature unit"},
            "tags": {"type": "array", "items": {"type": "string"}, "description": "What to add"},
        },
        "required": ["location", "unit"],
    }


def test_sphinx() -> None:
    described = function_to_dict(sphinx_style)
    assert described["description"] == "Get the current weather."
    assert described["parameters"] == {
        "type": "object",
        "properties": {
            "location": {"type": "string", "description": "The city"},
            "count": {"type": "integer", "description": "How often"},
        },
        "required": ["location", "count"],
    }


def test_annotations() -> None:
    def f(
        colour: Colour,
        place: Place,
        either: Union[int, str],
        table: dict[str, int],
        anything: Any,
        *args: int,
        flag: bool = False,
        **kwargs: Any,
    ) -> None: ...

    parameters = function_to_dict(f)["parameters"]
    properties = parameters["properties"]
    assert properties["colour"] == {"type": "string", "enum": ["red", "blue"]}
    assert properties["place"]["properties"] == {"city": {"title": "City", "type": "string"}}
    assert properties["either"] == {"anyOf": [{"type": "integer"}, {"type": "string"}]}
    assert properties["table"] == {"type": "object"}
    assert properties["anything"] == {}
    assert properties["flag"] == {"type": "boolean"}
    assert parameters["required"] == ["colour", "place", "either", "table", "anything"]
    assert set(properties) == {"colour", "place", "either", "table", "anything", "flag"}


def test_nothing_said() -> None:
    def bare(x):
        return x

    assert function_to_dict(bare) == {
        "name": "bare",
        "description": "",
        "parameters": {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]},
    }
