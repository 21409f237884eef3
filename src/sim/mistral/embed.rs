//! Embeddings.

use serde_json::{Value, json};

use super::form;
use super::request::object;
use crate::sim::embeddings;
use crate::sim::errors::ApiError;
use crate::sim::hash;
use crate::sim::plain;
use crate::sim::reply::Reply;
use crate::sim::server::Ask;
use crate::sim::words;

const DIMENSIONS: usize = 1024;

pub(in crate::sim) fn answer(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let body = object(ask.body, &form::EMBED)?;
    let model = body.get("model").and_then(Value::as_str).unwrap_or_default();
    let texts: Vec<&str> = match body.get("input") {
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(text)) => vec![text],
        _ => Vec::new(),
    };
    if texts.iter().any(|text| text.is_empty()) || texts.is_empty() {
        return Err(super::error::coded(
            400,
            "invalid_request_error",
            "3000",
            "Input text must be non-empty",
        ));
    }
    let size = body.get("output_dimension").and_then(Value::as_u64);
    let size = size
        .and_then(|size| usize::try_from(size).ok())
        .unwrap_or(DIMENSIONS);
    let base64 = body
        .get("encoding_format")
        .is_some_and(|format| format == "base64");
    let embed = |(index, text): (usize, &&str)| {
        let vector = embeddings::of_text(text, size.min(3072));
        let vector = if base64 {
            embeddings::encoded(&vector).into()
        } else {
            Value::from(vector)
        };
        json!({"object": "embedding", "index": index, "embedding": vector})
    };
    let data: Vec<Value> = texts.iter().enumerate().map(embed).collect();
    let tokens: usize = texts.iter().map(|text| words::pieces(text).len()).sum();
    let answer = json!({
        "id": hash::hex(ask.hash),
        "object": "list",
        "data": data,
        "model": model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens, "completion_tokens": 0},
    });
    Ok(plain::answer(ask, model, &answer))
}
