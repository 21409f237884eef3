//! Writes a chat request.

use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Map, Value, json};
use url::Url;

use super::parts::Host;
use super::{Family, SAFETY, config, messages, site, tools};
use crate::error::Result;
use crate::resolve::Target;
use crate::types::ChatRequest;
use crate::verbatim;
use crate::wire::WireRequest;

/// Google's own fields beside `contents`, by every name callers give them.
const OWN: &[(&str, &str)] = &[
    ("safety_settings", "safetySettings"),
    ("safetySettings", "safetySettings"),
    ("cached_content", "cachedContent"),
    ("cachedContent", "cachedContent"),
    ("labels", "labels"),
];

pub(super) fn write(target: &Target, request: ChatRequest) -> Result<WireRequest> {
    let stream = request.stream;
    let mut url = site::method(target, super::method(stream));
    if stream {
        url.query_pairs_mut().append_pair("alt", "sse");
    }
    post(url, &body(target, request)?)
}

/// The body, which is the same wherever the model lives.
pub(crate) fn body(target: &Target, mut request: ChatRequest) -> Result<Map<String, Value>> {
    let family = Family::of(target);
    request.params.retain(|_, value| !value.is_null());
    let mut read = messages::read(request.messages, family, Host::of(target))?;
    let mut params = request.params;
    if family.open && !read.system.is_empty() {
        read.fold_system();
    }
    let mut body = Map::new();
    body.insert("contents".to_owned(), Value::Array(read.contents));
    if !read.system.is_empty() {
        body.insert("system_instruction".to_owned(), json!({"parts": read.system}));
    }
    let list = tools::list(&mut params)?;
    if !list.is_empty() {
        body.insert("tools".to_owned(), Value::Array(list));
    }
    if let Some(choice) = tools::choice(&mut params)? {
        body.insert("toolConfig".to_owned(), choice);
    }
    for (name, own) in OWN {
        if let Some(value) = params.shift_remove(*name) {
            body.insert((*own).to_owned(), value);
        }
    }
    if let Some(safety) = target.options.get(SAFETY.option)
        && !body.contains_key("safetySettings")
    {
        body.insert("safetySettings".to_owned(), safety.clone());
    }
    if let Some(tier) = params
        .shift_remove("service_tier")
        .as_ref()
        .and_then(Value::as_str)
    {
        match tier {
            "auto" => {}
            "default" => drop(body.insert("serviceTier".to_owned(), "standard".into())),
            other => drop(body.insert("serviceTier".to_owned(), other.into())),
        }
    }
    let config = config::write(&mut params, family, read.resolution)?;
    if !config.is_empty() {
        body.insert("generationConfig".to_owned(), Value::Object(config));
    }
    for (name, value) in &target.body {
        body.insert(name.clone(), value.clone());
    }
    Ok(body)
}

/// A JSON POST.
pub(crate) fn post(url: Url, body: &Map<String, Value>) -> Result<WireRequest> {
    Ok(WireRequest {
        method: Method::POST,
        url,
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]),
        body: verbatim::written(body)?,
    })
}
