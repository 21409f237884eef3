//! A model invoked in its own words: Claude's messages, the embeddings of Titan and of Cohere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::error::invalid;
use crate::sim::anthropic;
use crate::sim::embeddings;
use crate::sim::errors::ApiError;
use crate::sim::faults::Fault;
use crate::sim::framing::Framing;
use crate::sim::hash;
use crate::sim::plain;
use crate::sim::reply::Reply;
use crate::sim::server::Ask;
use crate::sim::shape::Shape::{Flag, Integer, List, Object, Text, Word};
use crate::sim::shape::{Shape, may, need};
use crate::sim::stream::{self, Event};
use crate::sim::words;

static TITAN: Shape = Object(&[
    need("inputText", &Text),
    may("dimensions", &Integer),
    may("normalize", &Flag),
    may("embeddingTypes", &List(&Word(&["float", "binary"]))),
]);
static COHERE: Shape = Object(&[
    need("texts", &List(&Text)),
    need(
        "input_type",
        &Word(&["search_document", "search_query", "classification", "clustering"]),
    ),
    may("truncate", &Word(&["NONE", "START", "END", "LEFT", "RIGHT"])),
    may(
        "embedding_types",
        &List(&Word(&["float", "int8", "uint8", "binary", "ubinary"])),
    ),
    may("output_dimension", &Integer),
    may("max_tokens", &Integer),
]);

pub(in crate::sim) fn invoke(ask: &Ask<'_>, model: &str) -> Result<Reply, ApiError> {
    let body: Value = serde_json::from_slice(ask.body)
        .map_err(|_| invalid("Malformed input request, please reformat your input and try again."))?;
    if body.get("anthropic_version").is_some() {
        return anthropic::hosted(ask, model, None).map_err(|error| invalid(error.message));
    }
    let answer = if body.get("texts").is_some() {
        cohere(ask, &body)?
    } else {
        titan(&body)?
    };
    let fault = Fault::of(ask, model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let texts = body.get("texts").and_then(Value::as_array).into_iter().flatten();
    let texts = texts.chain(body.get("inputText")).filter_map(Value::as_str);
    let tokens: usize = texts.map(|text| words::pieces(text).len()).sum();
    let mut reply = plain::reply(answer.to_string().into_bytes(), &fault);
    reply
        .headers
        .push(("x-amzn-bedrock-input-token-count", tokens.to_string()));
    Ok(reply)
}

/// The events of Claude's own stream, each as the base64 of its JSON.
pub(in crate::sim) fn invoke_stream(ask: &Ask<'_>, model: &str) -> Result<Reply, ApiError> {
    let send = |events: Vec<Event>, fault: &Fault| {
        let wrapped = events.into_iter().map(|event| {
            let bytes = json!({"bytes": STANDARD.encode(event.data)});
            Event::named("chunk", event.place, bytes.to_string())
        });
        stream::reply(wrapped.collect(), fault, Framing::Aws)
    };
    anthropic::hosted(ask, model, Some(&send)).map_err(|error| invalid(error.message))
}

fn check(body: &Value, form: &Shape) -> Result<(), ApiError> {
    form.check(body).map_err(|problem| {
        invalid(format!(
            "Malformed input request: #/{}: {:?}, please reformat your input and try again.",
            problem.path.join("/"),
            problem.fault
        ))
    })
}

fn titan(body: &Value) -> Result<Value, ApiError> {
    check(body, &TITAN)?;
    let text = body.get("inputText").and_then(Value::as_str).unwrap_or_default();
    if text.is_empty() {
        return Err(invalid(
            "Malformed input request: expected minLength: 1, actual: 0, please reformat your input and try again.",
        ));
    }
    let dimensions = body.get("dimensions").and_then(Value::as_u64);
    let dimensions = match dimensions {
        None => 1024,
        Some(256) => 256,
        Some(512) => 512,
        Some(1024) => 1024,
        Some(_) => {
            return Err(invalid(
                "Malformed input request: dimensions must be one of 256, 512, 1024.",
            ));
        }
    };
    let vector = embeddings::of_text(text, dimensions);
    Ok(json!({
        "embedding": vector,
        "embeddingsByType": {"float": vector},
        "inputTextTokenCount": words::pieces(text).len(),
    }))
}

fn cohere(ask: &Ask<'_>, body: &Value) -> Result<Value, ApiError> {
    check(body, &COHERE)?;
    let texts: Vec<&str> = body
        .get("texts")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if texts.is_empty() || texts.len() > 96 {
        return Err(invalid(
            "Malformed input request: #/texts: expected 1 to 96 items.",
        ));
    }
    let size = body
        .get("output_dimension")
        .and_then(Value::as_u64)
        .and_then(|size| usize::try_from(size).ok());
    let vectors: Vec<Vec<f32>> = texts
        .iter()
        .map(|text| embeddings::of_text(text, size.unwrap_or(1024)))
        .collect();
    let typed = body.get("embedding_types").is_some();
    Ok(json!({
        "id": hash::hex(ask.hash),
        "texts": texts,
        "response_type": if typed { "embeddings_by_type" } else { "embeddings_floats" },
        "embeddings": if typed { json!({"float": vectors}) } else { json!(vectors) },
    }))
}
