//! `/api/embed`.

use bytes::Bytes;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::providers::openai;
use crate::resolve::Target;
use crate::types::{EmbedRequest, Embedding, EmbeddingResponse, Extra, Usage, Vector};
use crate::wire::{EmbedWire, WireRequest};

/// Embeddings in Ollama's dialect.
#[derive(Debug)]
pub struct Embed;

/// Keys of the request itself; every other parameter is one of the model's `options`.
const OWN: &[&str] = &["truncate", "keep_alive", "dimensions"];

impl EmbedWire for Embed {
    fn request(&self, target: &Target, request: EmbedRequest) -> Result<WireRequest> {
        if let Value::Array(inputs) = &request.input
            && let Some(index) = inputs.iter().position(|input| !input.is_string())
        {
            return Err(Error::bad_request(format!(
                "input[{index}] is not a text, and Ollama embeds no tokens"
            )));
        }
        let mut body = Map::new();
        body.insert("model".to_owned(), Value::from(target.model.as_str()));
        body.insert("input".to_owned(), request.input);
        let mut options = Map::new();
        for (name, value) in request.params {
            match name.as_str() {
                "encoding_format" if value.as_str() == Some("float") => {}
                "encoding_format" => {
                    return Err(Error::new(
                        ErrorKind::UnsupportedParams,
                        format!("ollama does not support encoding_format={value}; its vectors are numbers"),
                    ));
                }
                "options" => {
                    if let Value::Object(given) = value {
                        options.extend(given);
                    }
                }
                own if OWN.contains(&own) => {
                    body.insert(name, value);
                }
                _ => {
                    options.insert(name, value);
                }
            }
        }
        if !options.is_empty() {
            body.insert("options".to_owned(), Value::Object(options));
        }
        for (name, value) in &target.body {
            body.insert(name.clone(), value.clone());
        }
        let mut sent = openai::request::post(target, "", &body)?;
        sent.url = super::url(target, "embed");
        Ok(sent)
    }

    fn response(&self, target: &Target, body: &Bytes) -> Result<EmbeddingResponse> {
        let answer: Answer = openai::response::parse(body)?;
        if answer.embeddings.is_empty() {
            return Err(openai::response::unreadable(body, "it has no embeddings"));
        }
        let data = answer
            .embeddings
            .into_iter()
            .zip(0..)
            .map(|(vector, index)| Embedding {
                index,
                embedding: Vector::Floats(vector),
                extra: Extra::from_iter([("object".to_owned(), Value::from("embedding"))]),
            })
            .collect();
        let usage = answer.prompt_eval_count.map(|count| Usage {
            prompt_tokens: Some(count),
            completion_tokens: Some(0),
            total_tokens: Some(count),
            ..Usage::default()
        });
        Ok(EmbeddingResponse {
            model: Some(target.model.clone()),
            data,
            usage,
            extra: Extra::from_iter([("object".to_owned(), Value::from("list"))]),
        })
    }

    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        openai::error::from_status(status, headers, body)
    }
}

#[derive(Deserialize)]
struct Answer {
    embeddings: Vec<Vec<f64>>,
    #[serde(default)]
    prompt_eval_count: Option<i64>,
}
