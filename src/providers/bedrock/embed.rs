//! Embeddings: `InvokeModel` with each family's own body (docs.aws.amazon.com/bedrock, "Inference request parameters").

mod answer;
mod body;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::model::Model;
use super::{error, request, response};
use crate::error::{Error, ErrorKind, Result};
use crate::params::ParamRules;
use crate::resolve::Target;
use crate::types::{EmbedRequest, Embedding, EmbeddingResponse, Extra, Usage, Vector};
use crate::wire::{EmbedWire, WireRequest};

/// Embeddings of Bedrock.
#[derive(Debug)]
pub struct Embed;

/// Where the notes of a call say that vectors are wanted as base64, which no family gives.
const BASE64: &str = "base64";
/// Texts, or images, that Cohere takes in one request.
const COHERE_MOST: usize = 96;
/// How the input counts when the answer's body does not say it.
const COUNT: &str = "x-amzn-bedrock-input-token-count";

/// Whose body a model takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Titan,
    Titan2,
    TitanImage,
    Cohere,
    Nova,
    Marengo,
}

impl Family {
    fn of(model: Model<'_>) -> Option<Self> {
        let known = [
            ("titan-embed-image", Self::TitanImage),
            ("titan-embed-text-v2", Self::Titan2),
            ("titan-embed", Self::Titan),
            ("cohere", Self::Cohere),
            ("nova", Self::Nova),
            ("marengo-embed-2", Self::Marengo),
        ];
        known
            .into_iter()
            .find(|(name, _)| model.is(name))
            .map(|(_, family)| family)
    }

    fn expected(model: Model<'_>) -> Result<Self> {
        Self::of(model).ok_or_else(|| {
            Error::bad_request(format!(
                "{:?} tells no family of embedding models; with the ARN of a profile, pass the model's name as `model` and \
                 the ARN as `model_id`",
                model.id
            ))
        })
    }
}

static NONE: ParamRules = ParamRules {
    unsupported: &[&["user", "dimensions"]],
    ..ParamRules::ALL
};
static SIZED: ParamRules = ParamRules {
    unsupported: &[&["user"]],
    ..ParamRules::ALL
};

/// Which parameters a model takes.
pub(super) fn rules(model: &str) -> &'static ParamRules {
    match Family::of(Model::named(model)) {
        Some(Family::Titan | Family::Marengo) => &NONE,
        _ => &SIZED,
    }
}

impl EmbedWire for Embed {
    fn most_inputs(&self, target: &Target, request: &EmbedRequest) -> usize {
        let model = Model::of(target);
        let images = inputs(&request.input).iter().any(is_image);
        match Family::of(model) {
            Some(Family::Cohere) if !images || model.is("embed-v4") => COHERE_MOST,
            _ => 1,
        }
    }

    fn notes(&self, _target: &Target, request: &EmbedRequest) -> Map<String, Value> {
        let wanted = request.params.get("encoding_format").and_then(Value::as_str) == Some(BASE64);
        wanted
            .then(|| (BASE64.to_owned(), json!(true)))
            .into_iter()
            .collect()
    }

    fn counted(&self, headers: &HeaderMap) -> Option<i64> {
        headers.get(COUNT)?.to_str().ok()?.parse().ok()
    }

    fn request(&self, target: &Target, request: EmbedRequest) -> Result<WireRequest> {
        let model = Model::of(target);
        let family = Family::expected(model)?;
        let EmbedRequest {
            input, mut params, ..
        } = request;
        params.retain(|_, value| !value.is_null());
        let types = match params.shift_remove("encoding_format") {
            // What no family gives is made of numbers.
            Some(Value::String(format)) if format == BASE64 => None,
            Some(Value::String(format)) => Some(json!([format])),
            given => given,
        };
        let other = types.as_ref().filter(|types| **types != json!(["float"]));
        if other.is_some() && !matches!(family, Family::Titan2 | Family::Cohere) {
            return Err(Error::new(
                ErrorKind::UnsupportedParams,
                "the model gives floats only; encoding_format is \"float\" or \"base64\"",
            ));
        }
        let mut body = match family {
            Family::Cohere => body::cohere(&input, types, &mut params)?,
            family => {
                let [one] = inputs(&input) else {
                    return Err(Error::bad_request("the model takes one input at a time"));
                };
                body::single(family, one, types, &mut params)?
            }
        };
        body.extend(params);
        body.extend(target.body.clone());
        request::post(target, model.id, "invoke", &body)
    }

    fn response(&self, target: &Target, body: &Bytes) -> Result<EmbeddingResponse> {
        let answer: answer::Answer =
            serde_json::from_slice(body).map_err(|error| response::unreadable(body, &error.to_string()))?;
        let mut vectors = answer.vectors();
        if vectors.is_empty() {
            return Err(response::unreadable(body, "it has no embeddings"));
        }
        if target.notes.contains_key(BASE64) {
            vectors.iter_mut().for_each(Vector::become_base64);
        }
        let data = vectors.into_iter().zip(0..).map(|(embedding, index)| Embedding {
            index,
            embedding,
            extra: Extra::from_iter([("object".to_owned(), json!("embedding"))]),
        });
        Ok(EmbeddingResponse {
            model: Some(target.model.clone()),
            data: data.collect(),
            usage: answer.tokens.map(|count| Usage {
                prompt_tokens: Some(count),
                total_tokens: Some(count),
                ..Usage::default()
            }),
            extra: Extra::from_iter([("object".to_owned(), json!("list"))]),
        })
    }

    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }
}

fn inputs(input: &Value) -> &[Value] {
    match input {
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

fn is_image(input: &Value) -> bool {
    input.as_str().is_some_and(|text| text.starts_with("data:image/"))
}

#[cfg(test)]
mod tests;
