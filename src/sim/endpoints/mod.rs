//! OpenAI's other endpoints, and reranking.

pub(super) mod audio;
pub(super) mod batches;
pub(super) mod completions;
pub(super) mod files;
mod form;
pub(super) mod images;
pub(super) mod moderations;
pub(super) mod rerank;
pub(super) mod responses;
mod storage;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::errors::ApiError;
use super::faults::Fault;
use super::plain;
use super::reply::Reply;

pub(super) use storage::Storage;

/// Every answer is of this moment, so that it is the same tomorrow.
const CREATED: u64 = 1_700_000_000;

/// Refuses a parameter the endpoint does not have, as OpenAI does.
fn known(body: &Map<String, Value>, names: &[&str]) -> Result<(), ApiError> {
    match body.keys().find(|name| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(ApiError::invalid(
            name.as_str(),
            "unknown_parameter",
            format!("Unknown parameter: '{name}'."),
        )),
    }
}

/// A parameter that was sent and is not null.
fn given<'b>(body: &'b Map<String, Value>, name: &str) -> Option<&'b Value> {
    body.get(name).filter(|value| !value.is_null())
}

/// A text that has to be there.
fn text<'b>(body: &'b Map<String, Value>, name: &str) -> Result<&'b str, ApiError> {
    match given(body, name) {
        None => Err(ApiError::missing(name)),
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(ApiError::wrong_type(name, "a string", other)),
    }
}

/// A whole answer of JSON, and what the fault does to it.
fn json(body: &Value, fault: &Fault) -> Reply {
    plain::reply(body.to_string().into_bytes(), fault)
}

/// A whole answer of another kind.
fn bytes(body: impl Into<Bytes>, content_type: &str, fault: &Fault) -> Reply {
    let mut reply = plain::reply(body.into().to_vec(), fault);
    reply
        .headers
        .iter_mut()
        .filter(|(name, _)| *name == "content-type")
        .for_each(|(_, value)| *value = content_type.to_owned());
    reply
}

fn not_found(what: &str, id: &str) -> ApiError {
    ApiError::new(404, format!("No such {what}: {id}"))
}
