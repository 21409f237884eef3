//! Reranking as Jina does it: documents that share words with the query come first.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{given, text};
use crate::sim::chat_request;
use crate::sim::errors::ApiError;
use crate::sim::faults::Fault;
use crate::sim::hash;
use crate::sim::reply::Reply;
use crate::sim::server::Ask;
use crate::sim::words;

pub(in crate::sim) fn answer(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let (body, model) = chat_request::read(ask.body)?;
    let query = text(&body, "query")?.to_owned();
    let documents = match given(&body, "documents") {
        None => return Err(ApiError::missing("documents")),
        Some(Value::Array(documents)) if !documents.is_empty() => documents.clone(),
        Some(Value::Array(_)) => {
            return Err(ApiError::invalid(
                "documents",
                "empty_array",
                "documents must not be empty",
            ));
        }
        Some(other) => return Err(ApiError::wrong_type("documents", "an array", other)),
    };
    let fault = Fault::of(ask, &model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let mut tokens = 0;
    let mut ranked: Vec<(usize, f64, String)> = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let text = document.get("text").unwrap_or(document);
        let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
        tokens += words::tokens(&words::pieces(&text)) + words::tokens(&words::pieces(&query));
        ranked.push((index, score(&query, &text), text));
    }
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    if let Some(top) = given(&body, "top_n")
        .or_else(|| given(&body, "top_k"))
        .and_then(Value::as_u64)
    {
        ranked.truncate(usize::try_from(top).unwrap_or(usize::MAX));
    }
    let with_text = given(&body, "return_documents") == Some(&Value::Bool(true));
    let results: Vec<Value> = ranked
        .into_iter()
        .map(|(index, score, text)| {
            let mut result = json!({"index": index, "relevance_score": score});
            if with_text && let Some(result) = result.as_object_mut() {
                result.insert("document".to_owned(), json!({"text": text}));
            }
            result
        })
        .collect();
    let id = hash::hex(ask.hash);
    let whole = json!({"id": id, "model": model, "object": "list", "results": results,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens}});
    Ok(super::json(&whole, &fault))
}

fn word_set(text: &str) -> HashSet<String> {
    let words = text.split(|character: char| !character.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// From nothing in common to everything asked for; equal documents differ by nothing.
pub(in crate::sim) fn score(query: &str, document: &str) -> f64 {
    let asked = word_set(query);
    let found = word_set(document);
    #[allow(clippy::cast_precision_loss)]
    let share = asked.intersection(&found).count() as f64 / asked.len().max(1) as f64;
    #[allow(clippy::cast_precision_loss)]
    let noise = (hash::fnv(document.as_bytes()) % 1000) as f64 / 100_000.0;
    (0.01 + share * 0.97 + noise).min(0.9999)
}
