//! What Converse takes in its body and `InvokeModel` in headers.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// The parameter, the place in it, and the header.
const HEADERS: &[(&str, &str, &str)] = &[
    (
        "guardrailConfig",
        "/guardrailIdentifier",
        "x-amzn-bedrock-guardrailidentifier",
    ),
    (
        "guardrailConfig",
        "/guardrailVersion",
        "x-amzn-bedrock-guardrailversion",
    ),
    ("guardrailConfig", "/trace", "x-amzn-bedrock-trace"),
    (
        "performanceConfig",
        "/latency",
        "x-amzn-bedrock-performanceconfig-latency",
    ),
    ("serviceTier", "/type", "x-amzn-bedrock-service-tier"),
    ("service_tier", "", "x-amzn-bedrock-service-tier"),
    ("requestMetadata", "", "x-amzn-bedrock-request-metadata"),
    ("projectIdentifier", "", "x-amzn-bedrock-projectidentifier"),
];

/// Takes them out of `params`.
///
/// # Errors
/// `BadRequest` for what no header can hold.
pub(super) fn take(params: &mut Map<String, Value>) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (param, pointer, name) in HEADERS {
        let Some(value) = params.get(*param).and_then(|value| value.pointer(pointer)) else {
            continue;
        };
        let text = match (value, *name) {
            // Converse's words are in lower case.
            (Value::String(trace), "x-amzn-bedrock-trace") => trace.to_ascii_uppercase(),
            (Value::String(tier), "x-amzn-bedrock-service-tier") if tier == "auto" => "default".to_owned(),
            (Value::String(text), _) => text.clone(),
            (other, _) => other.to_string(),
        };
        let value = HeaderValue::from_str(&text)
            .map_err(|_| Error::bad_request(format!("{param} has characters that no header can hold")))?;
        headers.insert(HeaderName::from_static(name), value);
    }
    for (param, ..) in HEADERS {
        params.shift_remove(*param);
    }
    Ok(headers)
}
