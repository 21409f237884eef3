//! Reranking: documents that share words with the query come first.

use serde_json::{Value, json};

use super::error::invalid;
use super::request::{object, text};
use crate::sim::endpoints::rerank::score;
use crate::sim::errors::ApiError;
use crate::sim::hash;
use crate::sim::plain;
use crate::sim::reply::Reply;
use crate::sim::server::Ask;
use crate::sim::shape::Shape::{Flag, Integer, List, Object, Text};
use crate::sim::shape::{Shape, may, need};

const MOST_DOCUMENTS: usize = 10_000;

static RERANK: Shape = Object(&[
    need("model", &Text),
    need("query", &Text),
    need("documents", &List(&Text)),
    may("top_n", &Integer),
    may("max_tokens_per_doc", &Integer),
    may("priority", &Integer),
    // Of the first API; passed over here.
    may("return_documents", &Flag),
]);

pub(in crate::sim) fn answer(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let body = object(ask.body, &RERANK)?;
    let documents: Vec<&str> = body
        .get("documents")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if documents.is_empty() || documents.len() > MOST_DOCUMENTS {
        return Err(invalid("invalid request: list of documents must not be empty"));
    }
    let query = text(&body, "query");
    if query.is_empty() {
        return Err(invalid("invalid request: query must not be empty"));
    }
    let mut scores: Vec<(usize, f64)> = documents
        .iter()
        .map(|document| score(query, document))
        .enumerate()
        .collect();
    scores.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    match body.get("top_n").and_then(Value::as_i64).map(usize::try_from) {
        Some(Ok(0) | Err(_)) => {
            return Err(invalid("invalid request: top_n must be a positive integer"));
        }
        Some(Ok(most)) => scores.truncate(most),
        None => {}
    }
    let results: Vec<Value> = scores
        .into_iter()
        .map(|(index, score)| json!({"index": index, "relevance_score": score}))
        .collect();
    let answer = json!({
        "id": hash::hex(ask.hash),
        "results": results,
        "meta": {"api_version": {"version": "2"}, "billed_units": {"search_units": 1}},
    });
    Ok(plain::answer(ask, text(&body, "model"), &answer))
}
