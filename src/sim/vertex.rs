//! What Vertex AI has beyond Google's own models: Claude under its paths, and the tokens that service accounts and
//! users ask for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::anthropic;
use super::dialect::{Dialect, Refusal};
use super::errors::ApiError;
use super::framing::Framing;
use super::reply::Reply;
use super::server::Ask;
use super::stream::{self, Event, Place};

/// The token endpoint: it takes no key, because it is where one comes from.
pub(super) static TOKENS: Dialect = Dialect {
    has_key: |_| true,
    refuse: |refusal, _| match refusal {
        Refusal::Status(status) => ApiError::new(status, "The simulator was asked to refuse this request."),
        _ => ApiError::new(400, "Bad Request"),
    },
    body,
    event: |error| Event::new(Place::Content, body(error).to_string()),
    kind_header: None,
    headers: |_| Vec::new(),
};

fn body(error: &ApiError) -> Value {
    json!({"error": error.kind, "error_description": error.message})
}

fn refused(kind: &'static str, message: &str) -> ApiError {
    let mut error = ApiError::new(400, message);
    error.kind = kind;
    error
}

/// A token for an assertion signed by a service account, or for a user's refresh token. Who signed it the simulator
/// cannot know; that the assertion has what Google asks for it can.
pub(super) fn token(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(ask.body).into_owned().collect();
    let field = |name: &str| {
        let found = form.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    match field("grant_type") {
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => assertion(field("assertion"))?,
        "refresh_token" if !field("refresh_token").is_empty() && !field("client_id").is_empty() => {}
        "refresh_token" => {
            return Err(refused(
                "invalid_request",
                "Missing required parameter: refresh_token",
            ));
        }
        _ => return Err(refused("unsupported_grant_type", "Invalid grant_type")),
    }
    let token = json!({"access_token": "ya29.simulated", "expires_in": 3599, "token_type": "Bearer"});
    Ok(Reply::json(200, &token))
}

fn assertion(assertion: &str) -> Result<(), ApiError> {
    let wrong = |what: &str| Err(refused("invalid_grant", what));
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        return wrong("Invalid JWT: it must have three parts.");
    };
    let read = |part: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?).ok()
    };
    if signature.is_empty()
        || read(header).is_none_or(|header| header.get("alg").is_none_or(|alg| alg != "RS256"))
    {
        return wrong("Invalid JWT Signature.");
    }
    let claims = read(claims).unwrap_or_default();
    let text = |key: &str| claims.get(key).and_then(Value::as_str).unwrap_or_default();
    if text("iss").is_empty() || text("aud").is_empty() {
        return wrong("Invalid JWT: iss and aud are required.");
    }
    if text("scope").is_empty() && text("target_audience").is_empty() {
        return Err(refused(
            "invalid_scope",
            "Invalid OAuth scope or ID token audience provided.",
        ));
    }
    let time = |key: &str| claims.get(key).and_then(Value::as_i64).unwrap_or_default();
    if !(1..=3600).contains(&(time("exp") - time("iat"))) {
        return wrong(
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat \
             and exp values in the JWT claim.",
        );
    }
    Ok(())
}

/// The model in a path such as `p/locations/l/publishers/anthropic/models/m`.
fn model(path: &str) -> &str {
    path.rsplit_once("/models/").map_or(path, |(_, model)| model)
}

pub(super) fn raw(ask: &Ask<'_>, path: &str) -> Result<Reply, ApiError> {
    anthropic::hosted(ask, model(path), None)
}

pub(super) fn raw_stream(ask: &Ask<'_>, path: &str) -> Result<Reply, ApiError> {
    anthropic::hosted(
        ask,
        model(path),
        Some(&|events, fault| stream::reply(events, fault, Framing::Sse)),
    )
}
