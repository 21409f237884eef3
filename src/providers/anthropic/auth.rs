//! How a key travels: `x-api-key`, or as a bearer where it is a token of an account. The beta names of the caller and of
//! the request are joined here, where both are known.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::auth::{Sign, Signed};
use crate::error::{Error, Result};
use crate::resolve::Target;
use crate::transport::Connection;
use crate::wire::WireRequest;

/// The header that names the features a request needs.
pub(crate) const BETA: HeaderName = HeaderName::from_static("anthropic-beta");
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// Tokens that stand for an account rather than for an API key start so.
const ACCOUNT_TOKEN: &str = "sk-ant-oat";
const ACCOUNT_BETA: &str = "oauth-2025-04-20";

/// Anthropic's keys.
pub(super) struct Key;

impl Sign for Key {
    fn sign<'a>(
        &'a self,
        target: &'a Target,
        request: &'a WireRequest,
        _connection: &'a Connection,
    ) -> Signed<'a> {
        Box::pin(std::future::ready(proof(target, request)))
    }
}

/// The caller's beta names and those a request needs, for hosts whose keys travel otherwise.
pub(crate) fn betas(target: &Target, needed: &[&'static str]) -> Result<Option<HeaderValue>> {
    joined(&names(target, needed.iter().copied()))
}

/// Beta names, each once.
fn names<'a>(target: &'a Target, needed: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let given = target.headers.get_all(BETA).iter();
    let given = given.flat_map(|value| value.to_str().unwrap_or_default().split(','));
    let mut names: Vec<&str> = Vec::new();
    for name in given.chain(needed).map(str::trim).filter(|name| !name.is_empty()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn joined(names: &[&str]) -> Result<Option<HeaderValue>> {
    if names.is_empty() {
        return Ok(None);
    }
    HeaderValue::from_str(&names.join(","))
        .map(Some)
        .map_err(|_| Error::bad_request("anthropic-beta has characters that no header can hold"))
}

fn proof(target: &Target, request: &WireRequest) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    let needed = request.headers.get_all(BETA).iter();
    let mut betas = names(
        target,
        needed.flat_map(|value| value.to_str().unwrap_or_default().split(',')),
    );
    if let Some(key) = &target.key {
        let secret = key.expose();
        if secret.starts_with(ACCOUNT_TOKEN) {
            headers.insert(header::AUTHORIZATION, sensitive(&format!("Bearer {secret}"))?);
            if !betas.contains(&ACCOUNT_BETA) {
                betas.push(ACCOUNT_BETA);
            }
        // Another token travels as a bearer already.
        } else if !target.key_is_token && !target.headers.contains_key(API_KEY) {
            headers.insert(API_KEY, sensitive(secret)?);
        }
    }
    if let Some(betas) = joined(&betas)? {
        headers.insert(BETA, betas);
    }
    Ok(headers)
}

fn sensitive(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| Error::bad_request("api_key has characters that no header can hold"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::super::request;
    use super::*;
    use crate::options::CallOptions;
    use crate::resolve::Environment;
    use crate::secret::Secret;
    use crate::types::ChatRequest;

    fn signed(key: &str, beta: Option<&str>) -> HeaderMap {
        let headers = beta.map(|beta| ("anthropic-beta".to_owned(), beta.to_owned()));
        let options = CallOptions {
            api_key: Some(Secret::new(key)),
            headers: headers.into_iter().collect(),
            ..CallOptions::default()
        };
        let target = Target::resolve("anthropic/claude-sonnet-4-5", &options, &Environment).unwrap();
        let schema = serde_json::json!({"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}});
        let request = ChatRequest::new("m").user("hi").param("response_format", schema);
        proof(&target, &request::write(&target, request).unwrap()).unwrap()
    }

    #[test]
    fn betas_are_joined_once_and_keys_travel_in_their_header() {
        let headers = signed("sk-ant-api", Some("a-1, structured-outputs-2025-11-13,b-2"));
        assert_eq!(headers["x-api-key"], "sk-ant-api");
        assert_eq!(headers["anthropic-beta"], "a-1,structured-outputs-2025-11-13,b-2");
        let headers = signed("sk-ant-oat01-x", None);
        assert!(!headers.contains_key("x-api-key"));
        assert_eq!(headers["authorization"], "Bearer sk-ant-oat01-x");
        assert_eq!(
            headers["anthropic-beta"],
            "structured-outputs-2025-11-13,oauth-2025-04-20"
        );
    }
}
