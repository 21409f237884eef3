//! Embeddings: one, a batch, and Vertex AI's prediction.

use serde_json::{Map, Value, json};

use super::form::CONTENT;
use super::model;
use super::request::{self, field, get, invalid, list, text};
use crate::sim::conversation;
use crate::sim::embeddings;
use crate::sim::errors::ApiError;
use crate::sim::plain;
use crate::sim::reply::Reply;
use crate::sim::server::Ask;
use crate::sim::shape::Shape::{Flag, Integer, List, Open, Proto, Text};
use crate::sim::shape::{Field, Shape, may, need};
use crate::sim::words;

const DIMENSIONS: usize = 3072;
const MOST_DIMENSIONS: i64 = 3072;
const MOST_REQUESTS: usize = 100;

const MODEL: Field = may("model", &Text);
const INPUT: Field = need("content", &CONTENT);
const TASK: Field = may("taskType", &Text);
const TITLE: Field = may("title", &Text);
const SIZE: Field = may("outputDimensionality", &Integer);
const CUT: Field = may("autoTruncate", &Flag);

static ONE: Shape = Proto(&[
    MODEL,
    INPUT,
    TASK,
    TITLE,
    SIZE,
    CUT,
    may("embedContentConfig", &Open),
]);
static BATCH: Shape = Proto(&[need("requests", &List(&ONE)), MODEL]);
static PREDICT: Shape = Proto(&[
    need(
        "instances",
        &List(&Proto(&[
            need("content", &Text),
            TASK,
            TITLE,
            may("mimeType", &Text),
        ])),
    ),
    may("parameters", &Proto(&[SIZE, CUT])),
]);

pub(in crate::sim) fn one(ask: &Ask<'_>, path: &str) -> Result<Reply, ApiError> {
    let body = request::object(ask.body)?;
    request::check(&body, &ONE)?;
    let values = values(&Value::Object(body))?;
    Ok(plain::answer(
        ask,
        model(path),
        &json!({"embedding": {"values": values}}),
    ))
}

pub(in crate::sim) fn batch(ask: &Ask<'_>, path: &str) -> Result<Reply, ApiError> {
    let body = request::object(ask.body)?;
    request::check(&body, &BATCH)?;
    let requests = list(field(&body, "requests"));
    if requests.is_empty() || requests.len() > MOST_REQUESTS {
        return Err(invalid(format!(
            "* BatchEmbedContentsRequest.requests: at least 1 and at most {MOST_REQUESTS} requests can be in one batch"
        )));
    }
    let mut embeddings = Vec::new();
    for (index, request) in requests.iter().enumerate() {
        let named = text(request, "model");
        if named.strip_prefix("models/") != Some(model(path)) {
            return Err(invalid(format!(
                "* BatchEmbedContentsRequest.requests[{index}].model: model does not match the one in the parent \
                 batch embed request"
            )));
        }
        embeddings.push(json!({"values": values(request)?}));
    }
    Ok(plain::answer(
        ask,
        model(path),
        &json!({"embeddings": embeddings}),
    ))
}

pub(in crate::sim) fn predict(ask: &Ask<'_>, path: &str) -> Result<Reply, ApiError> {
    let body = request::object(ask.body)?;
    request::check(&body, &PREDICT)?;
    let nothing = Value::Object(Map::new());
    let parameters = field(&body, "parameters").unwrap_or(&nothing);
    let size = size(parameters)?;
    let prediction = |instance: &Value| {
        let content = text(instance, "content");
        let tokens = words::pieces(content).len();
        json!({"embeddings": {
            "values": embeddings::of_text(content, size),
            "statistics": {"truncated": false, "token_count": tokens},
        }})
    };
    let instances = list(field(&body, "instances"));
    if instances.is_empty() {
        return Err(invalid("Invalid instances: at least one instance is required."));
    }
    let predictions: Vec<Value> = instances.iter().map(prediction).collect();
    Ok(plain::answer(
        ask,
        model(path),
        &json!({"predictions": predictions}),
    ))
}

fn values(request: &Value) -> Result<Vec<f32>, ApiError> {
    let content = get(request, "content").and_then(|content| get(content, "parts"));
    let content = conversation::text(content);
    if content.is_empty() {
        return Err(invalid("* EmbedContentRequest.content: content is empty"));
    }
    Ok(embeddings::of_text(&content, size(request)?))
}

fn size(request: &Value) -> Result<usize, ApiError> {
    match get(request, "outputDimensionality").and_then(Value::as_i64) {
        None => Ok(DIMENSIONS),
        Some(size) if (1..=MOST_DIMENSIONS).contains(&size) => {
            Ok(usize::try_from(size).unwrap_or(DIMENSIONS))
        }
        Some(_) => Err(invalid(
            "* EmbedContentRequest.output_dimensionality: must be in the range [1, 3072]",
        )),
    }
}
