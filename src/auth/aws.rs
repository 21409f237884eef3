//! AWS: a Bedrock API key as bearer token, or Signature Version 4 over the bytes that are sent.

mod keys;
mod profile;
mod sigv4;

pub(crate) use sigv4::{percent_encode, short_hash};

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::token::{TOKENS, Token};
use super::{Sign, Signed};
use crate::error::{Error, ErrorKind, Result};
use crate::options::ProviderOptions;
use crate::registry::Call;
use crate::resolve::Target;
use crate::transport::Connection;
use crate::wire::WireRequest;

/// The option that holds the region, once it is found.
pub(crate) const REGION: &str = "aws_region_name";
/// One that has every model.
const DEFAULT_REGION: &str = "us-west-2";
/// Where the environment names it, first wins.
const ENVIRONMENT: &[&str] = &["AWS_REGION_NAME", "AWS_REGION", "AWS_DEFAULT_REGION"];

/// Signs for one service of AWS.
#[derive(Debug)]
pub struct Aws {
    /// The name of the service in the signature's scope.
    pub service: &'static str,
}

impl Sign for Aws {
    fn gather(&self, call: &Call<'_>, options: &mut ProviderOptions) -> Result<()> {
        options.set(REGION, Value::String(region(call)?));
        keys::gather(call, options)
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
            let unproven = is_signed_only(&target.model) && target.own_host;
            if unproven && target.key.is_some() && !has_keys(&target.options) {
                return Err(keys::missing(
                    target.provider.name,
                    Some("API keys of Bedrock cannot rerank"),
                ));
            }
            if let Some(key) = target.key.as_ref().filter(|_| !unproven) {
                return Ok(HeaderMap::from_iter([(
                    AUTHORIZATION,
                    secret(&format!("Bearer {}", key.expose()))?,
                )]));
            }
            let held = match keys::source(&target.options) {
                Some(source) => {
                    let held = TOKENS.get(source, connection).await;
                    Some(held.map_err(|error| match error.kind() {
                        ErrorKind::Authentication => {
                            keys::missing(target.provider.name, Some(error.message()))
                        }
                        _ => error,
                    })?)
                }
                None => None,
            };
            let keys = match &held {
                Some(token) => Keys::held(token),
                None => Keys::given(&target.options),
            };
            let keys = keys.ok_or_else(|| keys::missing(target.provider.name, None))?;
            self.headers(target, request, &keys, SystemTime::now())
        })
    }

    fn renews(&self, target: &Target, proof: &HeaderMap, error: &Error) -> bool {
        let Some(source) = keys::source(&target.options) else {
            return false;
        };
        let proof = proof.get(AUTHORIZATION).and_then(|proof| proof.to_str().ok());
        let Some(proof) = proof.filter(|_| error.kind() == ErrorKind::Authentication && target.key.is_none())
        else {
            return false;
        };
        TOKENS.refuse(source, |token| {
            Keys::held(token).is_some_and(|keys| proof.contains(&format!("Credential={}/", keys.access_key)))
        });
        true
    }
}

/// Whether API keys do not open a model: reranking belongs to the agents' API (docs.aws.amazon.com/bedrock, "Use an Amazon
/// Bedrock API key").
fn is_signed_only(model: &str) -> bool {
    model.contains("rerank")
}

fn has_keys(options: &ProviderOptions) -> bool {
    keys::source(options).is_some() || Keys::given(options).is_some()
}

/// One set of keys.
struct Keys<'a> {
    access_key: Cow<'a, str>,
    secret_key: Cow<'a, str>,
    session_token: Option<Cow<'a, str>>,
}

impl<'a> Keys<'a> {
    /// As the caller or the environment gives them.
    fn given(options: &'a ProviderOptions) -> Option<Self> {
        let text = |name: &str| options.text(name).map(|text| Cow::Borrowed(text.trim()));
        Some(Self {
            access_key: text(keys::ACCESS_KEY)?,
            secret_key: text(keys::SECRET_KEY)?,
            session_token: text(keys::SESSION_TOKEN),
        })
    }

    /// As they are kept.
    fn held(token: &'a Token) -> Option<Self> {
        let part = |name: &str| token.part(name).map(|part| Cow::Borrowed(part.expose()));
        Some(Self {
            access_key: part("access_key")?,
            secret_key: part("secret_key")?,
            session_token: part("session_token"),
        })
    }
}

impl Aws {
    fn headers(
        &self,
        target: &Target,
        request: &WireRequest,
        keys: &Keys<'_>,
        now: SystemTime,
    ) -> Result<HeaderMap> {
        let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let scope = sigv4::Scope {
            access_key: &keys.access_key,
            secret_key: &keys.secret_key,
            region: target.options.text(REGION).unwrap_or(DEFAULT_REGION),
            service: self.service,
            time: sigv4::timestamp(seconds),
        };
        let mut signed = HeaderMap::new();
        let _ = signed.insert(HeaderName::from_static("x-amz-date"), secret(&scope.time)?);
        if let Some(token) = &keys.session_token {
            signed.insert(HeaderName::from_static("x-amz-security-token"), secret(token)?);
        }
        let proof = sigv4::authorization(&scope, request, &signed);
        signed.insert(AUTHORIZATION, secret(&proof)?);
        Ok(signed)
    }
}

/// The caller's region, the one that the model's ARN or path or the endpoint names, the environment's, the profile's, or
/// one that has every model.
///
/// # Errors
/// `BadRequest` for what can be no region: it becomes part of a host's name.
pub(crate) fn region(call: &Call<'_>) -> Result<String> {
    let options = &call.options.provider_options;
    let environment = || ENVIRONMENT.iter().find_map(|name| call.around.env(name));
    let region = options
        .text(REGION)
        .or_else(|| options.text("model_id").and_then(region_of_model))
        .or_else(|| region_of_model(call.model))
        .map(str::to_owned)
        .or_else(|| region_of_endpoint(call))
        .or_else(environment)
        .or_else(|| profile::region(options.text("aws_profile_name"), call.around))
        .unwrap_or_else(|| DEFAULT_REGION.to_owned());
    let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if region.is_empty() || !region.bytes().all(valid) {
        return Err(Error::bad_request(format!("{region:?} is no region of AWS")));
    }
    Ok(region)
}

/// The region that one of AWS's own hosts names, where the call goes to one: a signature for another is refused there.
fn region_of_endpoint(call: &Call<'_>) -> Option<String> {
    let options = call.options;
    let given = options.provider_options.text("aws_bedrock_runtime_endpoint");
    let endpoint = given.map(str::to_owned).or_else(|| options.base_url.clone());
    let endpoint = endpoint.or_else(|| call.around.env("AWS_BEDROCK_RUNTIME_ENDPOINT"))?;
    let url = url::Url::parse(&endpoint).ok()?;
    let host = url.host_str()?;
    let own = [".amazonaws.com", ".amazonaws.com.cn"]
        .iter()
        .any(|end| host.ends_with(end));
    let region = host.split('.').find(|label| is_region(label))?;
    own.then(|| region.to_owned())
}

/// `arn:aws:bedrock:REGION:...`, or `REGION/model`.
fn region_of_model(model: &str) -> Option<&str> {
    if let Some(start) = model.find("arn:") {
        return model
            .get(start..)?
            .split(':')
            .nth(3)
            .filter(|region| !region.is_empty());
    }
    model.split('/').find(|part| is_region(part))
}

/// Whether a text looks like `us-east-1` or `us-gov-west-1`.
pub(crate) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, middle @ .., last] = parts.as_slice() else {
        return false;
    };
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    first.len() == 2
        && word(first)
        && !middle.is_empty()
        && middle.iter().all(word)
        && last.len() == 1
        && last.bytes().all(|byte| byte.is_ascii_digit())
}

fn secret(value: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| Error::bad_request("an AWS credential has characters that no header can hold"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_in_names() {
        assert_eq!(
            region_of_model("arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.x"),
            Some("eu-central-1")
        );
        assert_eq!(
            region_of_model("us-gov-west-1/anthropic.claude"),
            Some("us-gov-west-1")
        );
        assert_eq!(region_of_model("anthropic.claude-3-haiku-20240307-v1:0"), None);
        assert_eq!(region_of_model("us.amazon.nova-pro-v1:0"), None);
    }
}
