//! A call's keyword arguments, sorted: what is part of the request, what says how to make it, and what belongs to the
//! library above.

mod examine;
mod limits;
mod names;
mod values;

use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use serde_json::{Map, Value};

use self::limits::Limits;
use self::names::{is_credential, is_label, is_unavailable};
use self::values::{
    count, environment_verification, is_true, pairs, size, string, strings, truth, uploads, verification,
};
use super::from_python::to_json;
use super::settings::Settings;
use super::{callable, log};
use crate::client::{self, PreparedChat, PreparedEmbed, PreparedEndpoint};
use crate::error::{Error, ErrorKind, Result};
use crate::media::FilePolicy;
use crate::options::{CallOptions, USER_ID};
use crate::registry;
use crate::resolve::Surroundings;
use crate::secret::Secret;
use crate::transport::{Proxies, Verify};
use crate::types::{ChatRequest, EmbedRequest, EndpointRequest, Operation};

pub(super) use examine::{Examined, examine};

/// Prepares `completion(**arguments)`.
pub(super) fn chat(
    arguments: &Bound<'_, PyDict>,
    settings: &Settings<'_, '_>,
    stream: bool,
) -> Result<PreparedChat> {
    prepared_chat(Sorted::new(arguments, settings, stream, None)?, settings, stream)
}

fn prepared_chat(sorted: Sorted<'_>, settings: &Settings<'_, '_>, stream: bool) -> Result<PreparedChat> {
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
    prepared_embed(Sorted::new(arguments, settings, false, None)?, settings)
}

fn prepared_embed(sorted: Sorted<'_>, settings: &Settings<'_, '_>) -> Result<PreparedEmbed> {
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

/// Prepares any other operation. What JSON cannot hold comes beside the parameters: `_id` names what the call is about,
/// `_files` holds `(field, file name, media type, bytes)`.
pub(super) fn endpoint(
    operation: Operation,
    arguments: &Bound<'_, PyDict>,
    settings: &Settings<'_, '_>,
    stream: bool,
) -> Result<PreparedEndpoint> {
    let sorted = Sorted::new(arguments, settings, stream, Some(operation))?;
    let files = sorted
        .files
        .map_or_else(|| Ok(Vec::new()), |files| uploads(&files))?;
    client::prepare_endpoint(
        EndpointRequest {
            operation,
            model: sorted.model,
            id: sorted.id,
            params: sorted.params,
            files,
            stream,
        },
        sorted.options,
        settings,
    )
}

/// A credential: a plain value, or somebody who gives out tokens.
fn credential(options: &mut CallOptions, name: &str, value: &Bound<'_, PyAny>) -> Result<()> {
    let known = &mut options.provider_options;
    if value.hasattr("get_secret_value").unwrap_or(false) {
        known.set(name, Value::String(string(value, name)?));
    } else if value.hasattr("__fspath__").unwrap_or(false) {
        known.set(
            name,
            Value::String(value.str().map(|path| path.to_string()).unwrap_or_default()),
        );
    } else {
        match to_json(value, name) {
            Ok(value) => known.set(name, value),
            Err(_) => known.set_source(name, callable::source(name, value)?),
        }
    }
    Ok(())
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

/// The end user's id among a call's labels.
fn user_id(labels: &Bound<'_, PyAny>) -> Option<String> {
    let id = labels.cast::<PyDict>().ok()?.get_item("user_id").ok()??;
    id.extract::<String>().ok()
}

/// Which files are brought in.
fn files(settings: &Settings<'_, '_>) -> Result<FilePolicy> {
    let mut policy = FilePolicy::default();
    if let Some(validation) = settings.get("user_url_validation") {
        policy.public_only = truth(&validation, "user_url_validation")?;
    }
    if let Some(hosts) = settings.get("user_url_allowed_hosts") {
        policy.allowed_hosts = strings(&hosts, "user_url_allowed_hosts")?;
    }
    if let Some(limit) = settings.env("MAX_IMAGE_URL_DOWNLOAD_SIZE_MB") {
        let megabytes = limit
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|limit| (0.0..=1024.0).contains(limit));
        let megabytes = megabytes.ok_or_else(|| {
            Error::bad_request("MAX_IMAGE_URL_DOWNLOAD_SIZE_MB is not a number of megabytes from 0 to 1024")
        })?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let bytes = (megabytes * f64::from(1 << 20)) as usize;
        policy.limit = bytes;
    }
    Ok(policy)
}

const UNCHECKED: &str = "certificates are not checked (ssl_verify=False): whoever answers is believed";

/// Arguments by what they are for.
struct Sorted<'py> {
    model: String,
    messages: Option<Bound<'py, PyAny>>,
    input: Option<Bound<'py, PyAny>>,
    id: Option<String>,
    files: Option<Bound<'py, PyList>>,
    params: Map<String, Value>,
    options: CallOptions,
}

impl<'py> Sorted<'py> {
    /// `operation` is none for chat and embeddings.
    fn new(
        arguments: &Bound<'py, PyDict>,
        settings: &Settings<'_, 'py>,
        stream: bool,
        operation: Option<Operation>,
    ) -> Result<Self> {
        let own = operation.map_or(&[] as &[&str], Operation::own_names);
        let mut sorted = Self {
            model: String::new(),
            messages: None,
            input: None,
            id: None,
            files: None,
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
                "messages" if operation.is_none() => sorted.messages = Some(value),
                "input" if operation.is_none() => sorted.input = Some(value),
                "_id" if operation.is_some() => sorted.id = Some(string(&value, "the id")?),
                "_files" if operation.is_some() => sorted.files = value.cast_into::<PyList>().ok(),
                name if own.contains(&name) => {
                    sorted.params.insert(name.to_owned(), to_json(&value, name)?);
                }
                "stream" => {}
                "dry_run" => options.noting = truth(&value, "dry_run")?,
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
                "max_response_bytes" => options.max_response = size(&value, "max_response_bytes")?,
                "http2" => options.transport.http2 = truth(&value, "http2")?,
                "metadata" => {
                    if let Some(id) = user_id(&value) {
                        options.provider_options.set(USER_ID, Value::String(id));
                    }
                }
                name if is_label(name) => {}
                // What this call's provider does not know of these it does not look at.
                name if is_credential(name) => credential(options, name, &value)?,
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
        if options.max_response == CallOptions::MAX_RESPONSE
            && let Some(most) = settings.get("max_response_bytes")
        {
            options.max_response = size(&most, "max_response_bytes")?;
        }
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
        if options.transport.verify == Verify::Off {
            log::warn_once(settings.py(), UNCHECKED);
        }
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
        options.files = files(settings)?;
        options.handlers = settings.handlers();
        let simulated = sorted
            .model
            .strip_prefix(registry::SIMULATOR)
            .is_some_and(|rest| rest.starts_with('/'));
        options.transport.proxies = match settings.get("proxy") {
            _ if simulated => Proxies::Direct,
            Some(proxy) if proxy.is_instance_of::<PyString>() => Proxies::Only(string(&proxy, "proxy")?),
            Some(proxy) if !truth(&proxy, "proxy")? => Proxies::Direct,
            _ if settings.has_environment() => Proxies::now(),
            _ => Proxies::Direct,
        };
        if let Some(size) = settings.get("pool_size") {
            options.transport.pool_size = usize::try_from(count(&size, "pool_size")?).ok();
        }
        if let Some(seconds) = settings.get("keep_alive") {
            let seconds = seconds.extract::<f64>().ok();
            let keep = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            let keep =
                keep.ok_or_else(|| Error::bad_request("keep_alive is not a number of seconds from 0 on"))?;
            options.transport.keep_alive = Some(keep);
        }
        if let Some(owner) = settings.get("_pool") {
            options.transport.owner = owner.extract().unwrap_or(0);
        }
        if let Some(headers) = settings.get("headers") {
            let mut all = pairs(&headers, "headers")?;
            all.append(&mut options.headers);
            options.headers = all;
        }
        Ok(sorted)
    }
}
