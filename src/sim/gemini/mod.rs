//! Google's generateContent, on the Gemini API and, under longer paths, on Vertex AI.

mod answer;
mod contents;
mod embed;
mod error;
mod form;
mod request;
mod schema;

use serde_json::{Map, Value, json};

use super::answer as engine;
use super::errors::ApiError;
use super::faults::Fault;
use super::framing::Framing;
use super::plain;
use super::reply::Reply;
use super::server::Ask;
use super::stream;

pub(super) use embed::{batch as batch_embed, one as embed, predict};
pub(super) use error::{DIALECT, VERTEX};

pub(super) fn generate(ask: &Ask<'_>, path: &str) -> Result<Reply, ApiError> {
    answer(ask, path, false)
}

pub(super) fn stream_generate(ask: &Ask<'_>, path: &str) -> Result<Reply, ApiError> {
    answer(ask, path, true)
}

/// The model at the end of what the route left of the path.
fn model(path: &str) -> &str {
    path.rsplit_once("/models/").map_or(path, |(_, model)| model)
}

fn answer(ask: &Ask<'_>, path: &str, streamed: bool) -> Result<Reply, ApiError> {
    let model = model(path);
    let body = request::object(ask.body)?;
    request::check(&body, &form::REQUEST)?;
    let chat = request::translate(&body, model)?;
    let fault = Fault::of(ask, model);
    if fault.name() == "content_policy" {
        return Ok(Reply::json(200, &answer::blocked(model, chat.prompt_tokens())));
    }
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let compose = |index| engine::compose(ask, &chat, &fault, index);
    let answer = answer::Generated {
        id: ask.hash,
        model,
        answers: (0..chat.choices).map(compose).collect::<Result<Vec<_>, _>>()?,
        prompt: chat.prompt_tokens(),
    };
    let sse = ask
        .query
        .is_some_and(|query| query.split('&').any(|pair| pair == "alt=sse"));
    if streamed && sse {
        return Ok(stream::reply(answer.events(), &fault, Framing::Sse));
    }
    let body = if streamed {
        // Without `alt=sse` a stream is one array, written as it grows.
        let chunks: Vec<String> = answer.events().into_iter().map(|event| event.data).collect();
        format!("[{}]", chunks.join("\n,\r\n"))
    } else {
        answer.whole().to_string()
    };
    Ok(plain::reply(body.into_bytes(), &fault))
}

pub(super) fn count_tokens(ask: &Ask<'_>, path: &str) -> Result<Reply, ApiError> {
    let model = model(path);
    let body = request::object(ask.body)?;
    request::check(&body, &form::COUNT)?;
    let body: Map<String, Value> = match request::field(&body, "generateContentRequest") {
        Some(Value::Object(inner)) => inner.clone(),
        _ => body,
    };
    let chat = request::translate(&body, model)?;
    let counted = json!({"totalTokens": chat.prompt_tokens()});
    Ok(plain::answer(ask, model, &counted))
}

/// Some models, for clients that show a list.
pub(super) fn models(_ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let model = |name: &str, methods: &[&str]| {
        json!({
            "name": format!("models/{name}"),
            "displayName": name,
            "inputTokenLimit": 1_048_576,
            "outputTokenLimit": 65_536,
            "supportedGenerationMethods": methods,
        })
    };
    let models = [
        model("gemini-2.5-flash", &["generateContent", "countTokens"]),
        model("gemini-embedding-001", &["embedContent"]),
    ];
    Ok(Reply::json(200, &json!({"models": models})))
}
