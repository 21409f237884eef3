//! Embeddings, and the older way to ask for one.

use serde_json::{Value, json};

use super::error::invalid;
use super::request::{model, object, typed};
use crate::sim::embeddings;
use crate::sim::errors::ApiError;
use crate::sim::plain;
use crate::sim::reply::Reply;
use crate::sim::server::Ask;
use crate::sim::words;

const DIMENSIONS: usize = 768;

pub(in crate::sim) fn embed(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let body = object(ask.body)?;
    let model = model(&body)?;
    let texts: Vec<&str> = match body.get("input") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect()
        }
        Some(_) => return Err(invalid("invalid input type")),
    };
    let size = typed(
        body.get("dimensions"),
        "EmbedRequest.dimensions",
        "int",
        Value::is_u64,
    )?;
    let size = size
        .and_then(Value::as_u64)
        .and_then(|size| usize::try_from(size).ok());
    let vectors: Vec<Vec<f32>> = texts
        .iter()
        .map(|text| embeddings::of_text(text, size.unwrap_or(DIMENSIONS).min(DIMENSIONS)))
        .collect();
    let tokens: usize = texts.iter().map(|text| words::pieces(text).len()).sum();
    let answer = json!({
        "model": model,
        "embeddings": vectors,
        "total_duration": 2_000_000,
        "load_duration": 1_000_000,
        "prompt_eval_count": tokens,
    });
    Ok(plain::answer(ask, &model, &answer))
}

pub(in crate::sim) fn legacy(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let body = object(ask.body)?;
    let model = model(&body)?;
    let prompt = typed(
        body.get("prompt"),
        "EmbeddingRequest.prompt",
        "string",
        Value::is_string,
    )?;
    let prompt = prompt.and_then(Value::as_str).unwrap_or_default();
    let vector = match prompt {
        "" => Vec::new(),
        text => embeddings::of_text(text, DIMENSIONS),
    };
    Ok(plain::answer(ask, &model, &json!({"embedding": vector})))
}
