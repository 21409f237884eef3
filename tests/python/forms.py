"""Reads what was sent as multipart/form-data, with the standard library's own parser."""

from __future__ import annotations

import email.parser
import email.policy
from typing import Any, NamedTuple

from loopback import Request


class Part(NamedTuple):
    """One part of a form."""

    name: str
    filename: str | None
    content_type: str
    content: bytes


def parts(request: Request) -> list[Part]:
    """The parts of a form, in order."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body)
    assert message.is_multipart()
    found = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content: Any = part.get_payload(decode=True)
        found.append(Part(str(name), part.get_filename(), part.get_content_type(), content))
    return found


def fields(request: Request) -> list[tuple[str, str]]:
    """Names and values of the parts that are no files."""
    return [(part.name, part.content.decode()) for part in parts(request) if part.filename is None]
