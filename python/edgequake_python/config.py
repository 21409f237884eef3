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

__all__ = [
    "_async_failure_callback",
    "_async_input_callback",
    "_async_success_callback",
    "_current_cost",
    "ai21_key",
    "aleph_alpha_key",
    "amazon_nova_api_key",
    "anthropic_key",
    "api_base",
    "api_key",
    "api_version",
    "azure_key",
    "baseten_key",
    "budget_exceeded_status_code",
    "budgets",
    "bytez_key",
    "cache",
    "callbacks",
    "clarifai_key",
    "cloudflare_api_key",
    "cohere_key",
    "cometapi_key",
    "cost_discount_config",
    "cost_margin_config",
    "credential_list",
    "custom_prompt_dict",
    "custom_provider_map",
    "databricks_key",
    "datarobot_key",
    "default_redis_batch_cache_expiry",
    "default_redis_ttl",
    "drop_params",
    "enable_json_schema_validation",
    "failure_callback",
    "gdc_key",
    "gigachat_key",
    "global_disable_no_log_param",
    "gradient_ai_api_key",
    "groq_key",
    "headers",
    "heroku_key",
    "http2",
    "huggingface_key",
    "inception_key",
    "infinity_key",
    "input_callback",
    "lemonade_key",
    "llama_api_key",
    "maritalk_key",
    "max_budget",
    "max_fallbacks",
    "max_response_bytes",
    "model_alias_map",
    "model_fallbacks",
    "modify_params",
    "nebius_key",
    "nlp_cloud_key",
    "novita_api_key",
    "num_retries",
    "ollama_key",
    "openai_key",
    "openai_like_key",
    "openrouter_key",
    "organization",
    "ovhcloud_key",
    "post_call_rules",
    "pre_call_rules",
    "predibase_key",
    "project",
    "replicate_key",
    "request_timeout",
    "sap_service_key",
    "service_callback",
    "set_verbose",
    "snowflake_key",
    "ssl_certificate",
    "ssl_verify",
    "standard_logging_payload_excluded_fields",
    "success_callback",
    "suppress_debug_info",
    "telemetry",
    "togetherai_api_key",
    "turn_off_message_logging",
    "use_litellm_proxy",
    "user_url_allowed_hosts",
    "user_url_validation",
    "vercel_ai_gateway_key",
    "vertex_ai_safety_settings",
    "vertex_location",
    "vertex_project",
    "wandb_key",
    "xai_key",
]

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

# Keys of the other providers: `anthropic_key` and so on. For OpenAI, Azure, OpenRouter and Anthropic they
# win over the environment, for the others the environment wins.
azure_key: str | None = None
anthropic_key: str | None = None
cohere_key: str | None = None
huggingface_key: str | None = None
replicate_key: str | None = None
openrouter_key: str | None = None
xai_key: str | None = None
ai21_key: str | None = None
aleph_alpha_key: str | None = None
amazon_nova_api_key: str | None = None
baseten_key: str | None = None
bytez_key: str | None = None
clarifai_key: str | None = None
cloudflare_api_key: str | None = None
cometapi_key: str | None = None
databricks_key: str | None = None
datarobot_key: str | None = None
gdc_key: str | None = None
gigachat_key: str | None = None
gradient_ai_api_key: str | None = None
groq_key: str | None = None
heroku_key: str | None = None
inception_key: str | None = None
infinity_key: str | None = None
lemonade_key: str | None = None
llama_api_key: str | None = None
maritalk_key: str | None = None
nebius_key: str | None = None
nlp_cloud_key: str | None = None
novita_api_key: str | None = None
ollama_key: str | None = None
openai_like_key: str | None = None
ovhcloud_key: str | None = None
predibase_key: str | None = None
sap_service_key: str | None = None
snowflake_key: str | None = None
togetherai_api_key: str | None = None
vercel_ai_gateway_key: str | None = None
wandb_key: str | None = None
vertex_project: str | None = None
vertex_location: str | None = None
vertex_ai_safety_settings: Any = None

request_hooks: list[Any] = []
"""Functions that are called with each `PreparedRequest` before it is sent, again at every attempt; what one
raises stops the call. Each runs on a thread of its own."""

# What happens around a call.
callbacks: list[Any] = []
success_callback: list[Any] = []
failure_callback: list[Any] = []
input_callback: list[Any] = []
service_callback: list[Any] = []
_async_success_callback: list[Any] = []
_async_failure_callback: list[Any] = []
_async_input_callback: list[Any] = []
standard_logging_payload_excluded_fields: list[str] | None = None
"""Fields of the standard logging object that no callback is told."""
turn_off_message_logging: bool = False
cost_discount_config: dict[str, Any] = {}
"""By provider: the share of a price that is not paid: ``{"openai": 0.05}``."""
cost_margin_config: dict[str, Any] = {}
"""By provider, or for ``global``: the share that comes on top of a price, or a dict with ``percentage`` and
``fixed_amount``, in USD a call.
"""
default_redis_batch_cache_expiry: float | None = None
"""Seconds for which a `DualCache` does not ask Redis again for what was not there; None: 10."""
default_redis_ttl: float | None = None
"""Seconds that values live in a `RedisCache` that does not say otherwise; None: for ever."""
global_disable_no_log_param: bool = False
"""Whether ``no-log`` of a call is not obeyed."""
cache: Any = None
budgets: Any = None
"""`Budgets` that every call belongs to; see `budget`."""
max_budget: float = 0.0
"""US dollars; 0 is no limit."""
_current_cost: float = 0.0
budget_exceeded_status_code: int = 422
model_alias_map: dict[str, str] = {}
"""Other names for models: ``{"mine": "openai/gpt-4o"}``."""
model_fallbacks: list[Any] | None = None
"""Models to try when the one that was asked for fails; ``fallbacks`` of a call wins."""
max_fallbacks: int | None = None
"""How many of the fallbacks are tried at most. None: all of them."""
custom_provider_map: list[dict[str, Any]] = []
"""Providers of the program's own: ``{"provider": "my-llm", "custom_handler": a CustomLLM}``."""
custom_prompt_dict: dict[str, Any] = {}
credential_list: list[Any] = []
"""Named credentials, for ``litellm_credential_name``."""
pre_call_rules: list[Any] = []
"""Functions of the prompt's text; one that returns False, or a dict whose ``decision`` is False, refuses."""
post_call_rules: list[Any] = []
"""The same for the answer's text."""
enable_json_schema_validation: bool = False
"""Check answers against the JSON schema of ``response_format``; needs the package jsonschema."""
use_litellm_proxy: bool = _os.environ.get("USE_LITELLM_PROXY", "").lower() == "true"
"""Send every call to the gateway at ``LITELLM_PROXY_API_BASE``."""

# What is sent.
drop_params: bool = _os.environ.get("LITELLM_DROP_PARAMS", "").lower() == "true"
"""Leave out parameters that the provider does not take, and list them on the response, instead of
refusing.
"""

modify_params: bool = _os.environ.get("LITELLM_MODIFY_PARAMS", "").lower() == "true"
"""Let a request be repaired where a provider would refuse it: a first user message added, and the like."""

# How it is sent.
num_retries: int | None = None
"""How often a failed request is repeated: N means at most N+1 requests. None: 2."""
request_timeout: Any = float(_os.environ["REQUEST_TIMEOUT"]) if _os.environ.get("REQUEST_TIMEOUT") else None
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
max_response_bytes: int | None = None
"""How large an answer may be, unpacked; of a stream, one event. None: 1 GiB, and 64 MiB for an event."""

# What is said.
set_verbose: bool = False
suppress_debug_info: bool = False
"""Kept for programs that set it: this package never prints."""
telemetry: bool = False
"""Kept for programs that set it: there is none."""
