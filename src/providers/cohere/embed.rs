//! `v2/embed`.

use bytes::Bytes;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error;
use crate::error::{Error, Result};
use crate::providers::openai;
use crate::resolve::Target;
use crate::types::{EmbedRequest, Embedding, EmbeddingResponse, Extra, Usage, Vector};
use crate::wire::{EmbedWire, WireRequest};

/// Embeddings in Cohere's dialect.
#[derive(Debug)]
pub struct Embed;

/// Texts that will be searched: what a caller means who does not say.
const DOCUMENT: &str = "search_document";

impl EmbedWire for Embed {
    fn most_inputs(&self, _target: &Target, _request: &EmbedRequest) -> usize {
        96
    }
    fn request(&self, target: &Target, request: EmbedRequest) -> Result<WireRequest> {
        let mut body = Map::new();
        body.insert("model".to_owned(), Value::from(target.model.as_str()));
        let inputs = match request.input {
            Value::Array(inputs) => inputs,
            one => vec![one],
        };
        if let Some(index) = inputs.iter().position(|input| !input.is_string()) {
            return Err(Error::bad_request(format!(
                "input[{index}] is not a text, and Cohere embeds no tokens"
            )));
        }
        let is_image = |input: &Value| input.as_str().is_some_and(|text| text.starts_with("data:image/"));
        let images = inputs.iter().all(is_image);
        let kind = if images { "image" } else { DOCUMENT };
        let name = if images { "images" } else { "texts" };
        body.insert(name.to_owned(), Value::Array(inputs));
        body.insert("input_type".to_owned(), Value::from(kind));
        let mut params = request.params;
        let encoding = params
            .shift_remove("encoding_format")
            .unwrap_or_else(|| Value::from("float"));
        body.insert("embedding_types".to_owned(), json!([encoding]));
        for (name, value) in params.iter().chain(&target.body) {
            body.insert(name.clone(), value.clone());
        }
        let mut sent = openai::request::post(target, "", &body)?;
        sent.url = super::url(target, "embed");
        Ok(sent)
    }

    fn response(&self, target: &Target, body: &Bytes) -> Result<EmbeddingResponse> {
        let answer: Answer = openai::response::parse(body)?;
        let vectors = match answer.embeddings {
            Embeddings::ByType(ByType {
                float: Some(float), ..
            }) => floats(float),
            Embeddings::ByType(ByType {
                base64: Some(base64), ..
            }) => base64.into_iter().map(Vector::Base64).collect(),
            // Whole numbers are numbers too: int8, uint8, binary, ubinary.
            Embeddings::ByType(ByType { others, .. }) => others
                .into_iter()
                .find_map(|(_, vectors)| serde_json::from_value(vectors).ok())
                .map(floats)
                .unwrap_or_default(),
            Embeddings::Plain(float) => floats(float),
        };
        if vectors.is_empty() {
            return Err(openai::response::unreadable(body, "it has no embeddings"));
        }
        let data = vectors
            .into_iter()
            .zip(0..)
            .map(|(embedding, index)| Embedding {
                index,
                embedding,
                extra: Extra::from_iter([("object".to_owned(), Value::from("embedding"))]),
            })
            .collect();
        Ok(EmbeddingResponse {
            model: Some(target.model.clone()),
            data,
            usage: answer.meta.as_ref().and_then(usage),
            extra: Extra::from_iter([("object".to_owned(), Value::from("list"))]),
        })
    }

    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }
}

#[derive(Deserialize)]
struct Answer {
    embeddings: Embeddings,
    #[serde(default)]
    meta: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Embeddings {
    Plain(Vec<Vec<f64>>),
    ByType(ByType),
}

#[derive(Deserialize)]
struct ByType {
    #[serde(default)]
    float: Option<Vec<Vec<f64>>>,
    #[serde(default)]
    base64: Option<Vec<String>>,
    #[serde(flatten)]
    others: Extra,
}

fn floats(vectors: Vec<Vec<f64>>) -> Vec<Vector> {
    vectors.into_iter().map(Vector::Floats).collect()
}

/// Text and image tokens, together and apart.
fn usage(meta: &Value) -> Option<Usage> {
    let units = meta.get("billed_units")?;
    let count = |name: &str| units.get(name).and_then(Value::as_i64).filter(|count| *count > 0);
    let (text, image) = (count("input_tokens"), count("image_tokens"));
    let total = text.unwrap_or(0) + image.unwrap_or(0);
    let details = [("text_tokens", text), ("image_tokens", image)];
    let details = details
        .into_iter()
        .filter_map(|(name, count)| Some((name.to_owned(), Value::from(count?))))
        .collect();
    Some(Usage {
        prompt_tokens: Some(total),
        completion_tokens: Some(0),
        total_tokens: Some(total),
        prompt_tokens_details: Some(details),
        ..Usage::default()
    })
}
