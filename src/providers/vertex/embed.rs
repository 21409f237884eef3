//! Embeddings: `:predict` with an instance for every text (docs.cloud.google.com, "Text embeddings API").

use bytes::Bytes;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::publisher::bare;
use super::site;
use crate::error::{Error, Result};
use crate::providers::{gemini, openai};
use crate::resolve::Target;
use crate::types::{EmbedRequest, Embedding, EmbeddingResponse, Extra, Usage, Vector};
use crate::wire::{ChatWire, EmbedWire, WireRequest};

/// Embeddings of Vertex AI.
#[derive(Debug)]
pub(crate) struct Embed;

impl EmbedWire for Embed {
    fn most_inputs(&self, target: &Target, _request: &EmbedRequest) -> usize {
        // Gemini's own model takes one text at a time, the older ones 250.
        if target.model.contains("gemini-embedding") {
            1
        } else {
            250
        }
    }
    fn request(&self, target: &Target, request: EmbedRequest) -> Result<WireRequest> {
        let mut given = gemini::EmbedParams::take(target, request.params)?;
        if has_own_method(&target.model) {
            return one_content(target, given, request.input);
        }
        let instances: Vec<Value> = gemini::inputs(request.input)?
            .into_iter()
            .map(|text| {
                let mut instance = Map::new();
                instance.insert("content".to_owned(), text);
                for (name, value) in [("task_type", &given.task), ("title", &given.title)] {
                    if let Some(value) = value {
                        instance.insert(name.to_owned(), value.clone());
                    }
                }
                Value::Object(instance)
            })
            .collect();
        let mut body = Map::new();
        body.insert("instances".to_owned(), Value::Array(instances));
        let mut parameters = Map::new();
        if let Some(dimensions) = given.dimensions {
            parameters.insert("outputDimensionality".to_owned(), dimensions);
        }
        for own in ["autoTruncate", "auto_truncate"] {
            if let Some(value) = given.rest.shift_remove(own) {
                parameters.insert("autoTruncate".to_owned(), value);
            }
        }
        parameters.extend(given.rest);
        if !parameters.is_empty() {
            body.insert("parameters".to_owned(), Value::Object(parameters));
        }
        for (name, value) in &target.body {
            body.insert(name.clone(), value.clone());
        }
        gemini::post(site::google(target, "predict")?, &body)
    }

    fn response(&self, target: &Target, body: &Bytes) -> Result<EmbeddingResponse> {
        if has_own_method(&target.model) {
            return gemini::read_embeddings(target, body);
        }
        let answer: Answer = openai::response::parse(body)?;
        if answer.predictions.is_empty() {
            return Err(openai::response::unreadable(body, "it has no predictions"));
        }
        let mut tokens = 0;
        let mut data = Vec::with_capacity(answer.predictions.len());
        for (prediction, index) in answer.predictions.into_iter().zip(0..) {
            let Prediction { embeddings } = prediction;
            tokens += embeddings.statistics.token_count.unwrap_or(0);
            data.push(Embedding {
                index,
                embedding: Vector::Floats(embeddings.values),
                extra: Extra::from_iter([("object".to_owned(), json!("embedding"))]),
            });
        }
        Ok(EmbeddingResponse {
            model: Some(target.model.clone()),
            data,
            usage: Some(Usage {
                prompt_tokens: Some(tokens),
                completion_tokens: Some(0),
                total_tokens: Some(tokens),
                ..Usage::default()
            }),
            extra: Extra::from_iter([("object".to_owned(), json!("list"))]),
        })
    }

    fn error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        gemini::Chat.error(target, status, headers, body)
    }
}

/// Models that embed more than text have a method of their own, for one content at a time.
fn has_own_method(model: &str) -> bool {
    bare(model).starts_with("gemini-embedding-2")
}

fn one_content(target: &Target, given: gemini::EmbedParams, input: Value) -> Result<WireRequest> {
    let mut inputs = gemini::inputs(input)?.into_iter();
    let (Some(input), None) = (inputs.next(), inputs.next()) else {
        return Err(Error::bad_request(format!(
            "{} embeds one input a request at Vertex AI",
            target.model
        )));
    };
    let mut body = Map::new();
    body.insert("content".to_owned(), gemini::content(target, input)?);
    for (name, value) in [
        ("taskType", given.task),
        ("title", given.title),
        ("outputDimensionality", given.dimensions),
    ] {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    }
    body.extend(given.rest);
    for (name, value) in &target.body {
        body.insert(name.clone(), value.clone());
    }
    gemini::post(site::google(target, "embedContent")?, &body)
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    predictions: Vec<Prediction>,
}
#[derive(Deserialize)]
struct Prediction {
    embeddings: Values,
}
#[derive(Deserialize)]
struct Values {
    values: Vec<f64>,
    #[serde(default)]
    statistics: Statistics,
}
#[derive(Deserialize, Default)]
struct Statistics {
    #[serde(default, deserialize_with = "count")]
    token_count: Option<i64>,
}

/// Counts come as whole numbers, or as floats that are.
fn count<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<i64>, D::Error> {
    let number = Option::<f64>::deserialize(deserializer)?;
    #[allow(clippy::cast_possible_truncation)]
    Ok(number.map(|number| number as i64))
}
