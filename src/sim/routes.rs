//! Which path is answered by whom. Another operation joins with one line in [`ROUTES`].

use super::anthropic::DIALECT as ANTHROPIC;
use super::bedrock::DIALECT as BEDROCK;
use super::cohere::DIALECT as COHERE;
use super::dialect::{Dialect, Refusal};
use super::endpoints::{audio, batches, completions, files, images, moderations, rerank, responses};
use super::errors::ApiError;
use super::gemini::{DIALECT as GEMINI, VERTEX};
use super::mistral::DIALECT as MISTRAL;
use super::ollama::DIALECT as OLLAMA;
use super::openai::DIALECT as OPENAI;
use super::reply::Reply;
use super::server::Ask;
use super::vertex::{self, TOKENS};
use super::{anthropic, bedrock, chat, cohere, embeddings, gemini, mistral, models, ollama};

type Answer = fn(&Ask<'_>, &str) -> Result<Reply, ApiError>;

/// Method, path, dialect and handler, first match wins. The path matches at the end of the request's path, so any prefix
/// is fine; a `*` takes what is in its place and hands it to the handler, decoded.
#[rustfmt::skip]
const ROUTES: &[(&str, &str, &Dialect, Answer)] = &[
    ("POST", "/v1/messages", &ANTHROPIC, anthropic::messages),
    ("POST", "/v1/messages/count_tokens", &ANTHROPIC, anthropic::count_tokens),
    ("POST", "/projects/*:rawPredict", &ANTHROPIC, vertex::raw),
    ("POST", "/projects/*:streamRawPredict", &ANTHROPIC, vertex::raw_stream),
    ("POST", "/token", &TOKENS, vertex::token),
    ("POST", "/projects/*:generateContent", &VERTEX, gemini::generate),
    ("POST", "/projects/*:streamGenerateContent", &VERTEX, gemini::stream_generate),
    ("POST", "/projects/*:countTokens", &VERTEX, gemini::count_tokens),
    ("POST", "/projects/*:embedContent", &VERTEX, gemini::embed),
    ("POST", "/projects/*:predict", &VERTEX, gemini::predict),
    ("POST", "/models/*:generateContent", &GEMINI, gemini::generate),
    ("POST", "/models/*:streamGenerateContent", &GEMINI, gemini::stream_generate),
    ("POST", "/models/*:countTokens", &GEMINI, gemini::count_tokens),
    ("POST", "/models/*:embedContent", &GEMINI, gemini::embed),
    ("POST", "/models/*:batchEmbedContents", &GEMINI, gemini::batch_embed),
    ("GET", "/v1beta/models", &GEMINI, gemini::models),
    ("POST", "/model/*/converse", &BEDROCK, bedrock::converse),
    ("POST", "/model/*/converse-stream", &BEDROCK, bedrock::converse_stream),
    ("POST", "/model/*/invoke", &BEDROCK, bedrock::invoke),
    ("POST", "/model/*/invoke-with-response-stream", &BEDROCK, bedrock::invoke_stream),
    ("POST", "/mistral/v1/chat/completions", &MISTRAL, mistral::chat),
    ("POST", "/mistral/v1/embeddings", &MISTRAL, mistral::embed),
    ("POST", "/v2/chat", &COHERE, cohere::chat),
    ("POST", "/v2/embed", &COHERE, cohere::embed),
    ("POST", "/v2/rerank", &COHERE, cohere::rerank),
    ("POST", "/api/chat", &OLLAMA, ollama::chat),
    ("POST", "/api/generate", &OLLAMA, ollama::generate),
    ("POST", "/api/embed", &OLLAMA, ollama::embed),
    ("POST", "/api/embeddings", &OLLAMA, ollama::legacy_embed),
    ("POST", "/api/show", &OLLAMA, ollama::show),
    ("GET", "/api/tags", &OLLAMA, ollama::tags),
    ("GET", "/api/version", &OLLAMA, ollama::version),
    ("POST", "/chat/completions", &OPENAI, chat::answer),
    ("POST", "/embeddings", &OPENAI, embeddings::answer),
    ("POST", "/responses", &OPENAI, responses::create),
    ("POST", "/responses/compact", &OPENAI, responses::compact),
    ("POST", "/responses/*/cancel", &OPENAI, responses::cancel),
    ("GET", "/responses/*/input_items", &OPENAI, responses::input_items),
    ("GET", "/responses/*", &OPENAI, responses::retrieve),
    ("DELETE", "/responses/*", &OPENAI, responses::delete),
    ("POST", "/completions", &OPENAI, completions::answer),
    ("POST", "/moderations", &OPENAI, moderations::answer),
    ("POST", "/images/generations", &OPENAI, images::generate),
    ("POST", "/images/edits", &OPENAI, images::edit),
    ("POST", "/images/variations", &OPENAI, images::vary),
    ("POST", "/audio/speech", &OPENAI, audio::speak),
    ("POST", "/audio/transcriptions", &OPENAI, audio::transcribe),
    ("POST", "/rerank", &OPENAI, rerank::answer),
    ("POST", "/files", &OPENAI, files::create),
    ("GET", "/files", &OPENAI, files::list),
    ("GET", "/files/*/content", &OPENAI, files::content),
    ("GET", "/files/*", &OPENAI, files::retrieve),
    ("DELETE", "/files/*", &OPENAI, files::delete),
    ("POST", "/batches", &OPENAI, batches::create),
    ("GET", "/batches", &OPENAI, batches::list),
    ("POST", "/batches/*/cancel", &OPENAI, batches::cancel),
    ("GET", "/batches/*", &OPENAI, batches::retrieve),
    ("GET", "/models", &OPENAI, models::list),
    ("GET", "/models/*", &OPENAI, models::one),
];

/// The answer, and in whose manner it is.
pub(super) fn answer(ask: &Ask<'_>) -> (Reply, &'static Dialect) {
    let mut allowed = Vec::new();
    let mut nearest = ask.dialect;
    for (method, pattern, dialect, handler) in ROUTES {
        let Some(rest) = rest(ask.path, pattern) else {
            continue;
        };
        if *method != ask.method {
            if !allowed.contains(method) {
                allowed.push(*method);
            }
            nearest = dialect;
            continue;
        }
        let ask = Ask { dialect, ..*ask };
        let answer = if (dialect.has_key)(&ask) {
            handler(&ask, &decoded(rest))
        } else {
            Err((dialect.refuse)(Refusal::NoKey, ""))
        };
        return (answer.unwrap_or_else(|error| dialect.reply(&error)), dialect);
    }
    if allowed.is_empty() {
        let mut error = ApiError::new(404, format!("Invalid URL ({} {})", ask.method, ask.path));
        error.code = Some("unknown_url");
        return (nearest.reply(&error), nearest);
    }
    let message = format!(
        "Not allowed to {} on {}. (HINT: Perhaps you meant to use a different HTTP method?)",
        ask.method, ask.path
    );
    let mut reply = nearest.reply(&ApiError::new(405, message));
    reply.headers.push(("allow", allowed.join(", ")));
    (reply, nearest)
}

fn rest<'p>(path: &'p str, pattern: &str) -> Option<&'p str> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let Some((before, after)) = pattern.split_once('*') else {
        return path.ends_with(pattern).then_some("");
    };
    let (_, rest) = path.split_once(before)?;
    rest.strip_suffix(after).filter(|rest| !rest.is_empty())
}

/// A part of a path without its percent-encoding.
fn decoded(text: &str) -> String {
    let query = format!("text={}", text.replace('+', "%2B").replace('&', "%26"));
    let decoded = url::form_urlencoded::parse(query.as_bytes()).next();
    decoded.map_or_else(|| text.to_owned(), |(_, text)| text.into_owned())
}
