"""Files of batches: what they call by a group's name is called by its deployment's model."""

from __future__ import annotations

import json

from ..exceptions import BadRequestError
from ..uploads import upload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def with_model(file: Any, group: str, model: str) -> Any:
    """The file with ``model`` in place of ``group`` in the requests of its lines, as ``(name, bytes, type)``.

    What is no list of requests comes back as it is, as does what cannot be read: the call itself says so.
    """
    try:
        _, name, media_type, data = upload("file", file, "batch")
        lines = data.decode().split("\n")
    except (BadRequestError, UnicodeDecodeError):
        return file
    changed = False
    for place, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            asked: Any = json.loads(line)
        except ValueError:
            return file
        body = asked.get("body") if isinstance(asked, dict) else None
        if isinstance(body, dict) and body.get("model") == group:
            body["model"] = model
            lines[place] = json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
            changed = True
    return (name, "\n".join(lines).encode(), media_type) if changed else file
