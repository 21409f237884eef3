//! Which path is answered by whom. Another wire joins with one line in [`ROUTES`].

use super::errors::ApiError;
use super::reply::Reply;
use super::server::Ask;
use super::{chat, embeddings, models};

type Answer = fn(&Ask<'_>, &str) -> Result<Reply, ApiError>;

/// Method, path and handler, first match wins. The path matches at the end of the request's
/// path, so any prefix is fine; a `*` at its end takes the rest and hands it to the handler.
const ROUTES: &[(&str, &str, Answer)] = &[
    ("POST", "/chat/completions", chat::answer),
    ("POST", "/embeddings", embeddings::answer),
    ("GET", "/models", models::list),
    ("GET", "/models/*", models::one),
];

/// Headers that can carry a key; OpenAI's own, and the one of Azure's flavour of the same wire.
const KEY_HEADERS: &[&str] = &["authorization", "api-key"];

pub(super) fn answer(ask: &Ask<'_>) -> Result<Reply, ApiError> {
    let mut allowed = Vec::new();
    for (method, pattern, handler) in ROUTES {
        let Some(rest) = rest(ask.path, pattern) else {
            continue;
        };
        if *method == ask.method {
            authorised(ask)?;
            return handler(ask, rest);
        }
        allowed.push(*method);
    }
    if allowed.is_empty() {
        let mut error = ApiError::new(404, format!("Invalid URL ({} {})", ask.method, ask.path));
        error.code = Some("unknown_url");
        return Err(error);
    }
    let message = format!(
        "Not allowed to {} on {}. (HINT: Perhaps you meant to use a different HTTP method?)",
        ask.method, ask.path
    );
    let mut reply = ApiError::new(405, message).into_reply();
    reply.headers.push(("allow", allowed.join(", ")));
    Ok(reply)
}

fn rest<'p>(path: &'p str, pattern: &str) -> Option<&'p str> {
    let path = path.strip_suffix('/').unwrap_or(path);
    match pattern.strip_suffix('*') {
        Some(open) => path
            .split_once(open)
            .map(|(_, rest)| rest)
            .filter(|rest| !rest.is_empty()),
        None => path.ends_with(pattern).then_some(""),
    }
}

fn authorised(ask: &Ask<'_>) -> Result<(), ApiError> {
    let known = |(name, value): &(String, String)| KEY_HEADERS.contains(&name.as_str()) && !value.is_empty();
    if ask.headers.iter().any(known) {
        return Ok(());
    }
    // Never says what was sent, so that no key can end up in a log through it.
    let message = "You didn't provide an API key. You need to provide your API key in an \
                   Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).";
    let mut error = ApiError::new(401, message);
    error.code = Some("invalid_api_key");
    Err(error)
}
