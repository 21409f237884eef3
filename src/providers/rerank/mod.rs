//! Reranking: documents in the order in which they answer a query. Requests and answers are in Cohere's vocabulary
//! (docs.cohere.com/reference/rerank); each flavour says where it differs.

mod flavours;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};
use url::Url;

use super::openai::{endpoints, error, request, response};
use crate::error::{Error, Result};
use crate::params::ParamRules;
use crate::registry::Endpoint;
use crate::resolve::Target;
use crate::types::{EndpointAnswer, EndpointRequest, Operation};
use crate::wire::{EndpointWire, WireRequest};

/// Parameters, or an answer's fields.
type Fields = Map<String, Value>;

/// Where a server has it, what it is called there, and how its answer reads.
pub(crate) struct Rerank {
    /// The address.
    url: fn(&Target) -> Url,
    /// Which of Cohere's parameters it takes.
    rules: ParamRules,
    /// From Cohere's parameters to the server's.
    write: fn(&Target, Fields) -> Result<Fields>,
    /// From the server's answer to Cohere's.
    read: fn(Value) -> Option<Fields>,
}

pub(crate) use flavours::whole;
pub(crate) use flavours::{COHERE, DEEPINFRA, JINA, NVIDIA, SERVER, TEXT_EMBEDDINGS_INFERENCE, VOYAGE};

impl Rerank {
    /// The row's entry for this flavour.
    pub(crate) const fn row(flavour: &'static Self) -> Endpoint {
        (&[Operation::Rerank], flavour)
    }
}

impl EndpointWire for Rerank {
    fn rules(&self, _operation: Operation, _model: &str) -> &ParamRules {
        &self.rules
    }

    fn request(&self, target: &Target, mut given: EndpointRequest) -> Result<WireRequest> {
        check(&given.params)?;
        let mut body = (self.write)(target, std::mem::take(&mut given.params))?;
        for (name, value) in &target.body {
            body.insert(name.clone(), value.clone());
        }
        let mut written = request::post(target, "rerank", &body)?;
        written.url = (self.url)(target);
        if !target.query.is_empty() {
            written.url.query_pairs_mut().extend_pairs(&target.query);
        }
        Ok(written)
    }

    fn response(
        &self,
        _target: &Target,
        operation: Operation,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<EndpointAnswer> {
        let EndpointAnswer::Json(answer) = endpoints::read(operation, headers, body.clone())? else {
            return Err(response::unreadable(&body, "it is no JSON"));
        };
        let answer =
            (self.read)(answer).ok_or_else(|| response::unreadable(&body, "it has no ranked documents"))?;
        Ok(EndpointAnswer::Json(Value::Object(answer)))
    }

    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }
}

/// What every reranker needs.
pub(crate) fn check(params: &Map<String, Value>) -> Result<()> {
    match params.get("query") {
        Some(Value::Null) | None => return Err(Error::bad_request("query is missing")),
        Some(_) => {}
    }
    match params.get("documents") {
        Some(Value::Array(documents)) if !documents.is_empty() => Ok(()),
        Some(Value::Array(_)) => Err(Error::bad_request(
            "documents is empty; pass at least one document",
        )),
        _ => Err(Error::bad_request("documents is not a list")),
    }
}

/// The texts of the documents; a document that is an object has its text under `text`.
fn texts(params: &Map<String, Value>) -> Vec<Value> {
    let documents = params.get("documents").and_then(Value::as_array);
    documents
        .into_iter()
        .flatten()
        .map(|document| document.get("text").unwrap_or(document).clone())
        .collect()
}

/// A result in Cohere's shape.
pub(crate) fn result(index: &Value, score: &Value, document: Option<&Value>) -> Value {
    let mut result = json!({"index": index, "relevance_score": score});
    if let Some(document) = document.filter(|document| !document.is_null())
        && let Some(fields) = result.as_object_mut()
    {
        let document = if document.is_string() {
            json!({"text": document})
        } else {
            document.clone()
        };
        fields.insert("document".to_owned(), document);
    }
    result
}

/// Token counts of OpenAI's kind in Cohere's place.
fn meta(usage: Option<&Value>) -> Option<Value> {
    let usage = usage?;
    let count = |names: &[&str]| names.iter().find_map(|name| usage.get(*name)?.as_i64());
    let total = count(&["total_tokens"])?;
    let mut tokens = Map::new();
    if let Some(input) = count(&["prompt_tokens", "input_tokens"]).or(Some(total)) {
        tokens.insert("input_tokens".to_owned(), input.into());
    }
    if let Some(output) = count(&["completion_tokens", "output_tokens"]) {
        tokens.insert("output_tokens".to_owned(), output.into());
    }
    Some(json!({"billed_units": {"total_tokens": total}, "tokens": tokens}))
}
