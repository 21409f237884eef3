//! Embeddings, in the number formats that are asked for.

use serde_json::{Map, Value, json};

use super::error::invalid;
use super::request::{object, text};
use crate::sim::conversation;
use crate::sim::embeddings;
use crate::sim::errors::ApiError;
use crate::sim::hash;
use crate::sim::plain;
use crate::sim::reply::Reply;
use crate::sim::server::Ask;
use crate::sim::shape::Shape::{Integer, List, Object, Open, Tagged, Text, Word};
use crate::sim::shape::{Shape, may, need};
use crate::sim::words;

const MOST_TEXTS: usize = 96;
const DIMENSIONS: u64 = 1536;

static EMBED: Shape = Object(&[
    need("model", &Text),
    may(
        "input_type",
        &Word(&[
            "search_document",
            "search_query",
            "classification",
            "clustering",
            "image",
        ]),
    ),
    may("texts", &List(&Text)),
    may("images", &List(&Text)),
    may(
        "inputs",
        &List(&Object(&[need(
            "content",
            &List(&Tagged(
                "type",
                &[
                    ("text", &[need("text", &Text)]),
                    ("image_url", &[need("image_url", &Open)]),
                ],
            )),
        )])),
    ),
    may(
        "embedding_types",
        &List(&Word(&["float", "int8", "uint8", "binary", "ubinary", "base64"])),
    ),
    may("output_dimension", &Integer),
    may("max_tokens", &Integer),
    may("truncate", &Word(&["NONE", "START", "END"])),
    may("priority", &Integer),
]);

pub(in crate::sim) fn answer(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let body = object(ask.body, &EMBED)?;
    let model = text(&body, "model");
    if text(&body, "input_type").is_empty() {
        return Err(invalid(
            "invalid request: valid input_type must be provided with the provided model",
        ));
    }
    let list = |key: &str| {
        body.get(key)
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice)
    };
    let plain = ["texts", "images"].into_iter().flat_map(list);
    let mut inputs: Vec<String> = plain
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect();
    inputs.extend(
        list("inputs")
            .iter()
            .map(|input| conversation::text(input.get("content"))),
    );
    if inputs.is_empty() || inputs.len() > MOST_TEXTS {
        return Err(invalid(format!(
            "invalid request: the number of inputs must be between 1 and {MOST_TEXTS}"
        )));
    }
    let dimensions = body
        .get("output_dimension")
        .and_then(Value::as_u64)
        .unwrap_or(DIMENSIONS);
    if ![256, 512, 1024, DIMENSIONS].contains(&dimensions) {
        return Err(invalid(
            "invalid request: output_dimension must be one of 256, 512, 1024, 1536",
        ));
    }
    let size = usize::try_from(dimensions).unwrap_or(1);
    let vectors: Vec<Vec<f32>> = inputs
        .iter()
        .map(|input| embeddings::of_text(input, size))
        .collect();
    let asked: Vec<&str> = list("embedding_types").iter().filter_map(Value::as_str).collect();
    let kinds = if asked.is_empty() { vec!["float"] } else { asked };
    let encoded: Map<String, Value> = kinds
        .into_iter()
        .map(|kind| {
            let vectors: Vec<Value> = vectors.iter().map(|vector| as_kind(kind, vector)).collect();
            (kind.to_owned(), vectors.into())
        })
        .collect();
    let tokens: usize = inputs.iter().map(|input| words::pieces(input).len()).sum();
    let answer = json!({
        "id": hash::hex(ask.hash),
        "embeddings": encoded,
        "texts": list("texts"),
        "meta": {"api_version": {"version": "2"}, "billed_units": {"input_tokens": tokens}},
        "response_type": "embeddings_by_type",
    });
    Ok(plain::answer(ask, model, &answer))
}

fn as_kind(kind: &str, vector: &[f32]) -> Value {
    let scaled = |value: &f32| (value * 127.0).round() as i64;
    let bits = || {
        vector.chunks(8).map(|chunk| {
            let bit = |byte: i64, value: &f32| byte << 1 | i64::from(*value > 0.0);
            chunk.iter().fold(0, bit) << (8 - chunk.len())
        })
    };
    match kind {
        "int8" => vector.iter().map(scaled).collect(),
        "uint8" => vector.iter().map(|value| scaled(value) + 128).collect(),
        "ubinary" => bits().collect(),
        "binary" => bits().map(|byte| byte - 128).collect(),
        "base64" => embeddings::encoded(vector).into(),
        _ => vector.to_vec().into(),
    }
}
