//! Google Cloud: a bearer token, from whoever can give one out. Service accounts and signed-in users are asked for here;
//! everything else that Google knows (metadata servers, federated identities) is the host language's `google-auth`.

mod account;
mod credentials;

use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::token::{TOKENS, TokenSource};
use super::{Sign, Signed};
use crate::error::{Error, ErrorKind, Result};
use crate::options::ProviderOptions;
use crate::registry::Call;
use crate::resolve::Target;
use crate::transport::Connection;
use crate::wire::WireRequest;

/// The option that holds the credentials, or who gives out the token.
const CREDENTIALS: &str = "vertex_credentials";
/// The option that holds the project, once it is found.
pub(crate) const PROJECT: &str = "vertex_project";
/// The option that holds the location.
pub(crate) const LOCATION: &str = "vertex_location";
/// Whether it is an API key rather than a token: these start so, the second kind bound to a service account.
pub(crate) fn is_api_key(key: &str) -> bool {
    key.starts_with("AIza") || key.starts_with("AQ.")
}

/// Google Cloud's tokens.
#[derive(Debug)]
pub struct Google;

impl Sign for Google {
    fn gather(&self, call: &Call<'_>, options: &mut ProviderOptions) -> Result<()> {
        if let Some(location) = location(call) {
            options.set(LOCATION, Value::String(location));
        }
        let found = credentials::find(call)?;
        if let Some(project) = named_project(call)
            .or_else(|| found.as_ref().and_then(credentials::Found::project))
            .or_else(|| call.around.env("GOOGLE_CLOUD_PROJECT"))
        {
            options.set(PROJECT, Value::String(project));
        }
        if options.source(CREDENTIALS).is_none()
            && let Some(found) = found
        {
            options.set_source(CREDENTIALS, found.source(call.around)?);
        }
        Ok(())
    }

    fn sign<'a>(
        &'a self,
        target: &'a Target,
        request: &'a WireRequest,
        connection: &'a Connection,
    ) -> Signed<'a> {
        Box::pin(async move {
            // The caller's own proof stands.
            if target.headers.contains_key(AUTHORIZATION) {
                return Ok(HeaderMap::new());
            }
            if let Some(key) = &target.key {
                return proof(key.expose(), request);
            }
            let token = TOKENS.get(source(target)?, connection).await?;
            let secret = token.secret().ok_or_else(|| missing(target.provider.name))?;
            bearer(secret.expose(), request)
        })
    }

    fn renews(&self, target: &Target, sent: &HeaderMap, error: &Error) -> bool {
        let Some(source) = target.options.source(CREDENTIALS) else {
            return false;
        };
        if error.kind() != ErrorKind::Authentication || target.key.is_some() {
            return false;
        }
        let sent = sent.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let sent = sent.and_then(|value| value.strip_prefix("Bearer "));
        TOKENS.refuse(source, |token| {
            token.secret().map(crate::secret::Secret::expose) == sent
        });
        sent.is_some()
    }
}

/// The project of a call, as far as it is known without looking into credentials.
pub(crate) fn named_project(call: &Call<'_>) -> Option<String> {
    first(
        call,
        &[PROJECT, "vertex_ai_project"],
        &["VERTEXAI_PROJECT", "VERTEX_PROJECT"],
    )
}

/// The project of a call: named, or the one its credentials belong to.
pub(crate) fn project(call: &Call<'_>) -> Result<String> {
    if let Some(project) = named_project(call) {
        return Ok(project);
    }
    let found = credentials::find(call)?;
    let own = found.as_ref().and_then(credentials::Found::project);
    own.or_else(|| call.around.env("GOOGLE_CLOUD_PROJECT"))
        .ok_or_else(unknown_project)
}

/// What is said when no project is known.
pub(crate) fn unknown_project() -> Error {
    Error::bad_request(
        "no Google Cloud project is known: pass `vertex_project`, or set VERTEXAI_PROJECT or GOOGLE_CLOUD_PROJECT",
    )
}

/// The location of a call, where one is named.
pub(crate) fn location(call: &Call<'_>) -> Option<String> {
    first(
        call,
        &[LOCATION, "vertex_ai_location"],
        &["VERTEXAI_LOCATION", "VERTEX_LOCATION"],
    )
}

/// The caller's option of one of these names, the module's attribute, or the environment's variable.
fn first(call: &Call<'_>, options: &[&str], variables: &[&str]) -> Option<String> {
    let given = options
        .iter()
        .find_map(|name| call.options.provider_options.text(name).map(str::to_owned));
    given
        .or_else(|| options.iter().find_map(|name| call.around.setting(name)))
        .or_else(|| variables.iter().find_map(|name| call.around.env(name)))
}

fn source(target: &Target) -> Result<&Arc<dyn TokenSource>> {
    target
        .options
        .source(CREDENTIALS)
        .ok_or_else(|| missing(target.provider.name))
}

fn proof(key: &str, request: &WireRequest) -> Result<HeaderMap> {
    if !is_api_key(key) {
        return bearer(key, request);
    }
    Ok(HeaderMap::from_iter([(
        HeaderName::from_static("x-goog-api-key"),
        secret(key)?,
    )]))
}

fn bearer(token: &str, request: &WireRequest) -> Result<HeaderMap> {
    let mut headers = HeaderMap::from_iter([(AUTHORIZATION, secret(&format!("Bearer {token}"))?)]);
    // Gateways that stand in for Claude's host look for the proof where Anthropic has it; LiteLLM puts it there too.
    if request.headers.contains_key("anthropic-version") {
        headers.insert(HeaderName::from_static("x-api-key"), secret(token)?);
    }
    Ok(headers)
}

fn secret(value: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| Error::bad_request("a Google credential has characters that no header can hold"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn refused(why: String) -> Error {
    Error::new(ErrorKind::Authentication, why).with_status(401)
}

fn missing(provider: &str) -> Error {
    refused(format!(
        "no credentials for {provider}: set VERTEXAI_CREDENTIALS or GOOGLE_APPLICATION_CREDENTIALS to the path of a \
         service account's JSON, or pass `vertex_credentials` (a path, JSON, a dict, google-auth credentials, or a callable \
         that returns a token)"
    ))
}
