"""A picture and a question about it."""

from __future__ import annotations

import base64
import os
import struct
import sys
import zlib
from pathlib import Path

from edgequake_python import completion

MODEL = os.environ.get("EXAMPLE_MODEL", "sim/demo")


def red_square(size: int = 8) -> bytes:
    """A PNG, for want of a photograph."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\xff\0\0" * size) * size)
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def describe(picture: bytes, question: str) -> str:
    """Ask about a picture; it travels in the request, so no server of yours is needed."""
    address = "data:image/png;base64," + base64.b64encode(picture).decode()
    content = [
        {"type": "text", "text": question},
        {"type": "image_url", "image_url": {"url": address}},
    ]
    return completion(MODEL, [{"role": "user", "content": content}]).choices[0].message.content or ""


if __name__ == "__main__":
    data = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else red_square()
    reply = describe(data, "Which colour is this?")
    print(reply)
    assert reply
