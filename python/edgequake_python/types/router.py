"""The Router's own types, under LiteLLM's names."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, Optional, Union

from pydantic import field_validator
from typing_extensions import Required, TypedDict

from .._sdk_errors import RouterRateLimitError, RouterRateLimitErrorBasic
from .base import ItemAssignable, Model

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "AlertingConfig",
    "AllowedFailsPolicy",
    "CredentialLiteLLMParams",
    "CustomRoutingStrategyBase",
    "Deployment",
    "DeploymentTypedDict",
    "GenericLiteLLMParams",
    "LiteLLMParamsTypedDict",
    "LiteLLM_Params",
    "ModelGroupInfo",
    "ModelGroupSettings",
    "ModelInfo",
    "RetryPolicy",
    "RouterConfig",
    "RouterErrors",
    "RouterGeneralSettings",
    "RouterModelGroupAliasItem",
    "RouterRateLimitError",
    "RouterRateLimitErrorBasic",
    "RoutingStrategy",
    "UpdateRouterConfig",
    "updateDeployment",
    "updateLiteLLMParams",
]


class LiteLLMParamsTypedDict(TypedDict, total=False):
    """``litellm_params`` of an entry of a model list: as `LiteLLM_Params`; more may stand there."""

    model: Required[str]
    custom_llm_provider: Optional[str]
    tpm: Optional[int]
    rpm: Optional[int]
    itpm: Optional[int]
    otpm: Optional[int]
    order: Optional[int]
    weight: Optional[int]
    max_parallel_requests: Optional[int]
    api_key: Optional[str]
    api_base: Optional[str]
    api_version: Optional[str]
    timeout: Any
    stream_timeout: Any
    timeout_by_service_tier: Any
    stream_timeout_by_service_tier: Any
    max_retries: Optional[int]
    num_retries: Optional[int]
    organization: Any
    configurable_clientside_auth_params: Any
    drop_params: Optional[bool]
    litellm_credential_name: Optional[str]
    region_name: Optional[str]
    vertex_project: Optional[str]
    vertex_location: Optional[str]
    aws_access_key_id: Optional[str]
    aws_secret_access_key: Optional[str]
    aws_region_name: Optional[str]
    watsonx_region_name: Optional[str]
    input_cost_per_token: Optional[float]
    output_cost_per_token: Optional[float]
    input_cost_per_second: Optional[float]
    output_cost_per_second: Optional[float]
    mock_response: Any
    tags: Optional[list[str]]
    tag_regex: Optional[list[str]]
    max_budget: Optional[float]
    budget_duration: Optional[str]
    cooldown_time: Optional[float]


class DeploymentTypedDict(TypedDict, total=False):
    """An entry of a model list."""

    model_name: Required[str]
    litellm_params: Required[LiteLLMParamsTypedDict]
    model_info: dict[str, Any]


class RouterModelGroupAliasItem(TypedDict):
    """Another name of a group; a hidden one is in no list."""

    model: str
    hidden: bool


#: Arguments of deployments that read as None when nobody gave them, beside those of `all_litellm_params`.
_NAMES = """azure_ad_token tenant_id client_id client_secret azure_scope azure_username azure_password
aws_session_token aws_session_name aws_profile_name aws_role_name aws_web_identity_token aws_sts_endpoint
aws_external_id aws_bedrock_runtime_endpoint drop_params merge_reasoning_content_in_choices use_litellm_proxy
use_in_pass_through gcs_bucket_name bucket_name s3_bucket_name cost_per_second keepalive_seconds
max_file_size_mb vector_store_id auto_router_config"""
_ARGUMENTS = frozenset(_NAMES.split())

_SECRET = ("key", "secret", "token", "password", "credential")


class RoutingStrategy(enum.Enum):
    """How a deployment is chosen."""

    LEAST_BUSY = "least-busy"
    LATENCY_BASED = "latency-based-routing"
    COST_BASED = "cost-based-routing"
    USAGE_BASED_ROUTING_V2 = "usage-based-routing-v2"
    USAGE_BASED_ROUTING = "usage-based-routing"
    PROVIDER_BUDGET_LIMITING = "provider-budget-routing"


class RouterErrors(enum.Enum):
    """Texts that programs match on."""

    user_defined_ratelimit_error = "Deployment over user-defined ratelimit."
    max_parallel_requests_exceeded = "Deployment has all max_parallel_requests slots in use."
    no_deployments_available = "No deployments available for selected model"
    all_deployments_in_cooldown = "All deployments for selected model are in cooldown"
    no_deployments_with_tag_routing = "Not allowed to access model due to tags configuration"
    no_deployments_with_provider_budget_routing = "No deployments available - crossed budget"
    no_healthy_deployments = "There are no healthy deployments for this model"


class CredentialLiteLLMParams(ItemAssignable):
    """Where a deployment is and who calls it. Its representation shows no secrets."""

    api_key: Optional[str] = None
    api_base: Optional[str] = None
    api_version: Optional[str] = None
    vertex_project: Optional[str] = None
    vertex_location: Optional[str] = None
    vertex_credentials: Optional[Union[str, dict[str, Any]]] = None
    region_name: Optional[str] = None
    aws_access_key_id: Optional[str] = None
    aws_secret_access_key: Optional[str] = None
    aws_region_name: Optional[str] = None
    watsonx_region_name: Optional[str] = None

    def __repr_args__(self) -> Iterator[tuple[Optional[str], Any]]:
        """Fields that hold something, secrets hidden."""
        for name, value in super().__repr_args__():
            hidden = name is not None and any(part in name for part in _SECRET) and isinstance(value, str)
            yield name, "***" if hidden else value

    def __str__(self) -> str:
        return repr(self)


class GenericLiteLLMParams(CredentialLiteLLMParams):
    """Everything that may stand in ``litellm_params``; unknown names are kept and sent with each call."""

    custom_llm_provider: Optional[str] = None
    tpm: Optional[int] = None
    rpm: Optional[int] = None
    itpm: Optional[int] = None
    otpm: Optional[int] = None
    timeout: Any = None
    stream_timeout: Optional[Union[float, str]] = None
    max_retries: Optional[int] = None
    organization: Optional[str] = None
    configurable_clientside_auth_params: Optional[list[Any]] = None
    litellm_credential_name: Optional[str] = None
    litellm_trace_id: Optional[str] = None
    max_budget: Optional[float] = None
    budget_duration: Optional[str] = None
    input_cost_per_token: Optional[float] = None
    output_cost_per_token: Optional[float] = None
    input_cost_per_second: Optional[float] = None
    output_cost_per_second: Optional[float] = None
    model_info: Optional[dict[str, Any]] = None
    mock_response: Any = None
    tags: Optional[list[str]] = None
    tag_regex: Optional[list[str]] = None

    def __getattr__(self, name: str) -> Any:
        """None for an argument that LiteLLM knows and nobody gave."""
        try:
            return super().__getattr__(name)  # type: ignore[misc]
        except AttributeError:
            from .parameters import all_litellm_params

            if name in _ARGUMENTS or name in all_litellm_params:
                return None
            raise


class LiteLLM_Params(GenericLiteLLMParams):
    """The arguments of a deployment's calls, ``model`` among them."""

    model: str

    if TYPE_CHECKING:

        def __init__(self, *, model: str, **params: Any) -> None: ...


class updateLiteLLMParams(GenericLiteLLMParams):
    """As `LiteLLM_Params`, with nothing required."""

    model: Optional[str] = None


class ModelInfo(ItemAssignable):
    """What is known about a deployment; any further name is kept."""

    id: Optional[str] = None
    db_model: bool = False
    base_model: Optional[str] = None
    tier: Optional[Literal["free", "paid"]] = None
    team_id: Optional[str] = None
    team_public_model_name: Optional[str] = None
    created_at: Any = None
    created_by: Optional[str] = None
    updated_at: Any = None
    updated_by: Optional[str] = None
    blocked: Optional[bool] = None

    @field_validator("id", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value

    def __init__(self, id: Optional[Union[str, int]] = None, **params: Any) -> None:
        if id is None:
            from uuid import uuid4

            id = str(uuid4())
        self._fill(id=id, **params)


class Deployment(ItemAssignable):
    """One place that calls can go to."""

    model_name: str
    litellm_params: LiteLLM_Params
    model_info: ModelInfo
    blocked: Optional[bool] = None

    def __init__(
        self,
        model_name: str,
        litellm_params: Union[LiteLLM_Params, dict[str, Any]],
        model_info: Optional[Union[ModelInfo, dict[str, Any]]] = None,
        **params: Any,
    ) -> None:
        if model_info is None:
            model_info = ModelInfo()
        elif isinstance(model_info, dict):
            model_info = ModelInfo(**model_info)
        self._fill(model_name=model_name, litellm_params=litellm_params, model_info=model_info, **params)

    def to_json(self, **kwargs: Any) -> dict[str, Any]:
        """``model_dump`` without what is None, unless ``exclude_none`` says otherwise."""
        return self.model_dump(**{"exclude_none": True, **kwargs})


class updateDeployment(Model):
    """A change of a deployment."""

    model_name: Optional[str] = None
    litellm_params: Optional[updateLiteLLMParams] = None
    model_info: Optional[ModelInfo] = None
    blocked: Optional[bool] = None


class ModelGroupSettings(Model):
    """Switches of groups; kept, since they are for LiteLLM's proxy."""

    forward_client_headers_to_llm_api: Optional[list[str]] = None


class ModelGroupInfo(Model):
    """What the deployments of a group can do together."""

    model_group: str
    providers: list[str]
    max_input_tokens: Optional[float] = None
    max_output_tokens: Optional[float] = None
    input_cost_per_token: Optional[float] = None
    output_cost_per_token: Optional[float] = None
    input_cost_per_pixel: Optional[float] = None
    mode: Optional[str] = "chat"
    tpm: Optional[int] = None
    rpm: Optional[int] = None
    itpm: Optional[int] = None
    otpm: Optional[int] = None
    supports_parallel_function_calling: bool = False
    supports_vision: bool = False
    supports_web_search: bool = False
    supports_url_context: bool = False
    supports_reasoning: bool = False
    supports_function_calling: bool = False
    supported_openai_params: Optional[list[str]] = None
    configurable_clientside_auth_params: Optional[list[Any]] = None


class RetryPolicy(Model):
    """How often a call is repeated after each class of error; None: as often as otherwise."""

    BadRequestErrorRetries: Optional[int] = None
    AuthenticationErrorRetries: Optional[int] = None
    TimeoutErrorRetries: Optional[int] = None
    RateLimitErrorRetries: Optional[int] = None
    ContentPolicyViolationErrorRetries: Optional[int] = None
    InternalServerErrorRetries: Optional[int] = None
    ServiceUnavailableErrorRetries: Optional[int] = None
    NotFoundErrorRetries: Optional[int] = None
    DefaultRetries: Optional[int] = None


class AllowedFailsPolicy(Model):
    """How many failures of each class a deployment may have in a minute before it rests."""

    BadRequestErrorAllowedFails: Optional[int] = None
    AuthenticationErrorAllowedFails: Optional[int] = None
    TimeoutErrorAllowedFails: Optional[int] = None
    RateLimitErrorAllowedFails: Optional[int] = None
    ContentPolicyViolationErrorAllowedFails: Optional[int] = None
    InternalServerErrorAllowedFails: Optional[int] = None
    ServiceUnavailableErrorAllowedFails: Optional[int] = None
    BadGatewayErrorAllowedFails: Optional[int] = None
    NotFoundErrorAllowedFails: Optional[int] = None


class RouterGeneralSettings(Model):
    """Switches of the whole Router."""

    async_only_mode: bool = False
    pass_through_all_models: bool = False


class AlertingConfig(Model):
    """Where alerts go; kept, nothing is sent."""

    webhook_url: str
    alerting_threshold: Optional[float] = 300


class UpdateRouterConfig(Model):
    """What `Router.update_settings` takes."""

    routing_strategy_args: Optional[dict[str, Any]] = None
    routing_strategy: Optional[str] = None
    model_group_retry_policy: Optional[dict[str, Any]] = None
    allowed_fails: Optional[int] = None
    cooldown_time: Optional[float] = None
    num_retries: Optional[int] = None
    timeout: Optional[float] = None
    max_retries: Optional[int] = None
    retry_after: Optional[float] = None
    fallbacks: Optional[list[dict[str, Any]]] = None
    context_window_fallbacks: Optional[list[dict[str, Any]]] = None


class RouterConfig(UpdateRouterConfig):
    """A Router's constructor as data."""

    model_list: list[Any]
    redis_url: Optional[str] = None
    redis_host: Optional[str] = None
    redis_port: Optional[int] = None
    redis_password: Optional[str] = None
    cache_responses: Optional[bool] = False
    cache_kwargs: Optional[dict[str, Any]] = None
    caching_groups: Optional[list[Any]] = None
    client_ttl: Optional[int] = 3600
    default_litellm_params: Optional[dict[str, Any]] = None
    set_verbose: Optional[bool] = False
    model_group_alias: Optional[dict[str, Any]] = None
    routing_groups: Optional[list[Any]] = None


class ModelConfig(Model):
    """A model of a Router's configuration file."""

    model_name: str
    litellm_params: Any
    tpm: Optional[int] = None
    rpm: Optional[int] = None


#: Names of the Router's checks before a call.
OptionalPreCallChecks = list[str]


class CustomRoutingStrategyBase:
    """A strategy of the program's own: subclass it, and give an instance to `set_custom_routing_strategy`.

    Each method returns an item of ``router.model_list``, or None to let the Router choose.
    """

    def get_available_deployment(
        self,
        model: str,
        messages: Optional[list[dict[str, str]]] = None,
        input: Optional[Union[str, list[Any]]] = None,
        specific_deployment: Optional[bool] = False,
        request_kwargs: Optional[dict[str, Any]] = None,
    ) -> Any:
        """For blocking calls."""

    async def async_get_available_deployment(
        self,
        model: str,
        messages: Optional[list[dict[str, str]]] = None,
        input: Optional[Union[str, list[Any]]] = None,
        specific_deployment: Optional[bool] = False,
        request_kwargs: Optional[dict[str, Any]] = None,
    ) -> Any:
        """For asynchronous calls."""


def as_entry(deployment: Union[Deployment, Mapping[str, Any]]) -> dict[str, Any]:
    """A deployment as it stands in a model list, from either form; the given one is not changed."""
    if isinstance(deployment, Deployment):
        return deployment.to_json()
    entry = dict(deployment)
    for name in ("litellm_params", "model_info"):
        part = entry.get(name)
        if isinstance(part, Model):
            entry[name] = part.model_dump(exclude_none=True)
    return entry
