"""Counting tokens offline."""

from __future__ import annotations

import base64
import struct

import pytest

from edgequake_python import decode, encode, token_counter
from edgequake_python.image_size import of_bytes

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "unit": {"type": "string", "enum": ["c", "f"]}},
            "required": ["city"],
        },
    },
}


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + bytes(8)


def test_tokens_are_the_published_ones() -> None:
    tiktoken = pytest.importorskip("tiktoken")
    assert encode("gpt-4o", "hello world") == [24912, 2375]
    assert encode("gpt-4", "hello world") == [15339, 1917]
    try:
        published = tiktoken.get_encoding("o200k_base")
    except Exception:
        pytest.skip("the published tables are not on this machine")
    text = "Grüße, 世界! def f(x):\n\treturn x**2  # 🎉" * 9
    assert encode("gpt-4o", text) == published.encode(text)


def test_text_comes_back() -> None:
    text = "Grüße, 世界! 🎉 <|endoftext|>"
    for model in ("gpt-4o", "gpt-4", "claude-sonnet-4-5"):
        assert decode(model, encode(model, text)) == text
    assert "\ufffd" in decode("gpt-4o", encode("gpt-4o", "🎉")[:1])
    with pytest.raises(ValueError, match="no token"):
        decode("gpt-4o", [4_000_000_000])


def test_counts_of_requests() -> None:
    assert token_counter("gpt-4o", text="hello world") == 2
    assert token_counter("gpt-4o", text=["hello", " world"]) == 2
    message = {"role": "user", "content": "hi there"}
    assert token_counter("gpt-4o", messages=[message]) == 3 + 1 + 2 + 3
    assert token_counter("gpt-4o", messages=[message], count_response_tokens=True) == 6
    named = token_counter("gpt-4o", messages=[{**message, "name": "bob"}])
    assert named == 9 + 1 + 1
    with_tool = token_counter("gpt-4o", messages=[message], tools=[TOOL])
    assert with_tool > 9 + 9
    assert token_counter("gpt-4o", messages=[message], tools=[TOOL], tool_choice="none") == with_tool + 1
    # Anthropic's form of the same tool.
    function = TOOL["function"]
    assert isinstance(function, dict)
    native = {"name": function["name"], "description": function["description"]}
    native["input_schema"] = function["parameters"]
    assert token_counter("gpt-4o", messages=[message], tools=[native]) == with_tool


@pytest.mark.parametrize(
    ("size", "detail", "tokens"),
    [
        ((100, 100), "low", 85),
        ((3000, 3000), "auto", 85),
        ((100, 100), "high", 85 + 170),
        # Scaled to 768 x 768: four tiles of 512.
        ((1024, 1024), "high", 85 + 170 * 4),
        # Scaled to 768 x 1536: two across, three down.
        ((2048, 4096), "high", 85 + 170 * 6),
    ],
)
def test_images_are_counted_by_their_tiles(size: tuple[int, int], detail: str, tokens: int) -> None:
    url = "data:image/png;base64," + base64.b64encode(png(*size)).decode()
    part = {"type": "image_url", "image_url": {"url": url, "detail": detail}}
    assert token_counter("gpt-4o", messages=[{"role": "user", "content": [part]}]) == 3 + 1 + tokens + 3


def test_sizes_of_images() -> None:
    assert of_bytes(png(3, 4)) == (3, 4)
    assert of_bytes(b"GIF89a" + struct.pack("<HH", 5, 6)) == (5, 6)
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 8, 7) + bytes(8)
    assert of_bytes(b"\xff\xd8\xff\xe0\x00\x04ab" + frame) == (7, 8)
    extended = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + (9).to_bytes(3, "little") + (10).to_bytes(3, "little")
    assert of_bytes(extended) == (10, 11)
    assert of_bytes(b"%PDF-1.7") is None


def test_bad_input_is_said() -> None:
    with pytest.raises(ValueError, match="text or messages must be provided"):
        token_counter("gpt-4o")
    with pytest.raises(ValueError, match="cannot both"):
        token_counter("gpt-4o", text="a", messages=[])
    with pytest.raises(ValueError, match="detail"):
        part = {"type": "image_url", "image_url": {"url": "https://a/b.png", "detail": "max"}}
        token_counter("gpt-4o", messages=[{"role": "user", "content": [part]}])
    # Half a character has no bytes in UTF-8; it counts as something all the same.
    assert token_counter("gpt-4o", text="\ud83d") >= 1
