//! A call's keyword arguments, sorted: what is part of the request, what says how to make it, and what belongs to the
//! library above. This is the only list of names.

use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde_json::{Map, Value};

use super::from_python::to_json;
use super::settings::Settings;
use crate::client::{self, PreparedChat, PreparedEmbed};
use crate::error::{Error, ErrorKind, Result};
use crate::options::{CallOptions, Timeouts};
use crate::registry;
use crate::resolve::Surroundings;
use crate::secret::Secret;
use crate::transport::{Proxies, Verify};
use crate::types::{ChatRequest, EmbedRequest};

/// Prepares `completion(**arguments)`.
pub(super) fn chat(
    arguments: &Bound<'_, PyDict>,
    settings: &Settings<'_, '_>,
    stream: bool,
) -> Result<PreparedChat> {
    let sorted = Sorted::new(arguments, settings, stream)?;
    let messages = match sorted.messages {
        None => Vec::new(),
        Some(given) => messages(&given)?,
    };
    let request = ChatRequest {
        model: sorted.model,
        messages,
        stream,
        params: sorted.params,
    };
    client::prepare_chat(request, sorted.options, settings)
}

/// Prepares `embedding(**arguments)`.
pub(super) fn embed(arguments: &Bound<'_, PyDict>, settings: &Settings<'_, '_>) -> Result<PreparedEmbed> {
    let sorted = Sorted::new(arguments, settings, false)?;
    let input = sorted
        .input
        .map_or(Ok(Value::Array(Vec::new())), |input| to_json(&input, "input"))?;
    client::prepare_embed(
        EmbedRequest {
            model: sorted.model,
            input,
            params: sorted.params,
        },
        sorted.options,
        settings,
    )
}

fn messages(given: &Bound<'_, PyAny>) -> Result<Vec<Value>> {
    let kind = || {
        given
            .get_type()
            .name()
            .map(|name| name.to_string())
            .unwrap_or_default()
    };
    if given.is_instance_of::<PyString>() || given.is_instance_of::<PyDict>() {
        return Err(Error::bad_request(format!(
            "messages is a {}, not a list of messages",
            kind()
        )));
    }
    match to_json(given, "messages")? {
        Value::Array(messages) => Ok(messages),
        _ => Err(Error::bad_request(format!(
            "messages is a {}, not a list of messages",
            kind()
        ))),
    }
}

/// Arguments by what they are for.
struct Sorted<'py> {
    model: String,
    messages: Option<Bound<'py, PyAny>>,
    input: Option<Bound<'py, PyAny>>,
    params: Map<String, Value>,
    options: CallOptions,
}

impl<'py> Sorted<'py> {
    fn new(arguments: &Bound<'py, PyDict>, settings: &Settings<'_, 'py>, stream: bool) -> Result<Self> {
        let mut sorted = Self {
            model: String::new(),
            messages: None,
            input: None,
            params: Map::new(),
            options: CallOptions::default(),
        };
        let mut limits = Limits::default();
        let (mut num_retries, mut max_retries) = (None, None);
        let mut verify = None;
        for (name, value) in arguments.iter() {
            let name = name
                .cast::<PyString>()
                .map_err(|_| Error::bad_request("an argument's name is not a string"))?
                .to_cow();
            let name = name.map_err(|_| Error::bad_request("an argument's name is not text"))?;
            if value.is_none() {
                continue;
            }
            let options = &mut sorted.options;
            match &*name {
                "model" => sorted.model = string(&value, "model")?,
                "messages" => sorted.messages = Some(value),
                "input" => sorted.input = Some(value),
                "stream" => {}
                "api_key" => options.api_key = Some(Secret::new(&string(&value, "api_key")?)),
                "api_base" => options.base_url = Some(string(&value, "api_base")?),
                // `api_base` wins where both are given.
                "base_url" if options.base_url.is_none() => {
                    options.base_url = Some(string(&value, "base_url")?)
                }
                "base_url" => {}
                "custom_llm_provider" => options.provider = Some(string(&value, "custom_llm_provider")?),
                "organization" => options.organization = Some(string(&value, "organization")?),
                "project" => options.project = Some(string(&value, "project")?),
                "timeout" => limits.timeout = Some(value),
                "request_timeout" => limits.request_timeout = Some(value),
                "stream_timeout" => limits.stream_timeout = Some(value),
                "num_retries" => num_retries = Some(count(&value, "num_retries")?),
                "max_retries" => max_retries = Some(count(&value, "max_retries")?),
                "extra_headers" | "headers" => options.headers.extend(pairs(&value, &name)?),
                "extra_query" => options.query.extend(pairs(&value, "extra_query")?),
                "extra_body" => match to_json(&value, "extra_body")? {
                    Value::Object(body) => options.body = body,
                    _ => return Err(Error::bad_request("extra_body is not a dict")),
                },
                "drop_params" => options.params.drop_unsupported = truth(&value, "drop_params")?,
                "additional_drop_params" => options.params.drop = strings(&value, "additional_drop_params")?,
                "allowed_openai_params" => options.params.allowed = strings(&value, "allowed_openai_params")?,
                "ssl_verify" => verify = Some(value),
                "ssl_certificate" => {
                    options.transport.client_cert = Some(string(&value, "ssl_certificate")?.into())
                }
                "http2" => options.transport.http2 = truth(&value, "http2")?,
                name if is_label(name) => {}
                // What this call's provider does not know of these it does not look at.
                name if is_credential(name) => {
                    // Callables that make tokens are the business of the layer above.
                    if let Ok(value) = to_json(&value, name) {
                        options.provider_options.set(name, value);
                    }
                }
                name if is_unavailable(name) => {
                    if value.is_truthy().unwrap_or(true) {
                        return Err(Error::new(
                            ErrorKind::UnsupportedParams,
                            format!(
                                "`{name}` is LiteLLM's and not available in this version of edgequake_python; the call was not sent without it"
                            ),
                        ));
                    }
                }
                name => {
                    let value = to_json(&value, name)?;
                    sorted.params.insert(name.to_owned(), value);
                }
            }
        }
        let options = &mut sorted.options;
        if !arguments.contains("drop_params").unwrap_or(false)
            || arguments
                .get_item("drop_params")
                .ok()
                .flatten()
                .is_none_or(|value| value.is_none())
        {
            options.params.drop_unsupported = settings
                .get("drop_params")
                .is_some_and(|value| value.is_truthy().unwrap_or(false));
        }
        options.timeouts = limits.resolve(settings, stream)?;
        let default_retries = match settings.get("num_retries") {
            Some(value) => count(&value, "num_retries")?,
            None => options.retries,
        };
        options.retries = num_retries.or(max_retries).unwrap_or(default_retries);
        options.transport.verify =
            match verify.or_else(|| settings.get("ssl_verify").filter(|value| !is_true(value))) {
                Some(value) => verification(&value)?,
                None => environment_verification(settings),
            };
        if options.transport.client_cert.is_none() {
            let certificate = settings
                .setting("ssl_certificate")
                .or_else(|| settings.env("SSL_CERTIFICATE"));
            options.transport.client_cert = certificate.map(Into::into);
        }
        if !options.transport.http2 {
            options.transport.http2 = settings
                .get("http2")
                .is_some_and(|value| value.is_truthy().unwrap_or(false));
        }
        let simulated = sorted
            .model
            .strip_prefix(registry::SIMULATOR)
            .is_some_and(|rest| rest.starts_with('/'));
        options.transport.proxies = if simulated {
            Proxies::Direct
        } else {
            Proxies::now()
        };
        if let Some(headers) = settings.get("headers") {
            let mut all = pairs(&headers, "headers")?;
            all.append(&mut options.headers);
            options.headers = all;
        }
        Ok(sorted)
    }
}

/// Names that describe a call to whoever watches it; nothing of them is the provider's.
fn is_label(name: &str) -> bool {
    matches!(
        name,
        "metadata"
            | "litellm_metadata"
            | "tags"
            | "litellm_call_id"
            | "litellm_trace_id"
            | "litellm_session_id"
            | "no-log"
            | "logger_fn"
            | "verbose"
            | "turn_off_message_logging"
            | "id"
            | "acompletion"
            | "aembedding"
            | "text_completion"
            | "litellm_logging_obj"
            | "shared_session"
            | "retry_strategy"
            | "force_timeout"
            | "model_info"
            | "base_model"
            | "input_cost_per_token"
            | "output_cost_per_token"
            | "input_cost_per_second"
            | "output_cost_per_second"
            | "cache_read_input_token_cost"
            | "cache_creation_input_token_cost"
            | "preset_cache_key"
            | "proxy_server_request"
            | "user_continue_message"
            | "hf_model_name"
            | "caching"
            | "cache"
            | "cache_key"
            | "ttl"
    )
}

/// Credentials and addresses that only some providers know: they must never end up in a body.
fn is_credential(name: &str) -> bool {
    ["azure_", "aws_", "vertex_", "watsonx_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || matches!(
            name,
            "api_version"
                | "api_type"
                | "tenant_id"
                | "client_id"
                | "client_secret"
                | "litellm_credential_name"
                | "use_litellm_proxy"
        )
}

/// What changes the course of a call and has no room here yet; better refused than lost.
fn is_unavailable(name: &str) -> bool {
    matches!(
        name,
        "client"
            | "fallbacks"
            | "context_window_fallback_dict"
            | "model_list"
            | "deployment_id"
            | "retry_policy"
            | "mock_response"
            | "mock_tool_calls"
            | "mock_delay"
            | "mock_timeout"
            | "success_callback"
            | "failure_callback"
            | "callbacks"
            | "guardrails"
            | "prompt_id"
            | "prompt_variables"
            | "prompt_label"
            | "prompt_version"
            | "roles"
            | "initial_prompt_value"
            | "final_prompt_value"
            | "bos_token"
            | "eos_token"
            | "custom_prompt_dict"
            | "supports_system_message"
            | "ensure_alternating_roles"
            | "assistant_continue_message"
            | "merge_reasoning_content_in_choices"
            | "litellm_system_prompt"
            | "complete_response"
            | "model_alias_map"
            | "enable_json_schema_validation"
            | "provider_specific_header"
            | "cache_control_injection_points"
    )
}

/// Where time limits may be given; the nearest to the call wins.
#[derive(Default)]
struct Limits<'py> {
    timeout: Option<Bound<'py, PyAny>>,
    request_timeout: Option<Bound<'py, PyAny>>,
    stream_timeout: Option<Bound<'py, PyAny>>,
}

impl<'py> Limits<'py> {
    fn resolve(self, settings: &Settings<'_, 'py>, stream: bool) -> Result<Timeouts> {
        let given = self
            .stream_timeout
            .filter(|_| stream)
            .or(self.timeout)
            .or(self.request_timeout)
            .or_else(|| settings.get("request_timeout"));
        given.map_or_else(|| Ok(Timeouts::default()), |value| timeouts(&value))
    }
}

/// A number, a dict, `Timeouts`, or an `httpx.Timeout`.
fn timeouts(value: &Bound<'_, PyAny>) -> Result<Timeouts> {
    const OURS: [&str; 4] = ["connect", "first_token", "idle", "total"];
    if value.is_instance_of::<PyFloat>()
        || value.is_instance_of::<PyInt>()
        || value.is_instance_of::<PyString>()
    {
        return Ok(seconds(value, "timeout")?.map_or_else(
            || Timeouts {
                first_token: None,
                idle: None,
                attempt: None,
                ..Timeouts::default()
            },
            Timeouts::all,
        ));
    }
    let mut limits = Timeouts {
        attempt: None,
        ..Timeouts::default()
    };
    let mut set = |name: &str, value: &Bound<'_, PyAny>| -> Result<()> {
        let limit = if value.is_none() {
            None
        } else {
            seconds(value, &format!("timeout.{name}"))?
        };
        match name {
            "connect" => limits.connect = limit,
            "first_token" => limits.first_token = limit,
            "idle" => limits.idle = limit,
            "total" => limits.total = limit,
            // httpx's longest silence while reading.
            "read" => (limits.first_token, limits.idle) = (limit, limit),
            // A small body is written at once, and there is no limit on connections to wait for.
            "write" | "pool" => {}
            _ => {
                return Err(Error::bad_request(format!(
                    "timeout has no {name:?}; it has connect, first_token, idle and total"
                )));
            }
        }
        Ok(())
    };
    if let Ok(dict) = value.cast::<PyDict>() {
        for (name, value) in dict.iter() {
            let name = string(&name, "a key of timeout")?;
            set(&name, &value)?;
        }
        return Ok(limits);
    }
    let attribute = |name: &str| value.getattr(name).ok();
    if OURS.iter().all(|name| attribute(name).is_some()) {
        for name in OURS {
            if let Some(value) = attribute(name).filter(|value| !value.is_none()) {
                set(name, &value)?;
            }
        }
        return Ok(limits);
    }
    if attribute("connect").is_some() && attribute("read").is_some() {
        for name in ["connect", "read"] {
            if let Some(value) = attribute(name) {
                set(name, &value)?;
            }
        }
        return Ok(limits);
    }
    Err(Error::bad_request(
        "timeout is neither seconds nor Timeouts(connect=, first_token=, idle=, total=)",
    ))
}

/// Seconds; infinity is no limit.
fn seconds(value: &Bound<'_, PyAny>, name: &str) -> Result<Option<Duration>> {
    let wrong = || Error::bad_request(format!("{name} is not a number of seconds greater than 0"));
    if value.is_instance_of::<PyBool>() {
        return Err(wrong());
    }
    let number: f64 = match value.cast::<PyString>() {
        Ok(text) => text
            .to_cow()
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(wrong)?,
        Err(_) => value.extract().map_err(|_| wrong())?,
    };
    if number.is_infinite() && number > 0.0 {
        return Ok(None);
    }
    Duration::try_from_secs_f64(number)
        .ok()
        .filter(|limit| !limit.is_zero())
        .map(Some)
        .ok_or_else(wrong)
}

fn string(value: &Bound<'_, PyAny>, name: &str) -> Result<String> {
    // `SecretStr` and the like hand their text out on request only.
    if let Ok(secret) = value.getattr("get_secret_value")
        && let Ok(text) = secret.call0().and_then(|text| text.extract::<String>())
    {
        return Ok(text);
    }
    let wrong = || {
        let kind = value
            .get_type()
            .name()
            .map(|kind| kind.to_string())
            .unwrap_or_default();
        Error::bad_request(format!("{name} is a {kind}, not a string"))
    };
    let text = match value.cast::<PyString>() {
        Ok(text) => text
            .to_cow()
            .map_err(|_| Error::bad_request(format!("{name} holds a lone surrogate")))?
            .into_owned(),
        // httpx.URL, yarl.URL, pathlib.Path: their text is what is meant.
        Err(_) if matches!(name, "api_base" | "base_url" | "ssl_certificate") => {
            value.str().map_err(|_| wrong())?.to_string()
        }
        Err(_) => return Err(wrong()),
    };
    Ok(text)
}

fn strings(value: &Bound<'_, PyAny>, name: &str) -> Result<Vec<String>> {
    if !(value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>()) {
        return Err(Error::bad_request(format!("{name} is not a list of strings")));
    }
    value
        .extract()
        .map_err(|_| Error::bad_request(format!("{name} is not a list of strings")))
}

fn count(value: &Bound<'_, PyAny>, name: &str) -> Result<u32> {
    let wrong = || Error::bad_request(format!("{name} is not a whole number of 0 or more"));
    if value.is_instance_of::<PyBool>() {
        return Err(wrong());
    }
    value.extract().map_err(|_| wrong())
}

fn truth(value: &Bound<'_, PyAny>, name: &str) -> Result<bool> {
    value
        .is_truthy()
        .map_err(|_| Error::bad_request(format!("{name} is neither true nor false")))
}

/// Headers or a query: a mapping of names to texts or numbers. A value of None leaves the name out.
fn pairs(value: &Bound<'_, PyAny>, name: &str) -> Result<Vec<(String, String)>> {
    let Value::Object(map) = to_json(value, name)? else {
        return Err(Error::bad_request(format!("{name} is not a dict")));
    };
    map.into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| match value {
            Value::String(text) => Ok((key, text)),
            Value::Number(number) => Ok((key, number.to_string())),
            Value::Bool(flag) => Ok((key, flag.to_string())),
            _ => Err(Error::bad_request(format!("{name}[{key:?}] is not a text"))),
        })
        .collect()
}

fn is_true(value: &Bound<'_, PyAny>) -> bool {
    value.cast::<PyBool>().is_ok_and(|flag| flag.is_true())
}

/// `ssl_verify`: a bool, or the path of a PEM file.
fn verification(value: &Bound<'_, PyAny>) -> Result<Verify> {
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(if flag.is_true() {
            Verify::System
        } else {
            Verify::Off
        });
    }
    let path = value
        .str()
        .ok()
        .filter(|_| value.is_instance_of::<PyString>() || value.hasattr("__fspath__").unwrap_or(false));
    let path = path
        .map(|path| path.to_string())
        .ok_or_else(|| Error::bad_request("ssl_verify is neither a bool nor the path of a PEM file"))?;
    Ok(spelt(&path))
}

fn spelt(text: &str) -> Verify {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Verify::System,
        "false" | "0" => Verify::Off,
        _ => Verify::File(text.into()),
    }
}

fn environment_verification(settings: &Settings<'_, '_>) -> Verify {
    if let Some(text) = settings.env("SSL_VERIFY") {
        return spelt(&text);
    }
    // OpenSSL's name, and requests' name, for the same wish.
    let file = settings
        .env("SSL_CERT_FILE")
        .or_else(|| settings.env("REQUESTS_CA_BUNDLE"));
    file.map_or(Verify::System, |path| Verify::File(path.into()))
}
