"""The package's switches and their defaults.

Each is an attribute of the package, to be assigned at any time: ``edgequake_python.drop_params = True``
counts at the next call, in every thread. Each has an argument of a call that wins over it. Any other
attribute may be assigned too and is simply kept.
"""

from __future__ import annotations

import os as _os

TYPE_CHECKING = False  # typing.TYPE_CHECKING without the cost of importing typing
if TYPE_CHECKING:
    from typing import Any

# Who is called, and as whom.
api_key: str | None = None
"""Key for OpenAI; wins over `openai_key` and the environment."""
openai_key: str | None = None
"""Key for OpenAI; wins over ``OPENAI_API_KEY``."""
api_base: str | None = None
"""Base URL for OpenAI; wins over ``OPENAI_BASE_URL`` and ``OPENAI_API_BASE``."""
api_version: str | None = None
organization: str | None = None
"""OpenAI's organization header; wins over ``OPENAI_ORGANIZATION``."""
project: str | None = None
"""OpenAI's project header; wins over ``OPENAI_PROJECT``."""
headers: dict[str, str] | None = None
"""Headers added to every request; an argument's win."""

# What is sent.
drop_params: bool = _os.environ.get("LITELLM_DROP_PARAMS", "").lower() == "true"
"""Leave out parameters that the provider does not take, and list them on the response, instead of
refusing.
"""

# How it is sent.
num_retries: int | None = None
"""How often a failed request is repeated: N means at most N+1 requests. None: 2."""
request_timeout: Any = None
"""Seconds, or `Timeouts`. None: 600 s."""
ssl_verify: bool | str = True
"""False, or the path of a PEM file with authorities to trust."""
ssl_certificate: str | None = None
"""Path of a PEM file with a client certificate and its key."""
user_url_validation: bool = True
"""Refuse to fetch images and files from addresses of private networks, for providers that do not fetch
files themselves. Files are at most 50 MB, or ``MAX_IMAGE_URL_DOWNLOAD_SIZE_MB`` (0: none are fetched).
"""
user_url_allowed_hosts: list[str] = []
"""Hosts (``host`` or ``host:port``) that are fetched from wherever they are."""
http2: bool = False
"""Offer HTTP/2 to HTTPS hosts."""

# What is said.
set_verbose: bool = False
suppress_debug_info: bool = False
"""Kept for programs that set it: this package never prints."""
telemetry: bool = False
"""Kept for programs that set it: there is none."""
